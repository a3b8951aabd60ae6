import { describe, expect, test } from '@jest/globals';
import type { IntervalTiming, Timetable } from '../../src/schedule.js';
import type { DaylightRule } from '../../src/time/daylight.js';
import {
  backward,
  between,
  forward,
  instantsBetween,
  nextInstant,
  type Occurrence,
  previousInstant,
} from '../../src/time/occurrences.js';
import { cronTimetable, timetableOf } from './arbitraries.js';

const MINUTE = 60_000;
const at = (text: string): number => Date.parse(text);

/** `01:00Z gap 02:30` for each occurrence: readable tables. */
function shown(occurrences: Iterable<Occurrence>): string[] {
  return [...occurrences].map(({ instant, wall, daylight }) => {
    const time = instant === null ? 'skipped' : new Date(instant).toISOString().slice(11, 16);
    return `${time} ${wall.slice(11)}${daylight === null ? '' : ` ${daylight}`}`;
  });
}

const local: DaylightRule = { gap: 'first-instant', fold: 'first', wildcard: 'elapsed' };

describe('clocks that change, by hand', () => {
  const gapNight = [at('2026-03-29T00:00Z'), at('2026-03-29T03:00Z')] as const;
  const foldNight = [at('2026-10-24T23:30Z'), at('2026-10-25T03:00Z')] as const;
  const berlin = (expression: string): Timetable => cronTimetable(expression, 'Europe/Berlin');

  test.each([
    ['first-instant', ['01:00 02:30 gap']],
    ['shift', ['01:30 02:30 gap']],
    ['skip', ['skipped 02:30 gap']],
  ] as const)('a gap by %s', (gap, expected) => {
    expect(shown(between(berlin('30 2 * * *'), { ...local, gap }, ...gapNight))).toEqual(expected);
  });

  test.each([
    ['first-instant', ['01:00 02:00 gap', '01:30 03:30']],
    ['shift', ['01:00 02:00 gap', '01:30 02:30 gap']],
    ['skip', ['skipped 02:00 gap', 'skipped 02:30 gap', '01:00 03:00', '01:30 03:30']],
  ] as const)('two times that fall on one instant are one run: %s', (gap, expected) => {
    expect(shown(between(berlin('0,30 2,3 * * *'), { ...local, gap }, ...gapNight))).toEqual(expected);
  });

  test.each([
    ['first', ['00:30 02:30 fold-first']],
    ['second', ['01:30 02:30 fold-second']],
    ['both', ['00:30 02:30 fold-first', '01:30 02:30 fold-second']],
  ] as const)('a fold by %s', (fold, expected) => {
    expect(shown(between(berlin('30 2 * * *'), { ...local, fold }, ...foldNight))).toEqual(expected);
  });

  test('a wildcard follows the clock, and is held to the rule where the rule says so', () => {
    expect(shown(between(berlin('30 * * * *'), local, ...gapNight))).toEqual([
      '00:30 01:30',
      '01:30 03:30',
      '02:30 04:30',
    ]);
    expect(shown(between(berlin('30 * * * *'), local, ...foldNight))).toEqual([
      '23:30 01:30',
      '00:30 02:30 fold-first',
      '01:30 02:30 fold-second',
      '02:30 03:30',
    ]);
    const same: DaylightRule = { ...local, wildcard: 'same' };
    expect(shown(between(berlin('30 * * * *'), same, ...gapNight))).toEqual([
      '00:30 01:30',
      '01:00 02:30 gap',
      '01:30 03:30',
      '02:30 04:30',
    ]);
    expect(shown(between(berlin('30 * * * *'), same, ...foldNight))).toEqual([
      '23:30 01:30',
      '00:30 02:30 fold-first',
      '02:30 03:30',
    ]);
  });

  // Debian's cron 3.0pl1, watched over the nights of 8 March and 1 November 2026 in New York.
  test.each([
    ['30 2 * * *', '2026-03-08T06:30Z', ['07:00 02:30 gap']],
    ['45 2-3 * * *', '2026-03-08T06:30Z', ['07:00 02:45 gap', '07:45 03:45']],
    [
      '*/20 * * * *',
      '2026-03-08T06:30Z',
      ['06:40 01:40', '07:00 03:00', '07:20 03:20', '07:40 03:40', '08:00 04:00', '08:20 04:20'],
    ],
    ['0 */1 * * *', '2026-03-08T06:30Z', ['07:00 03:00', '08:00 04:00']],
    ['30 1 * * *', '2026-11-01T05:00Z', ['05:30 01:30 fold-first']],
    ['45 1-2 * * *', '2026-11-01T05:00Z', ['05:45 01:45 fold-first']],
    ['0 */1 * * *', '2026-11-01T05:00Z', ['05:00 01:00 fold-first', '06:00 01:00 fold-second']],
  ])('Debian cron, New York: %s from %s', (expression, from, expected) => {
    const timetable = cronTimetable(expression, 'America/New_York');
    expect(shown(between(timetable, local, at(from), at(from) + 120 * MINUTE))).toEqual(expected);
  });

  test('a day that does not exist (Apia, 30 December 2011)', () => {
    const noon = cronTimetable('0 12 * * *', 'Pacific/Apia');
    const range = [at('2011-12-29T00:00Z'), at('2012-01-01T00:00Z')] as const;
    expect([...between(noon, local, ...range)]).toEqual([
      { instant: at('2011-12-29T22:00Z'), wall: '2011-12-29T12:00', daylight: null },
      { instant: at('2011-12-30T10:00Z'), wall: '2011-12-30T12:00', daylight: 'gap' },
      { instant: at('2011-12-30T22:00Z'), wall: '2011-12-31T12:00', daylight: null },
      { instant: at('2011-12-31T22:00Z'), wall: '2012-01-01T12:00', daylight: null },
    ]);
  });

  test('midnight itself may be missing (São Paulo 2018) or come twice', () => {
    const midnight = cronTimetable('0 0 * * *', 'America/Sao_Paulo');
    expect(shown(between(midnight, local, at('2018-11-04T00:00Z'), at('2018-11-05T00:00Z')))).toEqual([
      '03:00 00:00 gap',
    ]);
    const late = cronTimetable('30 23 * * *', 'America/Sao_Paulo');
    expect(shown(between(late, { ...local, fold: 'both' }, at('2018-02-18T00:00Z'), at('2018-02-19T00:00Z')))).toEqual([
      '01:30 23:30 fold-first',
      '02:30 23:30 fold-second',
    ]);
  });
});

describe('intervals', () => {
  const interval = (
    count: number,
    unit: IntervalTiming['unit'],
    anchor: string,
    on: number[] = [],
    times: string[] = [],
  ): Timetable => timetableOf({ kind: 'interval', count, unit, anchor: at(anchor), on, times }, 'Europe/Berlin');
  const first = (timetable: Timetable, wanted: number): string[] => {
    const walls: string[] = [];
    for (const { wall } of forward(timetable, local, 0)) {
      if (walls.push(wall) >= wanted) {
        break;
      }
    }
    return walls;
  };

  test('months are counted from the anchor, never from the last step', () => {
    expect(first(interval(1, 'month', '2026-01-31T08:00Z'), 5)).toEqual([
      '2026-01-31T09:00',
      '2026-02-28T09:00',
      '2026-03-31T09:00',
      '2026-04-30T09:00',
      '2026-05-31T09:00',
    ]);
  });

  test('days past the end of a month are its last day, once', () => {
    expect(first(interval(1, 'month', '2027-01-01T00:00Z', [30, 31], ['03:00']), 4)).toEqual([
      '2027-01-30T03:00',
      '2027-01-31T03:00',
      '2027-02-28T03:00',
      '2027-03-30T03:00',
    ]);
  });

  test('weeks begin on Monday and are counted from the week of the anchor', () => {
    // The anchor is a Saturday: of its own week only Sunday is left.
    expect(first(interval(2, 'week', '2026-11-21T08:00Z', [0, 1, 4], ['06:30', '18:00']), 6)).toEqual([
      '2026-11-22T06:30',
      '2026-11-22T18:00',
      '2026-11-30T06:30',
      '2026-11-30T18:00',
      '2026-12-03T06:30',
      '2026-12-03T18:00',
    ]);
  });

  test('days keep the time of day over a change of clocks, hours do not', () => {
    expect(first(interval(1, 'day', '2026-03-28T08:00Z'), 2)).toEqual(['2026-03-28T09:00', '2026-03-29T09:00']);
    expect(first(interval(24, 'hour', '2026-03-28T08:00Z'), 2)).toEqual(['2026-03-28T09:00', '2026-03-29T10:00']);
  });

  test('seconds are counted from the anchor, which is the first', () => {
    expect(first(interval(45, 'second', '2026-03-28T08:00:30.250Z'), 2)).toEqual([
      '2026-03-28T09:00:30.250',
      '2026-03-28T09:01:15.250',
    ]);
    const timetable = interval(2, 'second', '2026-03-28T08:00Z');
    expect(nextInstant(timetable, local, at('2020-01-01'))).toBe(at('2026-03-28T08:00Z'));
    expect(previousInstant(timetable, local, at('2026-03-28T08:00Z'))).toBeNull();
    expect(previousInstant(timetable, local, at('2026-03-28T08:00Z') + 1)).toBe(at('2026-03-28T08:00Z'));
  });

  test('a broken record is refused, not counted for ever', () => {
    expect(() => nextInstant(interval(0, 'minute', '2026-03-28T08:00Z'), local, 0)).toThrow('a count of 1 or more');
    expect(() => nextInstant(interval(1, 'day', '2026-03-28T08:00Z', [], ['25:00']), local, 0)).toThrow(
      'not a time of day',
    );
  });
});

describe('other timings', () => {
  test('once is once, and start and end count for it', () => {
    const once = timetableOf({ kind: 'once', at: at('2026-10-25T01:30Z') }, 'Europe/Berlin');
    expect([...forward(once, local, 0)]).toEqual([
      { instant: at('2026-10-25T01:30Z'), wall: '2026-10-25T02:30', daylight: 'fold-second' },
    ]);
    expect(nextInstant(once, local, at('2026-10-25T01:30Z'))).toBeNull();
    expect(previousInstant(once, local, at('2026-10-25T01:30Z') + 1)).toBe(at('2026-10-25T01:30Z'));
    expect(instantsBetween({ ...once, end: at('2026-10-25T01:29Z') }, local, 0, Number.POSITIVE_INFINITY)).toEqual([]);
  });

  test('changes and native texts have no known occurrences', () => {
    for (const timing of [
      { kind: 'change', folder: '/data', pollSeconds: 300, parameter: 'path' },
      { kind: 'native', dialect: 'quartz', text: '0 0 3 L * ?' },
    ] as const) {
      const timetable = timetableOf(timing, 'UTC');
      expect([...forward(timetable, local, 0)]).toEqual([]);
      expect([...backward(timetable, local, at('2026-01-01'))]).toEqual([]);
      expect(nextInstant(timetable, local, 0)).toBeNull();
    }
  });

  test('what hardly ever or never fires is found or given up quickly', () => {
    const started = performance.now();
    const leapSunday = cronTimetable('0 0 29 2 */7', 'Europe/Berlin');
    expect(nextInstant(leapSunday, local, at('2088-03-01T00:00Z'))).toBe(at('2128-02-28T23:00Z'));
    expect(previousInstant(leapSunday, local, at('2128-02-01T00:00Z'))).toBe(at('2088-02-28T23:00Z'));
    const onlyInGaps = cronTimetable('30 2 25-31 3 */7', 'Europe/Berlin');
    expect(nextInstant(onlyInGaps, { ...local, gap: 'skip' }, at('2026-01-01'))).toBeNull();
    expect(previousInstant(onlyInGaps, { ...local, gap: 'skip' }, at('2020-01-01'))).toBe(at('1980-03-30T01:30Z'));
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('a zone that does not exist is a sentence, not a RangeError', () => {
    expect(() => nextInstant(cronTimetable('0 3 * * *', 'Europe/Berln'), local, 0)).toThrow(
      'There is no time zone named Europe/Berln.',
    );
  });
});
