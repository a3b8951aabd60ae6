import { SchedError } from './errors.js';
import {
  type Author,
  CATCHUP_POLICIES,
  type CatchupPolicy,
  type ChangeTiming,
  type IntervalTiming,
  type Json,
  type NativeSchedule,
  type NativeTiming,
  OVERLAP_POLICIES,
  type OverlapPolicy,
  type Projection,
  type RetryPolicy,
  type RunSpec,
  type ScheduleSpec,
  type Timetable,
  type Timing,
} from './schedule.js';

/** One field that differs; `undefined` never occurs: a field absent on either side is not compared. */
export interface Difference {
  /** As projected, or one of its parts: `cron_expression`, `run.image`, `labels.team`. */
  readonly field: string;
  readonly expected: Json;
  readonly actual: Json;
}

/** A difference that stands on an orchestrator. */
export interface NativeDifference extends Difference {
  /** Who wrote it there; null where the target does not tell. */
  readonly changedBy: Author | null;
}

/**
 * The comparable fields of a spec, under the names that users see. Instants are ISO 8601 in UTC. The name is not among them:
 * it is the record's own, and renaming never touches the orchestrator.
 * Every driver builds the same fields from its native object, so that equality of fields is equality of schedules.
 */
export function project(spec: ScheduleSpec, paused: boolean): Projection {
  const { timing, retry } = spec;
  // One literal with all its keys: lists make thousands of these.
  return {
    cron_expression: timing.kind === 'cron' ? timing.expression : null,
    interval: timing.kind === 'interval' ? projectInterval(timing) : null,
    run_once_start_time: timing.kind === 'once' ? instantText(timing.at) : null,
    change: timing.kind === 'change' ? projectChange(timing) : null,
    native: timing.kind === 'native' ? { dialect: timing.dialect, text: timing.text } : null,
    timezone: spec.timezone,
    start_time: instantText(spec.start),
    end_time: instantText(spec.end),
    max_runs: spec.maxRuns,
    catchup_policy: spec.catchup,
    catchup_limit: spec.catchupLimit,
    overlap: spec.overlap,
    run: spec.run as unknown as Json,
    parameters: spec.parameters,
    timeout_seconds: spec.timeoutSeconds,
    retry: retry === null ? null : { ...retry },
    pipeline: spec.pipeline,
    labels: spec.labels,
    description: spec.description,
    owner: spec.owner,
    paused,
  };
}

function projectInterval({ kind: _kind, anchor, ...every }: IntervalTiming): Json {
  return { ...every, anchor: new Date(anchor).toISOString() };
}

function projectChange({ kind: _kind, ...change }: ChangeTiming): Json {
  return change;
}

function instantText(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

/** What a spec says where a projection says nothing. */
export type SpecOtherwise = Pick<
  ScheduleSpec,
  'name' | 'pipeline' | 'timezone' | 'catchup' | 'catchupLimit' | 'overlap'
>;

/**
 * The spec of which `projection` is the projection: the way back from `project`. A field that is absent is taken from `otherwise`, or is
 * none. A policy that a target qualifies (`last, at most 3600 s late`) is read by its first word.
 * Throws UNSUPPORTED when it tells no timing or no run.
 */
export function specOf(projection: Projection, otherwise: SpecOtherwise): ScheduleSpec {
  const { run, parameters, labels, retry } = projection;
  const timing = timingOf(projection);
  if (timing === undefined || run === undefined || run === null) {
    const lacking = timing === undefined ? 'when it is due' : 'what it runs';
    throw new SchedError('UNSUPPORTED', `The orchestrator does not tell ${lacking}: there is nothing to record.`);
  }
  return {
    name: otherwise.name,
    pipeline: textOf(projection.pipeline) ?? otherwise.pipeline,
    timing,
    timezone: textOf(projection.timezone) ?? otherwise.timezone,
    start: instantOf(projection.start_time),
    end: instantOf(projection.end_time),
    maxRuns: numberOf(projection.max_runs),
    catchup: wordOf<CatchupPolicy>(projection.catchup_policy, CATCHUP_POLICIES) ?? otherwise.catchup,
    catchupLimit: numberOf(projection.catchup_limit) ?? otherwise.catchupLimit,
    overlap: wordOf<OverlapPolicy>(projection.overlap, OVERLAP_POLICIES) ?? otherwise.overlap,
    // What a driver projects under these names has these shapes: they are `project`'s own.
    run: run as unknown as RunSpec,
    parameters: (parameters ?? {}) as ScheduleSpec['parameters'],
    timeoutSeconds: numberOf(projection.timeout_seconds),
    retry: (retry ?? null) as unknown as RetryPolicy | null,
    labels: (labels ?? {}) as ScheduleSpec['labels'],
    description: textOf(projection.description),
    owner: textOf(projection.owner),
  };
}

function timingOf({ cron_expression, interval, run_once_start_time, change, native }: Projection): Timing | undefined {
  if (typeof cron_expression === 'string') {
    return { kind: 'cron', expression: cron_expression };
  }
  if (typeof run_once_start_time === 'string') {
    return { kind: 'once', at: Date.parse(run_once_start_time) };
  }
  if (isObject(interval)) {
    const anchor = Date.parse(String(interval.anchor));
    return { kind: 'interval', ...interval, anchor } as unknown as IntervalTiming;
  }
  if (isObject(change)) {
    return { kind: 'change', ...change } as unknown as ChangeTiming;
  }
  return isObject(native) ? ({ kind: 'native', ...native } as unknown as NativeTiming) : undefined;
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function instantOf(value: Json | undefined): number | null {
  return typeof value === 'string' ? Date.parse(value) : null;
}

function wordOf<Word extends string>(value: Json | undefined, words: readonly Word[]): Word | undefined {
  const [first] = typeof value === 'string' ? value.split(',') : [];
  return words.find((word) => word === first);
}

type JsonObject = { readonly [key: string]: Json };

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Fields that are told part by part, so that users see what changed and not all that stands around it. */
const IN_PARTS: ReadonlySet<string> = new Set(['run', 'labels', 'parameters', 'retry']);

/**
 * The fields present on both sides whose values differ, in the order of `expected`; of `run` (of the same kind), `labels`, `parameters` and
 * `retry` each part by itself, one that is absent as null.
 */
export function differences(expected: Projection, actual: Projection): Difference[] {
  const found: Difference[] = [];
  for (const field of Object.keys(expected)) {
    const before = expected[field];
    const after = actual[field];
    if (before !== undefined && after !== undefined && !same(before, after)) {
      found.push(...(partsOf(field, before, after) ?? [{ field, expected: before, actual: after }]));
    }
  }
  return found;
}

/** Undefined when the field is better told as a whole. */
function partsOf(field: string, before: Json, after: Json): Difference[] | undefined {
  if (!IN_PARTS.has(field) || !isObject(before) || !isObject(after)) {
    return undefined;
  }
  if (field === 'run' && before.kind !== after.kind) {
    return undefined;
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const parts = keys
    .map((key) => ({ field: `${field}.${key}`, expected: before[key] ?? null, actual: after[key] ?? null, key }))
    .filter(({ key, expected, actual }) => key in before !== key in after || !same(expected, actual));
  // A part that is null on one side and absent on the other would be told as no difference at all.
  return parts.some(({ expected, actual }) => same(expected, actual))
    ? undefined
    : parts.map(({ key: _key, ...part }) => part);
}

/** The projected field that a difference is about: `run` of `run.image`. */
export function fieldOf({ field }: Difference): string {
  const dot = field.indexOf('.');
  return dot === -1 ? field : field.slice(0, dot);
}

/** Without those about `fields`, or about parts of them. */
export function except<D extends Difference>(changed: readonly D[], fields: readonly string[]): readonly D[] {
  return fields.length === 0
    ? changed
    : changed.filter((one) => !fields.includes(fieldOf(one)) && !fields.includes(one.field));
}

/** Each with who wrote it there, as far as the native object tells. */
export function attributed(changed: readonly Difference[], native: NativeSchedule): NativeDifference[] {
  // A driver may find out who only when it is asked.
  const authors = changed.length === 0 ? undefined : native.changedBy;
  return changed.map((one) => ({ ...one, changedBy: authors?.[one.field] ?? authors?.[fieldOf(one)] ?? null }));
}

/** Equality of values; the order of an object's keys does not count. */
function same(left: Json, right: Json): boolean {
  if (left === right) {
    return true;
  }
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') {
    return false;
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    const [one, other] = [left as readonly Json[], right as readonly Json[]];
    return (
      Array.isArray(left) &&
      Array.isArray(right) &&
      one.length === other.length &&
      one.every((part, index) => same(part, other[index] ?? null))
    );
  }
  const [one, other] = [left as JsonObject, right as JsonObject];
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => {
      const [mine, theirs] = [one[key], other[key]];
      return theirs !== undefined && mine !== undefined && same(mine, theirs);
    })
  );
}

/** JSON with sorted keys: equal text for equal values. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(',')}]`;
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value as Readonly<Record<string, Json>>);
    return `{${entries
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

/** True when two timetables are due at the same times and end alike. */
export function sameTimetable(one: Timetable, other: Timetable): boolean {
  const [left, right] = [one, other].map(({ timing, timezone, start, end, maxRuns }) =>
    canonical({ timing: { ...timing }, timezone, start, end, maxRuns }),
  );
  return left === right;
}
