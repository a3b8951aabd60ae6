import { describe, expect, test } from '@jest/globals';
import type { DaylightRule } from '../../src/time/daylight.js';
import { between } from '../../src/time/occurrences.js';
import { cronTimetable } from './arbitraries.js';

const rule: DaylightRule = { gap: 'first-instant', fold: 'first', wildcard: 'elapsed' };

/** `MM-DD HH:MM` of every run in [from, to) in UTC. */
function runs(expression: string, from: string, to: string): string[] {
  return [...between(cronTimetable(expression, 'UTC'), rule, Date.parse(from), Date.parse(to))].map(({ wall }) =>
    wall.slice(5).replace('T', ' '),
  );
}

// The examples of crontab(5), Vixie cron 3.0, "EXAMPLE CRON FILE", with what the page says of each; 2026-11-01 is a Sunday.
describe('the example file of crontab(5)', () => {
  test('5 0 * * *: five minutes after midnight, every day', () => {
    expect(runs('5 0 * * *', '2026-11-01', '2026-11-04')).toEqual(['11-01 00:05', '11-02 00:05', '11-03 00:05']);
  });

  test('15 14 1 * *: at 2:15pm on the first of every month', () => {
    expect(runs('15 14 1 * *', '2026-11-01', '2027-02-01')).toEqual(['11-01 14:15', '12-01 14:15', '01-01 14:15']);
  });

  test('0 22 * * 1-5: at 10 pm on weekdays', () => {
    expect(runs('0 22 * * 1-5', '2026-11-01', '2026-11-09')).toEqual([
      '11-02 22:00',
      '11-03 22:00',
      '11-04 22:00',
      '11-05 22:00',
      '11-06 22:00',
    ]);
  });

  test('23 0-23/2 * * *: 23 minutes after midnight, 2am, 4am …, everyday', () => {
    const expected = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22].map(
      (hour) => `11-01 ${String(hour).padStart(2, '0')}:23`,
    );
    expect(runs('23 0-23/2 * * *', '2026-11-01', '2026-11-02')).toEqual(expected);
    expect(runs('23 */2 * * *', '2026-11-01', '2026-11-02')).toEqual(expected);
  });

  test('5 4 * * sun: at 5 after 4 every Sunday', () => {
    expect(runs('5 4 * * sun', '2026-11-01', '2026-11-15')).toEqual(['11-01 04:05', '11-08 04:05']);
  });

  test('0 4 8-14 * *: on every second week of the month', () => {
    expect(runs('0 4 8-14 * *', '2026-11-01', '2026-12-01')).toEqual(
      [8, 9, 10, 11, 12, 13, 14].map((day) => `11-${String(day).padStart(2, '0')} 04:00`),
    );
  });
});

describe('the rules of crontab(5) in words', () => {
  test('30 4 1,15 * 5: at 4:30 am on the 1st and 15th of each month, plus every Friday', () => {
    expect(runs('30 4 1,15 * 5', '2026-11-01', '2026-12-01')).toEqual([
      '11-01 04:30',
      '11-06 04:30',
      '11-13 04:30',
      '11-15 04:30',
      '11-20 04:30',
      '11-27 04:30',
    ]);
  });

  test('8-11 in the hours is 8, 9, 10 and 11; 0-4,8-12 is two ranges', () => {
    expect(runs('0 8-11 * * *', '2026-11-01', '2026-11-02')).toEqual([
      '11-01 08:00',
      '11-01 09:00',
      '11-01 10:00',
      '11-01 11:00',
    ]);
    expect(runs('0 0-4,8-12 * * *', '2026-11-01', '2026-11-02')).toHaveLength(10);
  });

  test('a day field that begins with an asterisk restricts with AND: the first Sunday of each month', () => {
    expect(runs('0 4 1-7 * */7', '2026-11-01', '2027-03-01')).toEqual([
      '11-01 04:00',
      '12-06 04:00',
      '01-03 04:00',
      '02-07 04:00',
    ]);
  });

  test('*/2 in the days with a weekday is AND (watched on Debian), 1-31/2 is OR', () => {
    expect(runs('0 0 */2 * 1', '2026-11-01', '2026-12-01')).toEqual(['11-09 00:00', '11-23 00:00']);
    expect(runs('0 0 1-31/2 * 1', '2026-11-01', '2026-11-10')).toEqual(
      [1, 2, 3, 5, 7, 9].map((day) => `11-0${day} 00:00`),
    );
  });
});
