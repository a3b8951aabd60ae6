/** A job template read back as a run: in the words of what was asked for where it says the same, else in its own. */
import type { ContainerRun, Json, RetryPolicy, RunSpec } from '../../schedule.js';
import { covers, same } from './covers.js';
import type { Recorded } from './cronjob.js';
import { shaped, withoutDefaults } from './defaults.js';
import { arriving } from './dollars.js';
import { CONTAINER, withContainers } from './job-template.js';
import { SCHEDULE_LABEL } from './names.js';
import { listAt, numberAt, type Tree, textAt, textsAt, treeAt, valueAt } from './tree.js';

/** What a job template says, under the names of a spec. */
export interface ReadRun {
  readonly run: RunSpec;
  readonly timeoutSeconds: number | null;
  readonly retry: RetryPolicy | null;
}

/** Attempts after the first when a Job says nothing (pkg/apis/batch/v1/defaults.go). */
const BACKOFF_LIMIT = 6;
/** The Job controller's own pace. */
const PACE = { delaySeconds: 10, factor: 2 };

/** Reads a job template that was made from `recorded`, whose rendered form is `expected`; tells whether it says what was asked for. */
export function readOwnRun(
  template: Tree,
  { spec }: Recorded,
  expected: Tree,
): ReadRun & { readonly asAsked: boolean } {
  if (covers(expected, template)) {
    return { run: spec.run, timeoutSeconds: spec.timeoutSeconds, retry: spec.retry, asAsked: true };
  }
  const agrees = (field: string): boolean => same(valueAt(expected, 'spec', field), valueAt(template, 'spec', field));
  const limits = {
    asAsked: false,
    timeoutSeconds: agrees('activeDeadlineSeconds') ? spec.timeoutSeconds : timeoutOf(template),
    retry: agrees('backoffLimit') ? spec.retry : retryOf(template),
  };
  if (spec.run.kind === 'container') {
    const run = readContainer(template, spec.run, expected);
    if (run !== undefined) {
      return { run, ...limits };
    }
  }
  const asked = spec.run.kind === 'template' ? spec.run.template : expected;
  const rest = withoutOurs(template, asked, expected);
  return { run: { kind: 'template', template: shaped(asked, rest) as Tree }, ...limits };
}

/** Reads a job template that others wrote. Its time limit and its retries are fields of their own. */
export function readForeignRun(template: Tree): ReadRun {
  const { spec, ...others } = withoutDefaults(template);
  const { activeDeadlineSeconds: _deadline, backoffLimit, ...rest } = treeAt({ spec: spec ?? {} }, 'spec');
  // No retries at all is no retry policy, and must not become the six of a Job that says nothing.
  const kept = backoffLimit === 0 ? { ...rest, backoffLimit } : rest;
  const retry = backoffLimit === undefined || backoffLimit === 0 ? null : retryOf(template);
  return {
    run: { kind: 'template', template: { ...others, spec: kept } },
    timeoutSeconds: timeoutOf(template),
    retry,
  };
}

function timeoutOf(template: Tree): number | null {
  return numberAt(template, 'spec', 'activeDeadlineSeconds') ?? null;
}

function retryOf(template: Tree): RetryPolicy | null {
  const count = numberAt(template, 'spec', 'backoffLimit') ?? BACKOFF_LIMIT;
  return count === 0 ? null : { count, ...PACE };
}

/** The job template without what we put beside the asked-for one. */
function withoutOurs(template: Tree, asked: Tree, expected: Tree): Tree {
  const metadata = treeAt(template, 'metadata');
  const labels = Object.entries(treeAt(metadata, 'labels')).filter(
    ([key]) => key !== SCHEDULE_LABEL || valueAt(asked, 'metadata', 'labels', key) !== undefined,
  );
  const path = ['spec', 'template', 'spec', 'containers'];
  const stripped = withContainers(template, (container, index) => {
    const own = listAt(listAt(asked, ...path)[index], 'env');
    const ours = listAt(listAt(expected, ...path)[index], 'env').filter(
      (entry) => !own.some((each) => same(each, entry)),
    );
    const env = listAt(container, 'env').filter((entry) => !ours.some((each) => same(each, entry)));
    return { ...container, env };
  });
  return { ...stripped, metadata: { ...metadata, labels: Object.fromEntries(labels) } };
}

/** The container run, with each part that differs as it stands there; undefined when a container run cannot say it. */
function readContainer(template: Tree, asked: ContainerRun, expected: Tree): ContainerRun | undefined {
  const pod = treeAt(template, 'spec', 'template', 'spec');
  const expectedPod = treeAt(expected, 'spec', 'template', 'spec');
  const [container = null, ...more] = listAt(pod, 'containers');
  const [wanted = null] = listAt(expectedPod, 'containers');
  if (more.length > 0 || textAt(container, 'name') !== CONTAINER || textAt(pod, 'restartPolicy') !== 'Never') {
    return undefined;
  }
  const agrees = (...path: readonly string[]): boolean =>
    same(valueAt(wanted, ...path), valueAt(container, ...path), { key: path.at(-1) ?? '', parent: '' });
  const agreesInPod = (field: string): boolean => covers(expectedPod[field], pod[field], { key: field, parent: '' });
  const words = agrees('command') ? asked.argv : texts(listAt(container, 'command'));
  const environment = readEnvironment(container, asked, wanted);
  if (words === undefined || environment === undefined || !agrees('args')) {
    return undefined;
  }
  return {
    kind: 'container',
    image: agrees('image') ? asked.image : (textAt(container, 'image') ?? ''),
    argv: words,
    ...environment,
    resources: {
      requests: agrees('resources', 'requests')
        ? asked.resources.requests
        : textsAt(container, 'resources', 'requests'),
      limits: agrees('resources', 'limits') ? asked.resources.limits : textsAt(container, 'resources', 'limits'),
    },
    nodeSelector: agreesInPod('nodeSelector') ? asked.nodeSelector : textsAt(pod, 'nodeSelector'),
    serviceAccount: agreesInPod('serviceAccountName')
      ? asked.serviceAccount
      : (textAt(pod, 'serviceAccountName') ?? null),
    imagePullSecrets: agreesInPod('imagePullSecrets')
      ? asked.imagePullSecrets
      : listAt(pod, 'imagePullSecrets').map((secret) => textAt(secret, 'name') ?? ''),
  };
}

/** Variables by name: as asked for where they say the same, as they stand where they differ, without what we add by ourselves. */
function readEnvironment(
  container: Json,
  asked: ContainerRun,
  wanted: Json,
): Pick<ContainerRun, 'env' | 'secretEnv'> | undefined {
  const env: [string, string][] = [];
  const secretEnv: [string, { secret: string; key: string }][] = [];
  for (const entry of listAt(container, 'env')) {
    const name = textAt(entry, 'name') ?? '';
    const expected = listAt(wanted, 'env').find((each) => textAt(each, 'name') === name);
    const asIs = expected !== undefined && same(expected, entry);
    const reference = treeAt(entry, 'valueFrom', 'secretKeyRef');
    const value = arriving(textAt(entry, 'value') ?? '');
    if (asIs && Object.hasOwn(asked.env, name)) {
      env.push([name, asked.env[name] ?? '']);
    } else if (valueAt(entry, 'valueFrom') === undefined && value !== undefined) {
      if (!asIs) {
        env.push([name, value]);
      }
    } else if (textAt(reference, 'name') !== undefined) {
      secretEnv.push([name, { secret: textAt(reference, 'name') ?? '', key: textAt(reference, 'key') ?? '' }]);
    } else {
      return undefined;
    }
  }
  return { env: Object.fromEntries(env), secretEnv: Object.fromEntries(secretEnv) };
}

function texts(words: readonly Json[]): readonly string[] | undefined {
  const arrived = words.map((word) => arriving(String(word)));
  return arrived.every((word) => word !== undefined) ? arrived : undefined;
}
