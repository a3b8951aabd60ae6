import type { Json, Projection, ScheduleSpec, Timing } from './schedule.js';

/** One field that differs; `undefined` never occurs: a field absent on either side is not compared. */
export interface Difference {
  readonly field: string;
  readonly expected: Json;
  readonly actual: Json;
}

/**
 * The comparable fields of a spec, under the names that users see. Instants are ISO 8601 in UTC. The name is not among them:
 * it is the record's own, and renaming never touches the orchestrator.
 * Every driver builds the same fields from its native object, so that equality of fields is equality of schedules.
 */
export function project(spec: ScheduleSpec, paused: boolean): Projection {
  return {
    ...projectTiming(spec.timing),
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
    retry: spec.retry === null ? null : { ...spec.retry },
    pipeline: spec.pipeline,
    labels: spec.labels,
    description: spec.description,
    owner: spec.owner,
    paused,
  };
}

function projectTiming(timing: Timing): Projection {
  const none = { cron_expression: null, interval: null, run_once_start_time: null, change: null, native: null };
  switch (timing.kind) {
    case 'cron':
      return { ...none, cron_expression: timing.expression };
    case 'interval': {
      const { kind: _kind, anchor, ...every } = timing;
      return { ...none, interval: { ...every, anchor: new Date(anchor).toISOString() } };
    }
    case 'once':
      return { ...none, run_once_start_time: instantText(timing.at) };
    case 'change': {
      const { kind: _kind, ...change } = timing;
      return { ...none, change };
    }
    case 'native': {
      const { kind: _kind, ...native } = timing;
      return { ...none, native };
    }
  }
}

function instantText(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

/** The fields present on both sides whose values differ, in the order of `expected`. */
export function differences(expected: Projection, actual: Projection): Difference[] {
  return Object.keys(expected).flatMap((field) => {
    const before = expected[field];
    const after = actual[field];
    return before === undefined || after === undefined || canonical(before) === canonical(after)
      ? []
      : [{ field, expected: before, actual: after }];
  });
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
