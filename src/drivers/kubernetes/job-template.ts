/** What runs, as the job template of a CronJob. */
import { fill, type Values, valuesOf } from '../../placeholders.js';
import type { ContainerRun, Json, ScheduleSpec, TemplateRun } from '../../schedule.js';
import { escapeDollars } from './dollars.js';
import { refuse } from './refuse.js';
import type { RunSettings } from './settings.js';
import { isTree, listAt, type Tree, textAt, treeAt } from './tree.js';

/** The container of a run that is no template. */
export const CONTAINER = 'main';
/** The parameters of a run as JSON, in its environment. */
const PARAMETERS = 'PIPELINE_PARAMS';
/** Names that every supported server takes; newer ones take more (KEP-4369). */
const VARIABLE = /^[-._A-Za-z][-._A-Za-z0-9]*$/;
/** Written with doubled braces, each is itself. */
const OCCURRENCE: Values = { scheduled_time: '', date: '', previous: '' };

/**
 * The job template of a spec whose run is a container or a template. `labels` are those of its Jobs.
 * Throws UNSUPPORTED for what a job template cannot carry.
 */
export function renderJobTemplate(spec: ScheduleSpec, settings: RunSettings, labels: Tree): Tree {
  const { run } = spec;
  switch (run.kind) {
    case 'container':
      return {
        metadata: { labels },
        spec: withLimits({ backoffLimit: 0, template: { spec: podOf(run, spec, settings) } }, spec),
      };
    case 'template':
      return templateWith(run, spec, labels);
    default:
      throw refuse('run', `it runs a container or a Job template, not a ${run.kind}`, 'Name an image (--image).');
  }
}

/** A Job's spec with the attempts and the time that are asked for; where nothing is asked, its own, and null where it has none. */
export function withLimits(
  spec: Tree,
  { retry, timeoutSeconds }: Pick<ScheduleSpec, 'retry' | 'timeoutSeconds'>,
): Tree {
  return {
    ...spec,
    backoffLimit: retry?.count ?? spec.backoffLimit ?? null,
    activeDeadlineSeconds: timeoutSeconds ?? spec.activeDeadlineSeconds ?? null,
  };
}

function podOf(run: ContainerRun, spec: ScheduleSpec, settings: RunSettings): Tree {
  const account = run.serviceAccount ?? settings.serviceAccount;
  const pullSecrets = run.imagePullSecrets.length > 0 ? run.imagePullSecrets : settings.imagePullSecrets;
  return {
    containers: [containerOf(run, spec)],
    restartPolicy: 'Never',
    ...(account !== null && { serviceAccountName: account }),
    ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
    ...(Object.keys(run.nodeSelector).length > 0 && { nodeSelector: run.nodeSelector }),
  };
}

function containerOf(run: ContainerRun, spec: ScheduleSpec): Tree {
  if (run.image.trim() !== run.image || run.image === '') {
    throw refuse('run', `${JSON.stringify(run.image)} is no image`, 'Name one: --image registry/name:tag.');
  }
  const values = { ...OCCURRENCE, ...valuesOf(spec.parameters) };
  const { requests, limits } = run.resources;
  const resources = {
    ...(Object.keys(requests).length > 0 && { requests }),
    ...(Object.keys(limits).length > 0 && { limits }),
  };
  return {
    name: CONTAINER,
    image: run.image,
    command: run.argv.length === 0 ? null : run.argv.map((word) => filled(word, values)),
    // Whoever adds some changes what runs.
    args: null,
    env: [
      ...givenVariables(run, spec).map(([name, value]) => ({ name, value: escapeDollars(value) })),
      ...Object.entries(run.env).map(([name, value]) => ({ name: variable(name), value: filled(value, values) })),
      ...Object.entries(run.secretEnv).map(([name, { secret, key }]) => ({
        name: variable(name, 'secret_env'),
        valueFrom: { secretKeyRef: { name: secret, key } },
      })),
    ],
    ...(Object.keys(resources).length > 0 && { resources }),
  };
}

function filled(text: string, values: Values): string {
  return escapeDollars(fill(text, values));
}

/** What every run is told, where it does not set the same itself. */
function givenVariables({ env, secretEnv }: ContainerRun, spec: ScheduleSpec): [string, string][] {
  const twice = Object.keys(env).find((name) => Object.hasOwn(secretEnv, name));
  if (twice !== undefined) {
    throw refuse('secret_env', `${twice} is in env, too`, 'Keep one of the two.');
  }
  const given: [string, string][] = [
    ['PIPELINE_NAME', spec.pipeline],
    [PARAMETERS, JSON.stringify(spec.parameters)],
    ['SCHED_SCHEDULE', spec.name],
  ];
  return given.filter(([name]) => !Object.hasOwn(env, name) && !Object.hasOwn(secretEnv, name));
}

function variable(name: string, field = 'env'): string {
  if (!VARIABLE.test(name)) {
    throw refuse(
      field,
      `${JSON.stringify(name)} is no name of a variable there`,
      'Letters, digits, _ - and . without a digit at the beginning.',
    );
  }
  return name;
}

function templateWith({ template }: TemplateRun, spec: ScheduleSpec, labels: Tree): Tree {
  const { parameters } = spec;
  const stranger = Object.keys(template).find((key) => key !== 'metadata' && key !== 'spec');
  if (stranger !== undefined || listAt(template, 'spec', 'template', 'spec', 'containers').length === 0) {
    throw refuse(
      'run',
      stranger === undefined
        ? 'the template has no spec.template.spec.containers'
        : `${stranger} is no part of a job template`,
      'A job template has metadata and spec, as spec.jobTemplate of a CronJob; kubectl create job --dry-run=client -o yaml shows one.',
    );
  }
  const reserved = Object.keys(treeAt(template, 'metadata', 'labels')).find((key) => key.startsWith('sched/'));
  if (reserved !== undefined) {
    throw refuse('run', `${reserved} marks what sched looks after`, 'Take this label out of the template.');
  }
  const metadata = treeAt(template, 'metadata');
  const told = Object.keys(parameters).length === 0 ? template : withParameters(template, parameters, false);
  return {
    ...told,
    // What the template says of its Jobs comes first: it is carried as it is.
    metadata: { ...metadata, labels: { ...labels, ...treeAt(metadata, 'labels') } },
    spec: withLimits(treeAt(told, 'spec'), spec),
  };
}

/**
 * The template with the parameters in the environment of its containers. One that a container has already is replaced only when
 * `replacing`.
 */
export function withParameters(template: Tree, parameters: Readonly<Record<string, Json>>, replacing: boolean): Tree {
  const value = escapeDollars(JSON.stringify(parameters));
  return withContainers(template, (container) => {
    const env = listAt(container, 'env');
    const has = env.some((entry) => textAt(entry, 'name') === PARAMETERS);
    const others = env.filter((entry) => textAt(entry, 'name') !== PARAMETERS);
    return has && !replacing ? container : { ...container, env: [...others, { name: PARAMETERS, value }] };
  });
}

/** The template with each of its containers changed. */
export function withContainers(template: Tree, change: (container: Tree, index: number) => Tree): Tree {
  const spec = treeAt(template, 'spec');
  const pod = treeAt(spec, 'template');
  const podSpec = treeAt(pod, 'spec');
  const containers = listAt(podSpec, 'containers').map((container, index) =>
    isTree(container) ? change(container, index) : container,
  );
  return { ...template, spec: { ...spec, template: { ...pod, spec: { ...podSpec, containers } } } };
}
