/** What a manifest rules out, before anything is asked of the target. Pure. */
import { SchedError } from '../errors.js';
import type { IntervalTiming, RunKind, ScheduleSpec, TimingKind, Unit } from '../schedule.js';
import type { Capability, Manifest, OptionalField, TriggerRequest } from './driver.js';
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
};

const RUN_WORDS: Readonly<Record<RunKind, string>> = {
  command: 'a command',
  container: 'a container',
  reference: 'something that exists there already',
};

const TIMING_WORDS: Readonly<Record<TimingKind, string>> = {
  cron: 'a cron expression',
  interval: 'an interval',
  once: 'a single run',
  change: 'watching a folder',
  native: 'its own dialect',
};

const CAPABILITY_WORDS: Readonly<Record<Capability, string>> = {
  update: 'change a schedule in place',
  setPaused: 'pause or resume a schedule',
  trigger: 'start a run by hand',
  runs: 'list the runs of a schedule',
  logs: 'give the output of a run',
  findForeign: 'list schedules that sched did not make',
  check: 'check login, permissions and health',
};

/** Names of UTC in the IANA database (its `backward` and `etcetera` files). */
const UTC_NAMES = /^(Etc\/)?(UTC|UCT|GMT|GMT[+-]?0|Greenwich|Universal|Zulu)$/i;

/** Throws UNSUPPORTED with the first thing in `spec` that the target cannot honour; all of them are in `detail` when there are more. */
export function checkLimits(spec: ScheduleSpec, manifest: Manifest): void {
  throwRefusals(refusals(spec, manifest), manifest);
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

/** Everything in `spec` that the target cannot honour, in the order in which users meet the fields. */
export function refusals(spec: ScheduleSpec, manifest: Manifest): readonly Refusal[] {
  const { timing, catchup, overlap, fields } = manifest;
  const found: Refusal[] = [];
  if (!manifest.runs.includes(spec.run.kind)) {
    found.push({
      field: 'run',
      limit: `it runs ${listed(manifest.runs, RUN_WORDS)}, not ${RUN_WORDS[spec.run.kind]}`,
      instead:
        spec.run.kind === 'command' && manifest.flavor !== 'local'
          ? 'use --orchestrator local'
          : `give it ${listed(manifest.runs, RUN_WORDS)}`,
    });
  }
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
  for (const name of Object.keys(FIELDS) as OptionalField[]) {
    const { field, what, asked } = FIELDS[name];
    if (asked(spec) && !fields.includes(name)) {
      found.push({ field, limit: `it has no place for ${what}`, instead: otherwise(manifest, 'leave it out') });
    }
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

function otherwise({ flavor }: Manifest, elsewhere: string): string {
  return flavor === 'local' ? elsewhere : `${elsewhere}, or use --orchestrator local`;
}

function listed<K extends string>(kinds: readonly K[], words: Readonly<Record<K, string>>): string {
  return kinds.map((kind) => words[kind]).join(' or ');
}
