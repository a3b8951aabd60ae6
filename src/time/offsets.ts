import { SchedError } from '../errors.js';
import type { Instant } from '../schedule.js';
import { DAY } from './calendar.js';

/**
 * A stretch of time with one UTC offset (milliseconds, east positive). `before` and `after` are the offsets on its other
 * sides; they equal `offset` where a stretch merely ends with its year.
 */
export interface Span {
  /** Inclusive. */
  readonly start: Instant;
  /** Exclusive. */
  readonly end: Instant;
  readonly before: number;
  readonly offset: number;
  readonly after: number;
}

/**
 * The zone database's closest pair of changes between 1970 and 2060 lies 7 days apart (Gaza, Boa Vista), so that samples
 * 6 days apart see every change; test/time/offsets.test.ts holds it to that.
 */
const SAMPLE = 6 * DAY;

interface ZoneClock {
  readonly read: (instant: Instant) => number;
  readonly years: Map<number, readonly Span[]>;
  latest: Span;
}

const clocks = new Map<string, ZoneClock>();
const ALWAYS: Span = { start: -Infinity, end: Infinity, before: 0, offset: 0, after: 0 };
const NEVER: Span = { start: Infinity, end: -Infinity, before: 0, offset: 0, after: 0 };

/** The stretch of constant offset around an instant. Throws USAGE for a zone that this Node does not know. */
export function spanAt(zone: string, instant: Instant): Span {
  const clock = clockOf(zone);
  const latest = clock.latest;
  if (instant >= latest.start && instant < latest.end) {
    return latest;
  }
  const year = new Date(instant).getUTCFullYear();
  const spans = clock.years.get(year) ?? readYear(clock, year);
  const found = spans.find((span) => instant < span.end) ?? ALWAYS;
  clock.latest = found;
  return found;
}

function clockOf(zone: string): ZoneClock {
  const known = clocks.get(zone);
  if (known !== undefined) {
    return known;
  }
  const utc = zone === 'UTC' || zone === 'Etc/UTC';
  const clock: ZoneClock = { read: utc ? () => 0 : offsetReader(zone), years: new Map(), latest: utc ? ALWAYS : NEVER };
  clocks.set(zone, clock);
  return clock;
}

function offsetReader(zone: string): (instant: Instant) => number {
  let formatter: Intl.DateTimeFormat;
  try {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (cause) {
    throw new SchedError('USAGE', `There is no time zone named ${zone}.`, { cause });
  }
  return (instant) => {
    // format() is six times as fast as formatToParts(): "3/29/2026, 03:00:00"
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = (
      formatter.format(instant).match(/\d+/g) ?? []
    ).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  };
}

function readYear(clock: ZoneClock, year: number): readonly Span[] {
  const start = Date.UTC(year, 0, 1);
  const end = Date.UTC(year + 1, 0, 1);
  const changes: { at: Instant; offset: number }[] = [];
  // One second early, so that a change at the year's first instant belongs to it.
  let known = start - 1000;
  const before = clock.read(known);
  let offset = before;
  while (known < end - 1000) {
    const next = Math.min(known + SAMPLE, end - 1000);
    const seen = clock.read(next);
    if (seen !== offset) {
      changes.push({ at: changeBetween(clock, known, next, offset), offset: seen });
    }
    known = next;
    offset = seen;
  }
  const after = clock.read(end);
  const edges = changes[0]?.at === start ? changes : [{ at: start, offset: before }, ...changes];
  const spans = edges.map((edge, position) => {
    const next = edges[position + 1];
    return {
      start: edge.at,
      end: next?.at ?? end,
      before: edges[position - 1]?.offset ?? before,
      offset: edge.offset,
      after: next?.offset ?? after,
    };
  });
  clock.years.set(year, spans);
  return spans;
}

/** The first whole second after `low` at which the offset is no longer `offset`; it no longer is at `high`. */
function changeBetween(clock: ZoneClock, low: Instant, high: Instant, offset: number): Instant {
  let same = Math.floor(low / 1000);
  let changed = Math.floor(high / 1000);
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2);
    if (clock.read(middle * 1000) === offset) {
      same = middle;
    } else {
      changed = middle;
    }
  }
  return changed * 1000;
}
