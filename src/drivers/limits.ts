/** What a manifest rules out, before anything is asked of the target. Pure. */
import { SchedError } from '../errors.js';
import { fill } from '../placeholders.js';
import type { FiredBy, ScheduleSpec, TimingKind } from '../schedule.js';
import { agentRefusals } from './agent-limits.js';
import { otherReading } from './dialects.js';
import type { Capability, Manifest, OptionalField, Removal, TriggerRequest } from './driver.js';
import { CAPABILITY_WORDS, FIELDS, RUN_WORDS, TIMING_WORDS } from './limit-words.js';
import { nearestCron, shortestStep } from './pace.js';

/** One thing that a target cannot honour: the field as users know it, the limit, and the nearest thing that works. */
export interface Refusal {
  readonly field: string;
  readonly limit: string;
  readonly instead: string;
}

/** What only who fires a schedule has to honour. */
const TIMETABLE_FIELDS: ReadonlySet<OptionalField> = new Set(['start', 'end', 'maxRuns']);

/** What a run may ask to have filled in for its occurrence. */
const OCCURRENCE_PLACEHOLDERS = ['scheduled_time', 'date', 'previous'];

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
  const timetable = firedBy === 'agent' ? agentRefusals(spec, manifest) : timetableRefusals(spec, manifest);
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
    // An audit asks this of every text of thousands of records.
    if (!value.includes('{')) {
      return undefined;
    }
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
    found.push(...readOtherwise(spec, manifest), ...tooOften(spec, timing.shortestSeconds));
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

/** Five fields that mean other days there. */
function readOtherwise({ timing }: ScheduleSpec, manifest: Manifest): Refusal[] {
  const other = timing.kind === 'cron' ? otherReading(timing.expression, manifest.timing.cron) : null;
  return other === null
    ? []
    : [
        {
          field: 'cron_expression',
          limit: other.limit,
          instead:
            other.same === null
              ? otherwise(manifest, `use --cron "${other.theirs}" where either will do`)
              : `use --cron "${other.same}", which means the same`,
        },
      ];
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
  return otherwise(manifest, cron === undefined ? `use ${listed(manifest.timing.kinds, TIMING_WORDS)}` : `use ${cron}`);
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
