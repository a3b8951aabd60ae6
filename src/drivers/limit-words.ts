/** The words of refusals. */
import type { RunKind, ScheduleSpec, TimingKind } from '../schedule.js';
import type { Capability, OptionalField } from './driver.js';

/** The parts of a spec that not every target has a place for: the field as users know it, what it is, and whether it was asked for. */
export const FIELDS: Readonly<
  Record<
    OptionalField,
    { readonly field: string; readonly what: string; readonly asked: (spec: ScheduleSpec) => boolean }
  >
> = {
  start: { field: 'start_time', what: 'a start time', asked: (spec) => spec.start !== null },
  end: { field: 'end_time', what: 'an end time', asked: (spec) => spec.end !== null },
  maxRuns: { field: 'max_runs', what: 'a maximum of runs', asked: (spec) => spec.maxRuns !== null },
  timeout: { field: 'timeout_seconds', what: 'a time limit for runs', asked: (spec) => spec.timeoutSeconds !== null },
  retry: { field: 'retry', what: 'retries', asked: (spec) => spec.retry !== null },
  labels: { field: 'labels', what: 'labels', asked: (spec) => Object.keys(spec.labels).length > 0 },
  description: { field: 'description', what: 'a description', asked: (spec) => spec.description !== null },
  owner: { field: 'owner', what: 'an owner', asked: (spec) => spec.owner !== null },
  parameters: { field: 'parameters', what: 'parameters', asked: (spec) => Object.keys(spec.parameters).length > 0 },
  secretEnv: {
    field: 'secret_env',
    what: 'secrets in the environment',
    asked: ({ run }) => run.kind === 'container' && Object.keys(run.secretEnv).length > 0,
  },
  resources: {
    field: 'resources',
    what: 'resource requests and limits',
    asked: ({ run }) =>
      run.kind === 'container' &&
      Object.keys(run.resources.requests).length + Object.keys(run.resources.limits).length > 0,
  },
  nodeSelector: {
    field: 'node_selector',
    what: 'a choice of nodes',
    asked: ({ run }) => run.kind === 'container' && Object.keys(run.nodeSelector).length > 0,
  },
  serviceAccount: {
    field: 'service_account',
    what: 'a service account',
    asked: ({ run }) => run.kind === 'container' && run.serviceAccount !== null,
  },
  imagePullSecrets: {
    field: 'image_pull_secrets',
    what: 'secrets for pulling images',
    asked: ({ run }) => run.kind === 'container' && run.imagePullSecrets.length > 0,
  },
};

/** What each kind of run is, in sentences. */
export const RUN_WORDS: Readonly<Record<RunKind, string>> = {
  command: 'a command',
  container: 'a container',
  reference: 'something that exists there already',
  template: 'a template of its own',
};

/** What each kind of timing is, in sentences. */
export const TIMING_WORDS: Readonly<Record<TimingKind, string>> = {
  cron: 'a cron expression',
  interval: 'an interval',
  once: 'a single run',
  change: 'watching a folder',
  native: 'its own dialect',
};

/** What each capability lets one do, after `can`. */
export const CAPABILITY_WORDS: Readonly<Record<Capability, string>> = {
  update: 'change a schedule in place',
  setStamp: 'put a mark on a schedule or take it off',
  setPaused: 'pause or resume a schedule',
  trigger: 'start a run by hand',
  runs: 'list the runs of a schedule',
  allRuns: 'list the runs of all schedules at once',
  logs: 'give the output of a run',
  rehearse: 'show its requests without making them',
  findForeign: 'list schedules that sched did not make',
  check: 'check login, permissions and health',
};

/** What users can do by each capability, as one word; null where it only serves other commands. */
export const CAPABILITY_VERBS: Readonly<Record<Capability, string | null>> = {
  update: 'update',
  setStamp: null,
  setPaused: 'pause',
  trigger: 'trigger',
  runs: 'runs',
  allRuns: null,
  logs: 'logs',
  rehearse: 'dry-run',
  findForeign: 'adopt',
  check: 'check',
};
