import type { Instant, Timetable } from '../schedule.js';
import { DAY, formatWall } from './calendar.js';
import type { DaylightRule } from './daylight.js';
import type { Occurrence } from './occurrence.js';
import { spanAt } from './offsets.js';
import { crossingOf, planOf } from './plan.js';
import { type Window, wallInstants, wallsBackward, wallsForward } from './walls.js';

export type { Daylight, Occurrence } from './occurrence.js';

/** Local times are looked for between these instants only, so that years have four digits. */
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(9999, 11, 30);

/** A rule that skips may leave an expression without a run for as long as 29 February takes to meet a weekday again, not longer. */
const PATIENCE = 41 * 366 * DAY;

/**
 * The occurrences at or after `from`, ascending, endless unless the timetable ends. Start and end of the timetable count
 * as inclusive; `maxRuns` does not count here, because it depends on what ran. Instants strictly increase: two local times
 * that fall on one instant (a gap's first moment, a shifted time) are one occurrence, under the earlier local time.
 * A skipped one (`instant` null) stands where its gap is. `change` and `native` timings yield nothing.
 * Throws USAGE for an expression or a zone that cannot be read.
 */
export function forward(timetable: Timetable, rule: DaylightRule, from: Instant): Iterable<Occurrence> {
  return between(timetable, rule, from, Infinity);
}

/** As `forward`, from `from` (inclusive) to `to` (exclusive). */
export function between(timetable: Timetable, rule: DaylightRule, from: Instant, to: Instant): Iterable<Occurrence> {
  return { [Symbol.iterator]: () => ascending(timetable, rule, windowOf(timetable, from, to)) };
}

/** The occurrences before `before` (exclusive), latest first, otherwise as `forward`. */
export function backward(timetable: Timetable, rule: DaylightRule, before: Instant): Iterable<Occurrence> {
  return { [Symbol.iterator]: () => descending(timetable, rule, windowOf(timetable, -Infinity, before)) };
}

/** The first instant later than `after` at which the schedule is due; null: never again. */
export function nextInstant(timetable: Timetable, rule: DaylightRule, after: Instant): Instant | null {
  return firstInstant(forward(timetable, rule, after + 1), PATIENCE);
}

/** The last instant earlier than `before` at which the schedule was due; null: never. */
export function previousInstant(timetable: Timetable, rule: DaylightRule, before: Instant): Instant | null {
  return firstInstant(backward(timetable, rule, before), PATIENCE);
}

/** All instants from `from` (inclusive) to `to` (exclusive), ascending: what `between` yields, without its skipped ones, fast. */
export function instantsBetween(timetable: Timetable, rule: DaylightRule, from: Instant, to: Instant): Instant[] {
  const plan = planOf(timetable);
  const window = windowOf(timetable, from, to);
  if (plan.kind === 'walls') {
    return wallInstants(plan.pattern, timetable.timezone, crossingOf(plan, rule), narrowed(window));
  }
  const found: Instant[] = [];
  for (const occurrence of ascending(timetable, rule, window)) {
    if (occurrence.instant !== null) {
      found.push(occurrence.instant);
    }
  }
  return found;
}

function firstInstant(occurrences: Iterable<Occurrence>, patience: number): Instant | null {
  let firstSkipped: number | undefined;
  for (const { instant, wall } of occurrences) {
    if (instant !== null) {
      return instant;
    }
    const skipped = Date.parse(`${wall}Z`);
    firstSkipped ??= skipped;
    if (Math.abs(skipped - firstSkipped) > patience) {
      return null;
    }
  }
  return null;
}

function windowOf({ start, end }: Timetable, from: Instant, to: Instant): Window {
  return {
    from: Math.max(from, start ?? -Infinity),
    to: Math.min(to, end === null ? Infinity : end + 1),
  };
}

function narrowed({ from, to }: Window): Window {
  return { from: Math.max(from, EARLIEST), to: Math.min(to, LATEST) };
}

function* ascending(timetable: Timetable, rule: DaylightRule, window: Window): Generator<Occurrence> {
  const plan = planOf(timetable);
  const { timezone } = timetable;
  if (plan.kind === 'walls') {
    yield* wallsForward(plan.pattern, timezone, crossingOf(plan, rule), narrowed(window));
  } else if (plan.kind === 'once') {
    if (plan.at >= window.from && plan.at < window.to) {
      yield onTheClock(timezone, plan.at);
    }
  } else if (plan.kind === 'steps') {
    const { from, to } = narrowed(window);
    const { anchor, step } = plan;
    for (let instant = anchor + Math.max(0, Math.ceil((from - anchor) / step)) * step; instant < to; instant += step) {
      yield onTheClock(timezone, instant);
    }
  }
}

function* descending(timetable: Timetable, rule: DaylightRule, window: Window): Generator<Occurrence> {
  const plan = planOf(timetable);
  if (plan.kind === 'walls') {
    yield* wallsBackward(plan.pattern, timetable.timezone, crossingOf(plan, rule), narrowed(window));
  } else if (plan.kind === 'steps') {
    const { from, to } = narrowed(window);
    const { anchor, step } = plan;
    for (
      let instant = anchor + (Math.ceil((to - anchor) / step) - 1) * step;
      instant >= Math.max(from, anchor);
      instant -= step
    ) {
      yield onTheClock(timetable.timezone, instant);
    }
  } else {
    yield* ascending(timetable, rule, window);
  }
}

function onTheClock(zone: string, instant: Instant): Occurrence {
  const span = spanAt(zone, instant);
  const wall = instant + span.offset;
  const again = wall < span.start + span.before;
  const once = wall >= span.end + span.after;
  return { instant, wall: formatWall(wall), daylight: again ? 'fold-second' : once ? 'fold-first' : null };
}
