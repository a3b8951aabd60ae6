/** `--job-template`: a file that says what runs, in Kubernetes’ own words. */
import { resolve } from 'node:path';
import { SchedError } from '../../errors.js';
import type { Json, TemplateRun } from '../../schedule.js';
import type { Surroundings, Typed } from '../command.js';
import { readName } from './container.js';
import { fillTree, variablesIn } from './environment.js';

/** A job template, and what is to be said about how it was read. */
export interface ReadTemplate {
  readonly run: TemplateRun;
  /** The names of variables that were filled in. */
  readonly filled: readonly string[];
  readonly remarks: readonly string[];
}

type Tree = { readonly [key: string]: Json };

/**
 * The run that `--job-template` names; undefined without it. YAML (as kubectl reads it) or JSON; `${VAR}` in any text is filled from the
 * environment. Throws USAGE for a file that is not a job, a variable that is not set.
 */
export async function readJobTemplate(
  options: Typed,
  { readText, cwd, env }: Surroundings,
): Promise<ReadTemplate | undefined> {
  const file = readName(options, 'jobTemplate', '--job-template');
  if (file === undefined) {
    return undefined;
  }
  const { fromKubectlYaml } = await import('../lazy/yaml.js');
  const tree = fromKubectlYaml(readText(resolve(cwd, file)), file);
  const template = jobTemplate(tree, file);
  return {
    run: { kind: 'template', template: fillTree(template, { env }) as Tree },
    filled: variablesIn(template),
    remarks: isCronJob(tree) ? [`Of the CronJob in ${file} only what runs is taken: not when, not its name.`] : [],
  };
}

/** What controllers (well-known labels of Kubernetes), kubectl and sched write into labels and annotations of what they made. */
const WRITTEN_THERE =
  /^(controller-uid|job-name)$|^((batch|cronjob)\.kubernetes\.io|sched)\/|^kubectl\.kubernetes\.io\/last-applied-configuration$/;

/**
 * A CronJob, a Job, a job template or a Job's spec as a job template `{metadata?: {labels, annotations}, spec}`. What the cluster wrote
 * into a Job (selector, generated labels, status) is left out, as another Job cannot have it. Pure. Throws USAGE naming `file` for
 * anything else.
 */
export function jobTemplate(tree: unknown, file: string): Tree {
  if (!isTree(tree)) {
    throw new SchedError('USAGE', `${file} is not a job template.`, { hint: HINT });
  }
  refuseNoJson(tree, file);
  const { kind, apiVersion } = tree;
  if (kind === undefined) {
    return 'template' in tree ? checked({ spec: tree }, file) : checked(tree, file);
  }
  const batch = apiVersion === undefined || /^batch\/v\d/.test(String(apiVersion));
  if (batch && kind === 'CronJob') {
    const spec = isTree(tree.spec) ? tree.spec : {};
    return checked(isTree(spec.jobTemplate) ? spec.jobTemplate : {}, file);
  }
  if (batch && kind === 'Job') {
    return checked(tree, file);
  }
  const named = kind !== 'Job' && kind !== 'CronJob' ? String(kind) : `${String(kind)} (${String(apiVersion)})`;
  throw new SchedError('USAGE', `${file} holds a ${named}, not a job template.`, { hint: HINT });
}

const HINT = 'It may hold a CronJob, a Job, a job template, or a Job’s spec.';

function isCronJob(tree: unknown): boolean {
  return isTree(tree) && tree.kind === 'CronJob';
}

function checked({ metadata, spec }: Tree, file: string): Tree {
  const podTemplate = isTree(spec) ? spec.template : undefined;
  const podSpec = isTree(podTemplate) ? podTemplate.spec : undefined;
  const containers = isTree(podSpec) ? podSpec.containers : undefined;
  if (!isTree(spec) || !isTree(podTemplate) || !Array.isArray(containers) || containers.length === 0) {
    throw new SchedError('USAGE', `${file} has no containers to run (spec.template.spec.containers of the Job).`, {
      hint: HINT,
    });
  }
  const { selector, ...rest } = spec;
  const kept = ownMetadata(metadata);
  const podMetadata = ownMetadata(podTemplate.metadata);
  const { metadata: _metadata, ...pod } = podTemplate;
  return {
    ...(kept !== undefined && { metadata: kept }),
    spec: {
      ...rest,
      ...(rest.manualSelector === true && selector !== undefined && { selector }),
      template: { ...(podMetadata !== undefined && { metadata: podMetadata }), ...pod },
    },
  };
}

/** Labels and annotations that people wrote; undefined when there are none. */
function ownMetadata(metadata: Json | undefined): Tree | undefined {
  if (!isTree(metadata)) {
    return undefined;
  }
  const kept = (['labels', 'annotations'] as const).flatMap((part) => {
    const written = metadata[part];
    const own = Object.entries(isTree(written) ? written : {}).filter(([key]) => !WRITTEN_THERE.test(key));
    return own.length === 0 ? [] : [[part, Object.fromEntries(own)] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function isTree(value: unknown): value is Tree {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** YAML knows values that JSON has no way to write. */
function refuseNoJson(value: unknown, file: string): void {
  const plain = value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  const parts = Array.isArray(value) ? value : isTree(value) ? Object.values(value) : undefined;
  if (!plain && (parts === undefined || (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype))) {
    throw new SchedError('USAGE', `${file} holds a value that JSON does not know (${String(value)}).`, { hint: HINT });
  }
  for (const part of parts ?? []) {
    refuseNoJson(part, file);
  }
}
