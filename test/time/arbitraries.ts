import fc from 'fast-check';
import type { CronTiming, IntervalTiming, Timetable, Timing } from '../../src/schedule.js';
import type { DaylightRule } from '../../src/time/daylight.js';

/** A zone, a night in which its clocks change, and what is special about it. */
export interface Night {
  readonly zone: string;
  /** An instant within a day of the change. */
  readonly around: number;
  readonly what: string;
}

const night = (zone: string, around: string, what: string): Night => ({ zone, around: Date.parse(around), what });

/** Changes of every kind that the zone database knows since 1970, and zones without any. */
export const NIGHTS: readonly Night[] = [
  night('Europe/Berlin', '2026-03-29T01:00Z', 'gap of an hour'),
  night('Europe/Berlin', '2026-10-25T01:00Z', 'fold of an hour'),
  night('America/New_York', '2026-03-08T07:00Z', 'gap of an hour, west of Greenwich'),
  night('America/New_York', '2026-11-01T06:00Z', 'fold of an hour, west of Greenwich'),
  night('Australia/Lord_Howe', '2026-04-04T15:00Z', 'fold of half an hour'),
  night('Australia/Lord_Howe', '2026-10-03T15:30Z', 'gap of half an hour'),
  night('America/Sao_Paulo', '2018-11-04T03:00Z', 'gap at midnight'),
  night('America/Sao_Paulo', '2018-02-18T02:00Z', 'fold at midnight, into the day before'),
  night('Asia/Beirut', '2026-03-28T22:00Z', 'gap at midnight'),
  night('Africa/Casablanca', '2024-03-10T02:00Z', 'fold in March (Ramadan)'),
  night('Africa/Casablanca', '2024-04-14T02:00Z', 'gap in April, the second change of the year'),
  night('Pacific/Apia', '2011-12-30T10:00Z', 'a day that does not exist'),
  night('Pacific/Kwajalein', '1993-08-21T12:00Z', 'a day that does not exist'),
  night('Africa/Monrovia', '1972-01-07T00:44:30Z', 'gap of 44 minutes and 30 seconds'),
  night('Asia/Pyongyang', '2018-05-04T15:00Z', 'gap of half an hour at midnight'),
  night('America/Caracas', '2007-12-09T07:00Z', 'fold of half an hour'),
  night('Antarctica/Troll', '2026-03-29T01:00Z', 'gap of two hours'),
  night('Antarctica/Troll', '2026-10-25T01:00Z', 'fold of two hours'),
  night('Asia/Tokyo', '2026-03-29T01:00Z', 'no change'),
  night('UTC', '2026-03-29T01:00Z', 'no change'),
];

export const nights: fc.Arbitrary<Night> = fc.constantFrom(...NIGHTS);

const RULES: readonly DaylightRule[] = (['skip', 'first-instant', 'shift'] as const).flatMap((gap) =>
  (['first', 'second', 'both'] as const).flatMap((fold) =>
    (['elapsed', 'same'] as const).map((wildcard) => ({ gap, fold, wildcard })),
  ),
);

export const rules: fc.Arbitrary<DaylightRule> = fc.constantFrom(...RULES);

/** What a field may hold: its numbers and its names. */
interface Place {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

const MONTH_NAMES = ['jan', 'FEB', 'Mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAY_NAMES = ['sun', 'MON', 'Tue', 'wed', 'thu', 'fri', 'sat'];

const PLACES = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: MONTH_NAMES },
  { low: 0, high: 7, names: DAY_NAMES },
] as const satisfies readonly Place[];

function item(place: Place): fc.Arbitrary<string> {
  const { low, high, names } = place;
  const value = fc.integer({ min: low, max: high });
  const written = value.chain((number) => {
    const name = names[number - low];
    return name === undefined ? fc.constant(`${number}`) : fc.constantFrom(`${number}`, name);
  });
  const range = fc.tuple(value, value).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const step = fc.integer({ min: 1, max: high - low });
  return fc.oneof(
    { weight: 4, arbitrary: written },
    { weight: 2, arbitrary: range.map(([a, b]) => `${a}-${b}`) },
    { weight: 1, arbitrary: fc.tuple(range, step).map(([[a, b], n]) => `${a}-${b}/${n}`) },
    { weight: 1, arbitrary: step.map((n) => `*/${n}`) },
  );
}

function field(place: Place, stars: number): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: stars, arbitrary: fc.constant('*') },
    { weight: 4, arbitrary: item(place) },
    { weight: 2, arbitrary: fc.array(item(place), { minLength: 2, maxLength: 3 }).map((items) => items.join(',')) },
  );
}

/** Days that exist in the wanted months, or days of the week to save them. */
function firesSometime(text: string): boolean {
  const [, , days = '', months = ''] = text.split(' ');
  return days.includes('*') || /\b(?:[1-9]|1\d|2[0-8])\b/.test(days) || months === '*';
}

/** Five fields that Vixie cron would take and that fire at some time. */
export const expressions: fc.Arbitrary<string> = fc
  .tuple(
    ...([
      field(PLACES[0], 2),
      field(PLACES[1], 3),
      field(PLACES[2], 8),
      field(PLACES[3], 12),
      field(PLACES[4], 8),
    ] as const),
  )
  .map((fields) => fields.join(' '))
  .filter(firesSometime);

/** Expressions that fire on most days, so that a change of clocks is met often. */
export const dailyExpressions: fc.Arbitrary<string> = fc
  .tuple(
    field(PLACES[0], 1),
    fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('*', '*/2', '0-23') },
      { weight: 3, arbitrary: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 }).map(String) },
      { weight: 1, arbitrary: fc.constantFrom('0-3', '1-2', '2-3', '23,0', '22-23') },
    ),
    fc.constantFrom('*', '*', '*', '1-31/2', '*/2'),
    fc.constantFrom('*', '*', '*', 'sat,sun', '*/2'),
  )
  .map(([minute, hour, day, weekday]) => `${minute} ${hour} ${day} * ${weekday}`);

export function cronTimetable(expression: string, timezone: string): Timetable & { readonly timing: CronTiming } {
  return { timing: { kind: 'cron', expression }, timezone, start: null, end: null, maxRuns: null };
}

export function timetableOf(timing: Timing, timezone: string): Timetable {
  return { timing, timezone, start: null, end: null, maxRuns: null };
}

/** Intervals of every unit, anchored within some weeks before an instant. */
function intervals(around: number): fc.Arbitrary<IntervalTiming> {
  const times = fc.uniqueArray(
    fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([hour, minute]) => {
      return `${String(hour % 4).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
    }),
    { maxLength: 3 },
  );
  const anchor = fc.integer({ min: 0, max: 60 * 24 * 45 }).map((minutes) => around - minutes * 60_000);
  const calendar = fc.constantFrom('day' as const, 'week' as const, 'month' as const).chain((unit) =>
    fc.record({
      kind: fc.constant('interval' as const),
      count: fc.integer({ min: 1, max: 3 }),
      unit: fc.constant(unit),
      anchor,
      on:
        unit === 'day'
          ? fc.constant([])
          : fc.uniqueArray(fc.integer(unit === 'week' ? { min: 0, max: 6 } : { min: 1, max: 31 }), { maxLength: 3 }),
      times,
    }),
  );
  const elapsed = fc.record({
    kind: fc.constant('interval' as const),
    count: fc.integer({ min: 7, max: 90 }),
    unit: fc.constantFrom('minute' as const, 'hour' as const),
    anchor,
    on: fc.constant([]),
    times: fc.constant([]),
  });
  return fc.oneof({ weight: 3, arbitrary: calendar }, { weight: 1, arbitrary: elapsed });
}

/** A timetable of any known kind in the zone of a night, with that night. */
export const timetables: fc.Arbitrary<{ readonly timetable: Timetable; readonly night: Night }> = nights.chain(
  (chosen) =>
    fc
      .oneof(
        { weight: 2, arbitrary: dailyExpressions.map((expression): Timing => ({ kind: 'cron', expression })) },
        { weight: 1, arbitrary: expressions.map((expression): Timing => ({ kind: 'cron', expression })) },
        { weight: 2, arbitrary: intervals(chosen.around) },
      )
      .map((timing) => ({ timetable: timetableOf(timing, chosen.zone), night: chosen })),
);
