import type { IntervalTiming } from '../../src/schedule.js';
import type { DaylightRule } from '../../src/time/daylight.js';
import type { Occurrence } from '../../src/time/occurrences.js';

/**
 * The same answers by the slowest and plainest means: minute by minute over the wall clock, each reading matched by itself,
 * offsets straight from Intl. It shares nothing with the engine but its types.
 */
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds east of UTC. */
export function intlOffset(zone: string, instant: number): number {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(zone, formatter);
  }
  // 29/03/2026, 03:00:00
  const shown = formatter.format(instant).replace(/^(..)\/(..)\/(....), /, '$3-$2-$1T');
  return Date.parse(`${shown}Z`) - Math.floor(instant / 1000) * 1000;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');

/** Whether one field of an expression holds a value, item by item. */
function holds(text: string, value: number, low: number, high: number, names: readonly string[]): boolean {
  const number = (word: string): number => {
    const index = names.indexOf(word.toLowerCase());
    return index >= 0 ? index + low : Number(word);
  };
  return text.split(',').some((item) => {
    const [range = '', step = '1'] = item.split('/');
    const [from = '', to = from] = range === '*' ? [`${low}`, `${high}`] : range.split('-');
    return value >= number(from) && value <= number(to) && (value - number(from)) % Number(step) === 0;
  });
}

/** Whether an expression matches a reading of the wall clock, as crontab(5) of Vixie cron has it. */
export function cronMatches(expression: string, wall: number): boolean {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = expression.split(' ');
  const date = new Date(wall);
  const dow = date.getUTCDay();
  if (
    !holds(minute, date.getUTCMinutes(), 0, 59, []) ||
    !holds(hour, date.getUTCHours(), 0, 23, []) ||
    !holds(month, date.getUTCMonth() + 1, 1, 12, MONTHS)
  ) {
    return false;
  }
  const onDate = holds(day, date.getUTCDate(), 1, 31, []);
  const onWeekday = holds(weekday, dow, 0, 7, DAYS) || (dow === 0 && holds(weekday, 7, 0, 7, DAYS));
  return day.startsWith('*') || weekday.startsWith('*') ? onDate && onWeekday : onDate || onWeekday;
}

/** Whether a calendar interval matches a reading, asked day by day from its anchor. */
export function calendarMatches(timing: IntervalTiming, zone: string, wall: number): boolean {
  const { count, unit, on, times, anchor } = timing;
  const anchorWall = anchor + intlOffset(zone, anchor);
  if (wall < anchorWall) {
    return false;
  }
  const timeOf = (reading: number): number => ((reading % DAY) + DAY) % DAY;
  const clock = new Date(timeOf(wall)).toISOString().slice(11, 16);
  const atTime =
    times.length === 0 ? timeOf(wall) === timeOf(anchorWall) : timeOf(wall) % MINUTE === 0 && times.includes(clock);
  return atTime && onDay(count, unit, on, wall - timeOf(wall), anchorWall - timeOf(anchorWall));
}

function onDay(count: number, unit: string, on: readonly number[], day: number, anchorDay: number): boolean {
  if (unit === 'day') {
    return ((day - anchorDay) / DAY) % count === 0;
  }
  if (unit === 'week') {
    const mondayOf = (midnight: number): number => {
      let monday = midnight;
      while (new Date(monday).getUTCDay() !== 1) {
        monday -= DAY;
      }
      return monday;
    };
    const weekdays = on.length === 0 ? [new Date(anchorDay).getUTCDay()] : on;
    const weeks = (mondayOf(day) - mondayOf(anchorDay)) / (7 * DAY);
    return weeks % count === 0 && weekdays.includes(new Date(day).getUTCDay());
  }
  const months = (midnight: number): number =>
    new Date(midnight).getUTCFullYear() * 12 + new Date(midnight).getUTCMonth();
  const last = new Date(day + DAY).getUTCDate() === 1;
  const date = new Date(day).getUTCDate();
  const wanted = on.length === 0 ? [new Date(anchorDay).getUTCDate()] : on;
  return (months(day) - months(anchorDay)) % count === 0 && wanted.some((one) => one === date || (last && one > date));
}

const offsetsOfDays = new Map<string, ReadonlySet<number>>();

/** The offsets that a zone has within two days of a day, by looking every half hour. */
function offsetsAround(zone: string, wall: number): ReadonlySet<number> {
  const day = Math.floor(wall / DAY);
  const known = offsetsOfDays.get(`${zone} ${day}`);
  if (known !== undefined) {
    return known;
  }
  const offsets = new Set<number>();
  for (let probe = (day - 2) * DAY; probe <= (day + 3) * DAY; probe += 30 * MINUTE) {
    offsets.add(intlOffset(zone, probe));
  }
  offsetsOfDays.set(`${zone} ${day}`, offsets);
  return offsets;
}

/** Every instant at which the zone's clock shows a reading. */
function instantsOf(zone: string, wall: number): number[] {
  return [...offsetsAround(zone, wall)]
    .map((offset) => wall - offset)
    .filter((instant) => instant + intlOffset(zone, instant) === wall)
    .sort((a, b) => a - b);
}

/** The change of clocks that skips a reading: its instant (to the second) and the offset before it. */
function gapOf(zone: string, wall: number): { readonly at: number; readonly before: number } {
  let low = wall - 26 * 60 * MINUTE;
  let high = wall + 26 * 60 * MINUTE;
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (middle + intlOffset(zone, middle) < wall) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return { at: high, before: intlOffset(zone, low) };
}

/** The occurrences from `from` (inclusive) to `to` (exclusive), in order, for a predicate over readings. */
export function naiveBetween(
  matches: (wall: number) => boolean,
  zone: string,
  rule: DaylightRule,
  wildcard: boolean,
  [from, to]: readonly [number, number],
  firstReading = 0,
): Occurrence[] {
  const found: { position: number; wall: number; occurrence: Occurrence }[] = [];
  const elapsed = wildcard && rule.wildcard === 'elapsed';
  const start = Math.floor((from - 2 * DAY) / MINUTE) * MINUTE + firstReading;
  for (let wall = start; wall < to + 2 * DAY; wall += MINUTE) {
    if (!matches(wall)) {
      continue;
    }
    const text = new Date(wall).toISOString().replace(/(?::00)?\.000Z$/, '');
    const add = (instant: number | null, position: number, daylight: Occurrence['daylight']): void => {
      found.push({ position, wall, occurrence: { instant, wall: text, daylight } });
    };
    const [first, second] = instantsOf(zone, wall);
    if (first === undefined) {
      const gap = gapOf(zone, wall);
      if (!elapsed) {
        const instant = { skip: null, 'first-instant': gap.at, shift: wall - gap.before }[rule.gap];
        add(instant, instant ?? gap.at, 'gap');
      }
    } else if (second === undefined) {
      add(first, first, null);
    } else {
      if (elapsed || rule.fold !== 'second') {
        add(first, first, 'fold-first');
      }
      if (elapsed || rule.fold !== 'first') {
        add(second, second, 'fold-second');
      }
    }
  }
  found.sort((a, b) => a.position - b.position || a.wall - b.wall);
  const taken = new Set<number>();
  return found
    .filter(({ position, occurrence: { instant } }) => {
      const free = instant === null || !taken.has(instant);
      taken.add(instant ?? Number.NaN);
      return free && position >= from && position < to;
    })
    .map(({ occurrence }) => occurrence);
}
