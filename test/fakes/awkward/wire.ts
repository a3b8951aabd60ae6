/** The awkward target's own idea of a schedule, and the way there and back. Pure. */
import { SchedError } from '../../../src/errors.js';
import type { FiredBy, Json, Projection, RunSpec, ScheduleSpec, Stamp, Timing } from '../../../src/schedule.js';

/** As it lies on the target. `tag` is 20 characters: all the room there is for a stamp. */
export interface Job {
  readonly tag?: string;
  readonly when?: string;
  readonly until?: string;
  readonly parallel?: boolean;
  readonly work?: Json;
  readonly input?: Json;
}

const TAG = /^([a-z2-7]{8})([a-z2-7]{12})$/;
/** The time of a job that only an agent starts. */
const NEVER = 'never';
const PACE = /^every (\d+) (minute|hour) from (.+)$/;

/** Throws UNSUPPORTED for an interval that the target would count otherwise. */
export function writeJob(spec: ScheduleSpec, firedBy: FiredBy, stamp: Stamp & { readonly registry: string }): Job {
  return {
    tag: `${stamp.registry}${stamp.schedule}`,
    when: firedBy === 'agent' ? NEVER : writeTiming(spec.timing),
    ...(spec.end !== null && firedBy === 'orchestrator' && { until: new Date(spec.end).toISOString() }),
    parallel: spec.overlap === 'allow',
    work: writeRun(spec.run),
    input: spec.parameters,
  };
}

export function readStamp({ tag = '' }: Job): Stamp | null {
  const [, registry, schedule] = TAG.exec(tag) ?? [];
  return registry === undefined || schedule === undefined ? null : { registry, schedule, generation: null };
}

/** What of a job can be compared; what the target has no place for is absent. */
export function readJob(job: Job, paused: boolean): Projection {
  return {
    ...(job.when !== NEVER && {
      ...readTiming(job.when ?? ''),
      timezone: 'UTC',
      end_time: job.until ?? null,
      catchup_policy: 'last',
      overlap: job.parallel === true ? 'allow' : 'forbid',
    }),
    ...(job.work !== undefined && { run: readRun(job.work) }),
    parameters: job.input ?? {},
    paused,
  };
}

function writeTiming(timing: Timing): string {
  if (timing.kind === 'cron' && !timing.expression.startsWith('@')) {
    return `cron ${timing.expression}`;
  }
  if (timing.kind === 'once') {
    return `at ${new Date(timing.at).toISOString()}`;
  }
  if (timing.kind === 'interval' && (timing.unit === 'minute' || timing.unit === 'hour')) {
    return `every ${timing.count} ${timing.unit} from ${new Date(timing.anchor).toISOString()}`;
  }
  const field = timing.kind === 'cron' ? 'cron_expression' : timing.kind;
  throw new SchedError(
    'UNSUPPORTED',
    `awkward cannot honour ${field}: it counts minutes and hours and knows no macros.`,
    {
      hint: 'Use five cron fields.',
    },
  );
}

function readTiming(when: string): Projection {
  const none = { cron_expression: null, interval: null, run_once_start_time: null, change: null, native: null };
  const [, count, unit, anchor] = PACE.exec(when) ?? [];
  if (count !== undefined && unit !== undefined && anchor !== undefined) {
    return { ...none, interval: { count: Number(count), unit, on: [], times: [], anchor } };
  }
  return when.startsWith('at ')
    ? { ...none, run_once_start_time: when.slice(3) }
    : { ...none, cron_expression: when.slice(5) };
}

function writeRun(run: RunSpec): Json {
  return run.kind === 'container'
    ? { image: run.image, words: run.argv, variables: run.env }
    : { use: run.kind === 'reference' ? run.id : '' };
}

function readRun(work: Json): Json {
  const {
    image,
    words = [],
    variables = {},
    use = '',
  } = work as { image?: string; words?: Json; variables?: Json; use?: string };
  return image === undefined
    ? { kind: 'reference', id: use }
    : {
        kind: 'container',
        image,
        argv: words,
        env: variables,
        secretEnv: {},
        resources: { requests: {}, limits: {} },
        nodeSelector: {},
        serviceAccount: null,
        imagePullSecrets: [],
      };
}
