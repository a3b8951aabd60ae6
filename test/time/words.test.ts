import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { IntervalTiming, Timetable } from '../../src/schedule.js';
import { daylightWarning } from '../../src/time/daylight-warning.js';
import { describeTiming, timingText } from '../../src/time/describe.js';
import { formatDuration, formatLocal, formatLocalFull, formatRelative, isoUtc } from '../../src/time/format.js';
import { cronTimetable, expressions, timetableOf } from './arbitraries.js';

const at = (text: string): number => Date.parse(text);
const berlin = (expression: string): Timetable => cronTimetable(expression, 'Europe/Berlin');
const interval = (count: number, unit: IntervalTiming['unit'], on: number[] = [], times: string[] = []): Timetable =>
  timetableOf({ kind: 'interval', count, unit, anchor: at('2026-11-21T08:00Z'), on, times }, 'Europe/Berlin');

describe('describeTiming', () => {
  test.each([
    ['0 3 * * 1-5', 'at 03:00, Monday through Friday'],
    ['* * * * *', 'every minute'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['0,15,30,45 * * * *', 'every 15 minutes'],
    ['0 * * * *', 'every hour'],
    ['5 * * * *', 'every hour at 5 minutes past'],
    ['1 * * * *', 'every hour at 1 minute past'],
    ['@daily', 'at 00:00, every day'],
    ['0 */6 * * *', 'at 00:00, 06:00, 12:00 and 18:00, every day'],
    ['30 */2 * * *', 'every 2 hours from 00:30'],
    ['*/10 9-17 * * 1-5', 'every 10 minutes from 09:00 to 17:50, Monday through Friday'],
    ['* 3 * * *', 'every minute from 03:00 to 03:59'],
    ['* 3,5 * * *', 'every minute in the hours 3 and 5'],
    ['0 9-17 * * sat,sun', 'every hour from 09:00 to 17:00, Saturday and Sunday'],
    ['0 0 1,15 * *', 'at 00:00, on the 1st and 15th of the month'],
    ['0 0 1 1 *', 'at 00:00, on the 1st of the month, in January'],
    ['0 0 13 * 5', 'at 00:00, on the 13th of the month and also Friday'],
    ['0 4 8-14 * */6', 'at 04:00, on the 8th through 14th of the month if that is Saturday or Sunday'],
    ['*/5 * * jan-mar *', 'every 5 minutes, in January through March'],
    ['*/25 * * * *', 'at 0, 25 and 50 minutes past every hour'],
    ['1,7,19 3,5,9 * * *', 'at 1, 7 and 19 minutes past the hours 3, 5 and 9'],
    ['0 3 1-31 * 1', 'at 03:00, every day'],
  ])('%s: %s', (expression, words) => {
    expect(describeTiming(berlin(expression))).toBe(`${words}, Europe/Berlin`);
  });

  test('says something of every expression, on one line, without holes', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        const words = describeTiming(berlin(expression));
        expect(words).toMatch(/^(?:at|every) \S.*, Europe\/Berlin$/);
        expect(words).not.toMatch(/undefined|NaN| {2}|, ,/);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    [interval(45, 'minute'), 'every 45 minutes, from 21 Nov 2026 09:00, Europe/Berlin', 'every 45 min'],
    [interval(6, 'hour'), 'every 6 hours, from 21 Nov 2026 09:00, Europe/Berlin', 'every 6 h'],
    [interval(1, 'day'), 'every day at 09:00, Europe/Berlin', 'every day'],
    [
      interval(2, 'week', [4, 1], ['06:30']),
      'every 2 weeks on Monday and Thursday at 06:30, counted from 21 Nov 2026, Europe/Berlin',
      'every 2 weeks',
    ],
    [interval(1, 'week', [0, 1]), 'every week on Monday and Sunday at 09:00, Europe/Berlin', 'every week'],
    [interval(1, 'week'), 'every week on Saturday at 09:00, Europe/Berlin', 'every week'],
    [
      interval(1, 'month', [31], ['18:00', '03:00']),
      'every month on the last day at 03:00 and 18:00, Europe/Berlin',
      'every month',
    ],
    [
      interval(3, 'month', [1, 30]),
      'every 3 months on the 1st and 30th (or the last day of a shorter month) at 09:00, counted from 21 Nov 2026, Europe/Berlin',
      'every 3 months',
    ],
    [
      timetableOf({ kind: 'once', at: at('2026-11-23T08:00Z') }, 'Europe/Berlin'),
      'once, on Mon 23 Nov 2026 at 09:00 Europe/Berlin',
      'once',
    ],
    [
      timetableOf({ kind: 'change', folder: '/data/in', pollSeconds: 300, parameter: 'path' }, 'UTC'),
      'when a file appears or changes in /data/in (looked at every 5 minutes)',
      'on change',
    ],
    [
      timetableOf({ kind: 'native', dialect: 'quartz', text: '0 0 3 L * ?' }, 'UTC'),
      'quartz 0 0 3 L * ?',
      '0 0 3 L * ?',
    ],
    [berlin('@daily'), 'at 00:00, every day, Europe/Berlin', '@daily'],
  ])('%#: %s', (timetable, words, text) => {
    expect(describeTiming(timetable)).toBe(words);
    expect(timingText(timetable.timing)).toBe(text);
  });
});

describe('formats', () => {
  test('local times, with the year when it is another', () => {
    const instant = at('2026-11-23T02:00Z');
    expect(formatLocal(instant, 'Europe/Berlin')).toBe('Mon 23 Nov 03:00');
    expect(formatLocal(instant, 'Europe/Berlin', at('2026-01-01T12:00Z'))).toBe('Mon 23 Nov 03:00');
    expect(formatLocal(instant, 'Europe/Berlin', at('2025-12-31T23:30Z'))).toBe('Mon 23 Nov 03:00');
    expect(formatLocal(instant, 'Europe/Berlin', at('2025-12-31T22:30Z'))).toBe('Mon 23 Nov 2026 03:00');
    expect(formatLocal(instant + 5250, 'Asia/Kathmandu')).toBe('Mon 23 Nov 07:45:05');
    expect(formatLocalFull(at('2026-03-29T01:00Z'), 'Europe/Berlin')).toBe('Sun 29 Mar 2026 03:00 CEST');
  });

  test.each([
    [0, 'now'],
    [999, 'now'],
    [20_000, 'in 20 s'],
    [14 * 60_000, 'in 14 min'],
    [3 * 3_600_000, 'in 3 h'],
    [47 * 3_600_000, 'in 47 h'],
    [48 * 3_600_000, 'in 2 days'],
    [-46 * 60_000, '46 min ago'],
    [-9.5 * 3_600_000, '9 h ago'],
    [-5 * 86_400_000, '5 days ago'],
    [100 * 86_400_000, 'in 3 months'],
    [800 * 86_400_000, 'in 2 years'],
  ])('%i ms from now is %s', (distance, words) => {
    expect(formatRelative(at('2026-11-21') + distance, at('2026-11-21'))).toBe(words);
  });

  test.each([
    [-1, '0 s'],
    [420, '0.4 s'],
    [9999, '9.9 s'],
    [45_900, '45 s'],
    [130_000, '2 min 10 s'],
    [720_999, '12 min'],
    [3_599_999, '59 min'],
    [7_440_000, '2 h 4 min'],
    [86_400_000, '1 day'],
    [277_200_000, '3 days 5 h'],
  ])('%i ms is %s', (length, words) => {
    expect(formatDuration(length)).toBe(words);
  });

  test('UTC without needless thousandths', () => {
    expect(isoUtc(at('2026-11-21T10:00:00Z'))).toBe('2026-11-21T10:00:00Z');
    expect(isoUtc(at('2026-11-21T10:00:00.250Z'))).toBe('2026-11-21T10:00:00.250Z');
  });
});

describe('daylightWarning', () => {
  const rule = { gap: 'first-instant', fold: 'first', wildcard: 'elapsed' } as const;
  const from = at('2026-11-21T10:00Z');

  test('names the first gap or fold of fixed times', () => {
    expect(daylightWarning(berlin('30 2 * * *'), rule, from)).toEqual({
      wall: '2027-03-28T02:30',
      kind: 'gap',
      instant: at('2027-03-28T01:00Z'),
    });
    expect(daylightWarning(berlin('30 2 * * *'), { ...rule, gap: 'skip' }, from)?.instant).toBeNull();
    expect(daylightWarning(berlin('30 2 1-31 10 *'), { ...rule, fold: 'second' }, from)).toEqual({
      wall: '2027-10-31T02:30',
      kind: 'fold-second',
      instant: at('2027-10-31T01:30Z'),
    });
    expect(daylightWarning(interval(1, 'day', [], ['02:15']), rule, from)?.wall).toBe('2027-03-28T02:15');
  });

  test.each([
    ['another hour', berlin('30 4 * * *')],
    ['wildcards', berlin('30 * * * *')],
    ['no changes of clocks', cronTimetable('30 2 * * *', 'UTC')],
    ['days on which no clock changes', berlin('30 2 * * 3')],
    ['elapsed time', interval(24, 'hour')],
    ['an end before the change', { ...berlin('30 2 * * *'), end: at('2027-01-01') }],
    ['nothing known', timetableOf({ kind: 'native', dialect: 'quartz', text: 'x' }, 'Europe/Berlin')],
  ])('is silent about %s', (_, timetable) => {
    expect(daylightWarning(timetable, rule, from)).toBeNull();
  });
});
