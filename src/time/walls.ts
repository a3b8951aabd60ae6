import type { Instant } from '../schedule.js';
import { DAY, dayOfWall, formatWall } from './calendar.js';
import { type DayPattern, wallBefore, wallFrom } from './day-pattern.js';
import type { Occurrence } from './occurrence.js';
import { type Span, spanAt } from './offsets.js';
import type { Crossing } from './plan.js';
import { WIDEST_OFFSET } from './zone.js';

/** From (inclusive) to (exclusive). */
export interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

/** An occurrence and where it stands; a skipped one stands at its gap. */
interface Placed {
  readonly position: Instant;
  readonly occurrence: Occurrence;
}

/** The readings that run at their own instant in one span: from (inclusive) to (exclusive). */
interface Reach {
  readonly from: number;
  readonly to: number;
  /** How long (milliseconds) the readings share their instants with those that the gap before the span has moved. */
  readonly merged: number;
}

/** The occurrences of a pattern in a window, ascending. */
export function* wallsForward(
  pattern: DayPattern,
  zone: string,
  crossing: Crossing,
  window: Window,
): Generator<Occurrence> {
  for (const span of spansForward(pattern, zone, window)) {
    const reach = reachOf(span, crossing);
    if (window.from < span.start + reach.merged) {
      for (const { position, occurrence } of mergedHead(pattern, span, crossing, reach)) {
        if (position >= window.from && position < window.to) {
          yield occurrence;
        }
      }
    }
    const to = Math.min(reach.to, window.to + span.offset);
    let wall = wallFrom(pattern, Math.max(reach.from + reach.merged, window.from + span.offset));
    for (; wall !== null && wall < to; wall = wallFrom(pattern, wall + 1)) {
      yield regular(span, wall).occurrence;
    }
  }
}

/** The occurrences of a pattern in a window, latest first. */
export function* wallsBackward(
  pattern: DayPattern,
  zone: string,
  crossing: Crossing,
  window: Window,
): Generator<Occurrence> {
  for (const span of spansBackward(pattern, zone, window)) {
    const reach = reachOf(span, crossing);
    const from = Math.max(reach.from + reach.merged, window.from + span.offset);
    let wall = wallBefore(pattern, Math.min(reach.to, window.to + span.offset));
    for (; wall !== null && wall >= from; wall = wallBefore(pattern, wall)) {
      yield regular(span, wall).occurrence;
    }
    for (const { position, occurrence } of mergedHead(pattern, span, crossing, reach).reverse()) {
      if (position >= window.from && position < window.to) {
        yield occurrence;
      }
    }
  }
}

/** The instants of a pattern in a window, ascending, by arithmetic alone where a span has no gap before it. */
export function wallInstants(pattern: DayPattern, zone: string, crossing: Crossing, window: Window): Instant[] {
  const found: Instant[] = [];
  for (const span of spansForward(pattern, zone, window)) {
    const reach = reachOf(span, crossing);
    for (const { position, occurrence } of mergedHead(pattern, span, crossing, reach)) {
      if (occurrence.instant !== null && position >= window.from && position < window.to) {
        found.push(position);
      }
    }
    const from = Math.max(reach.from + reach.merged, window.from + span.offset, pattern.floor);
    pushReadings(pattern, from, Math.min(reach.to, window.to + span.offset), span.offset, found);
  }
  return found;
}

function pushReadings(pattern: DayPattern, from: number, to: number, offset: number, found: Instant[]): void {
  const { times } = pattern;
  let day = from < to ? pattern.dayFrom(dayOfWall(from)) : null;
  while (day !== null) {
    const midnight = day * DAY;
    if (midnight >= to) {
      return;
    }
    const whole = midnight >= from && midnight + DAY <= to;
    for (const time of times) {
      if (whole || (midnight + time >= from && midnight + time < to)) {
        found.push(midnight + time - offset);
      }
    }
    day = pattern.dayFrom(day + 1);
  }
}

/** The spans that may hold an occurrence, ascending; long stretches without a reading are leapt over. */
function* spansForward(pattern: DayPattern, zone: string, { from, to }: Window): Generator<Span> {
  let start = from;
  while (start < to) {
    const span = spanAt(zone, start);
    yield span;
    const wall = span.end < to ? wallFrom(pattern, span.end + Math.min(span.offset, span.after)) : null;
    if (wall === null) {
      return;
    }
    start = Math.max(span.end, wall - WIDEST_OFFSET);
  }
}

/** The spans that may hold an occurrence, latest first. */
function* spansBackward(pattern: DayPattern, zone: string, { from, to }: Window): Generator<Span> {
  let last = to - 1;
  while (last >= from) {
    const span = spanAt(zone, last);
    yield span;
    const wall = span.start > from ? wallBefore(pattern, span.start + span.before) : null;
    if (wall === null) {
      return;
    }
    last = Math.min(span.start - 1, wall + WIDEST_OFFSET);
  }
}

function reachOf(span: Span, crossing: Crossing): Reach {
  const begin = span.start + span.offset;
  const end = span.end + span.offset;
  const repeated = span.start + span.before;
  const from = crossing.fold === 'first' && repeated > begin ? repeated : begin;
  const to = crossing.fold === 'second' && span.after < span.offset ? span.end + span.after : end;
  const gap = crossing.gap === 'nothing' ? 0 : Math.max(0, span.offset - span.before);
  return { from, to, merged: Math.min(gap, to - from) };
}

/** The readings of the gap before a span, where the rule puts them, together with the span's own readings as late as that. */
function mergedHead(pattern: DayPattern, span: Span, crossing: Crossing, reach: Reach): Placed[] {
  if (reach.merged === 0) {
    return [];
  }
  const placed: Placed[] = [];
  const gapStart = span.start + span.before;
  const gapEnd = span.start + span.offset;
  for (let wall = wallFrom(pattern, gapStart); wall !== null && wall < gapEnd; wall = wallFrom(pattern, wall + 1)) {
    const instant = crossing.gap === 'skip' ? null : crossing.gap === 'shift' ? wall - span.before : span.start;
    placed.push({ position: instant ?? span.start, occurrence: { instant, wall: formatWall(wall), daylight: 'gap' } });
  }
  for (
    let wall = wallFrom(pattern, reach.from);
    wall !== null && wall < reach.from + reach.merged;
    wall = wallFrom(pattern, wall + 1)
  ) {
    placed.push(regular(span, wall));
  }
  const taken = new Set<Instant>();
  return placed
    .sort((a, b) => a.position - b.position)
    .filter(({ occurrence: { instant } }) => {
      const free = instant === null || !taken.has(instant);
      if (instant !== null) {
        taken.add(instant);
      }
      return free;
    });
}

function regular(span: Span, wall: number): Placed {
  const again = wall < span.start + span.before;
  const firstOfTwo = wall >= span.end + span.after;
  const instant = wall - span.offset;
  return {
    position: instant,
    occurrence: { instant, wall: formatWall(wall), daylight: again ? 'fold-second' : firstOfTwo ? 'fold-first' : null },
  };
}
