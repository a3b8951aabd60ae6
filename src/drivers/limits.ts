/** What a manifest rules out, before anything is asked of the target. Pure. */
import { SchedError } from '../errors.js';
import { fill } from '../placeholders.js';
import type { FiredBy, IntervalTiming, RunKind, ScheduleSpec, TimingKind, Unit } from '../schedule.js';
import type { Capability, Manifest, OptionalField, Removal, TriggerRequest } from './driver.js';
import { shortestStep } from './pace.js';

/** One thing that a target cannot honour: the field as users know it, the limit, and the nearest thing that works. */
export interface Refusal {
  readonly field: string;
  readonly limit: string;
  readonly instead: string;
}

const FIELDS: Readonly<
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

/** What only who fires a schedule has to honour. */
const TIMETABLE_FIELDS: ReadonlySet<OptionalField> = new Set(['start', 'end', 'maxRuns']);

const RUN_WORDS: Readonly<Record<RunKind, string>> = {
  command: 'a command',
  container: 'a container',
  reference: 'something that exists there already',
  template: 'a template of its own',
};

const TIMING_WORDS: Readonly<Record<TimingKind, string>> = {
  cron: 'a cron expression',
  interval: 'an interval',
  once: 'a single run',
  change: 'watching a folder',
  native: 'its own dialect',
};

/** What a run may ask to have filled in for its occurrence. */
const OCCURRENCE_PLACEHOLDERS = ['scheduled_time', 'date', 'previous'];

const CAPABILITY_WORDS: Readonly<Record<Capability, string>> = {
  update: 'change a schedule in place',
  setPaused: 'pause or resume a schedule',
  trigger: 'start a run by hand',
  runs: 'list the runs of a schedule',
  allRuns: 'list the runs of all schedules at once',
  logs: 'give the output of a run',
  rehearse: 'show its requests without making them',
  findForeign: 'list schedules that sched did not make',
  check: 'check login, permissions and health',
};

/** Names of UTC in the IANA database (its `backward` and `etcetera` files). */
const UTC_NAMES = /^(Etc\/)?(UTC|UCT|GMT|GMT[+-]?0|Greenwich|Universal|Zulu)$/i;

/** Throws UNSUPPORTED with the first thing in `spec` that the target cannot honour; all of them are in `detail` when there are more. */
export function checkLimits(spec: ScheduleSpec, manifest: Manifest, firedBy: FiredBy = 'orchestrator'): void {
  throwRefusals(refusals(spec, manifest, firedBy), manifest);
}

/** Throws UNSUPPORTED when running work is to be ended on a target that cannot. */
export function checkRemoval({ stopRuns }: Removal, manifest: Manifest): void {
  if (stopRuns && !manifest.stopsRuns) {
    throw new SchedError('UNSUPPORTED', `${manifest.flavor} cannot end running work with its schedule.`, {
      hint: 'Leave --stop-runs out: what runs is finished.',
    });
  }
}

/** Throws UNSUPPORTED when the target has no such capability. */
export function checkCapability(capability: Capability, manifest: Manifest): void {
  if (!manifest.capabilities.includes(capability)) {
    throw new SchedError('UNSUPPORTED', `${manifest.flavor} cannot ${CAPABILITY_WORDS[capability]}.`, {
      hint: `sched orchestrator flavors shows what each flavor can do${manifest.flavor === 'local' ? '' : '; local can'}.`,
    });
  }
}

/** Throws UNSUPPORTED when something is to be made paused on a target that cannot pause. */
export function checkPaused(paused: boolean, manifest: Manifest): void {
  if (paused) {
    checkCapability('setPaused', manifest);
  }
}

/** Throws UNSUPPORTED when a run is to be started with parameters on a target that takes none. */
export function checkTrigger({ parameters }: TriggerRequest, manifest: Manifest): void {
  if (Object.keys(parameters).length > 0 && !manifest.fields.includes('parameters')) {
    throwRefusals([{ field: 'parameters', limit: 'it takes none', instead: 'leave them out' }], manifest);
  }
}

/**
 * Everything in `spec` that the target cannot honour, in the order in which users meet the fields. Of a schedule that an agent fires, the
 * target only has to carry the run.
 */
export function refusals(
  spec: ScheduleSpec,
  manifest: Manifest,
  firedBy: FiredBy = 'orchestrator',
): readonly Refusal[] {
  const timetable = firedBy === 'agent' ? [] : timetableRefusals(spec, manifest);
  const fields = Object.keys(FIELDS) as OptionalField[];
  return [
    ...runRefusals(spec, manifest),
    ...timetable,
    ...fields.flatMap((name) => {
      const { field, what, asked } = FIELDS[name];
      const fired = firedBy === 'agent' && TIMETABLE_FIELDS.has(name);
      return fired || !asked(spec) || manifest.fields.includes(name)
        ? []
        : [
            {
              field,
              limit: `it has no place for ${what}`,
              instead: TIMETABLE_FIELDS.has(name) ? otherwise(manifest, 'leave it out') : 'leave it out',
            },
          ];
    }),
    ...retryRefusals(spec, manifest),
  ];
}

function runRefusals({ run, parameters }: ScheduleSpec, manifest: Manifest): Refusal[] {
  if (!manifest.runs.includes(run.kind)) {
    return [
      {
        field: 'run',
        limit: `it runs ${listed(manifest.runs, RUN_WORDS)}, not ${RUN_WORDS[run.kind]}`,
        instead:
          run.kind === 'command' && manifest.flavor !== 'local'
            ? `${manifest.runs.includes('container') ? 'name an image (--image), or ' : ''}use --orchestrator local`
            : `give it ${listed(manifest.runs, RUN_WORDS)}`,
      },
    ];
  }
  const placeholder = manifest.placeholders ? undefined : occurrencePlaceholder({ run, parameters });
  return placeholder === undefined
    ? []
    : [
        {
          field: 'run',
          limit: `it cannot fill in {${placeholder}} for each run`,
          instead: `write {{${placeholder}}} for the text itself, or use --orchestrator local`,
        },
      ];
}

/** The first placeholder for an occurrence in any text of a value, under its name. */
function occurrencePlaceholder(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return OCCURRENCE_PLACEHOLDERS.find(
      (name) => fill(value, { [name]: '' }) !== value.replaceAll(`{{${name}}}`, `{${name}}`),
    );
  }
  const parts = value !== null && typeof value === 'object' ? Object.values(value) : [];
  for (const part of parts) {
    const found = occurrencePlaceholder(part);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function retryRefusals({ retry }: ScheduleSpec, { retryPace }: Manifest): Refusal[] {
  return retry === null ||
    retryPace === null ||
    (retry.delaySeconds === retryPace.delaySeconds && retry.factor === retryPace.factor)
    ? []
    : [
        {
          field: 'retry',
          limit: `it waits ${retryPace.delaySeconds} s before the first further attempt, and ${retryPace.factor} times as long before each next`,
          instead: `use --retry-delay ${retryPace.delaySeconds}s --retry-factor ${retryPace.factor}`,
        },
      ];
}

function timetableRefusals(spec: ScheduleSpec, manifest: Manifest): Refusal[] {
  const { timing, catchup, overlap } = manifest;
  const found: Refusal[] = [];
  if (timing.kinds.includes(spec.timing.kind)) {
    found.push(...tooOften(spec, timing.shortestSeconds));
  } else {
    found.push({
      field: timingField(spec.timing.kind),
      limit: `it takes ${listed(timing.kinds, TIMING_WORDS)}, not ${TIMING_WORDS[spec.timing.kind]}`,
      instead: insteadOfTiming(spec, manifest),
    });
  }
  if (timing.timezones === 'utc' && !UTC_NAMES.test(spec.timezone)) {
    found.push({
      field: 'timezone',
      limit: `it knows only UTC, not ${spec.timezone}`,
      instead: 'use --timezone UTC and times in UTC',
    });
  }
  if (!catchup.accepts.includes(spec.catchup)) {
    found.push({
      field: 'catchup_policy',
      limit: `it knows ${catchup.accepts.join(', ')}, not ${spec.catchup}`,
      instead: `use --catchup ${catchup.default}`,
    });
  }
  if (!overlap.accepts.includes(spec.overlap)) {
    found.push({
      field: 'overlap',
      limit: `it knows ${overlap.accepts.join(', ')}, not ${spec.overlap}`,
      instead: `use --overlap ${overlap.default}`,
    });
  }
  return found;
}

function throwRefusals(found: readonly Refusal[], { flavor }: Manifest): void {
  const [first] = found;
  if (first !== undefined) {
    throw new SchedError('UNSUPPORTED', `${flavor} cannot honour ${first.field}: ${first.limit}.`, {
      hint: `${first.instead.charAt(0).toUpperCase()}${first.instead.slice(1)}.`,
      ...(found.length > 1 && {
        detail: found.map(({ field, limit, instead }) => `${field}: ${limit}; ${instead}`).join('\n'),
      }),
    });
  }
}

function tooOften(spec: ScheduleSpec, shortestSeconds: number): Refusal[] {
  const { timing } = spec;
  const seconds = shortestStep(timing);
  if (seconds === undefined || seconds >= shortestSeconds) {
    return [];
  }
  const instead =
    timing.kind === 'change'
      ? `poll every ${shortestSeconds} s`
      : `leave at least ${shortestSeconds} s between two runs`;
  return [
    {
      field: timingField(timing.kind),
      limit: `two runs are ${shortestSeconds} s apart or more there, not ${seconds} s`,
      instead,
    },
  ];
}

function timingField(kind: TimingKind): string {
  return {
    cron: 'cron_expression',
    interval: 'interval',
    once: 'run_once_start_time',
    change: 'change',
    native: 'native',
  }[kind];
}

function insteadOfTiming({ timing }: ScheduleSpec, manifest: Manifest): string {
  const cron = timing.kind === 'interval' && manifest.timing.kinds.includes('cron') ? nearestCron(timing) : undefined;
  return cron === undefined
    ? otherwise(manifest, `use ${listed(manifest.timing.kinds, TIMING_WORDS)}`)
    : `use --cron "${cron}"`;
}

/** A cron expression with the interval's pace, by the clock instead of from the anchor; undefined when none has it. */
function nearestCron({ count, unit }: IntervalTiming): string | undefined {
  const minutes: Readonly<Partial<Record<Unit, number>>> = {
    second: 1 / 60,
    minute: 1,
    hour: 60,
    day: 24 * 60,
    week: 7 * 24 * 60,
  };
  const pace = count * (minutes[unit] ?? Number.NaN);
  if (unit === 'month') {
    return count === 1 ? '0 0 1 * *' : undefined;
  }
  if (pace >= 1 && pace < 60) {
    return 60 % pace === 0 ? (pace === 1 ? '* * * * *' : `*/${pace} * * * *`) : undefined;
  }
  if (pace >= 60 && pace < 24 * 60) {
    return (24 * 60) % pace === 0 && pace % 60 === 0
      ? pace === 60
        ? '0 * * * *'
        : `0 */${pace / 60} * * *`
      : undefined;
  }
  return pace === 24 * 60 ? '0 0 * * *' : pace === 7 * 24 * 60 ? '0 0 * * 0' : undefined;
}

function otherwise({ flavor, capabilities }: Manifest, elsewhere: string): string {
  if (flavor === 'local') {
    return elsewhere;
  }
  return capabilities.includes('trigger')
    ? `${elsewhere}, or let an agent fire it (--fired-by agent)`
    : `${elsewhere}, or use --orchestrator local`;
}

function listed<K extends string>(kinds: readonly K[], words: Readonly<Record<K, string>>): string {
  return kinds.map((kind) => words[kind]).join(' or ');
}
