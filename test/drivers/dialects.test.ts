import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { otherReading, unreliableChange } from '../../src/drivers/dialects.js';
import { robfigText } from '../../src/drivers/kubernetes/schedule-text.js';
import { refusals } from '../../src/drivers/limits.js';
import { parseCron } from '../../src/time/cron.js';
import { cronTimetable, expressions } from '../time/arbitraries.js';
import { MANIFEST, SPEC } from './scripted.js';

const DAY = 86_400_000;
const ROBFIG = { ...MANIFEST, timing: { ...MANIFEST.timing, cron: 'robfig' as const } };

/** Every date of a calendar's 28 years: each day of the month on each weekday, 29 February too. */
const DATES = Array.from({ length: 28 * 365 + 7 }, (_, day) => new Date(Date.UTC(1990, 0, 1) + day * DAY));

type Reading = 'vixie' | 'robfig';

/** The dates of an expression, one by one, with either reading of what joins the day fields; of what is written for robfig. */
function dates(typed: string, reading: Reading): string {
  const expression = reading === 'robfig' ? robfigText(typed) : typed;
  const cron = parseCron(expression);
  const [, , dayOfMonth = '', , dayOfWeek = ''] = expression.split(' ');
  const star = (field: string): boolean =>
    reading === 'vixie' ? field.startsWith('*') : field.split(',').some((item) => item === '*' || item === '*/1');
  const both = star(dayOfMonth) || star(dayOfWeek);
  return DATES.map((date) => {
    const inMonth = cron.daysOfMonth.includes(date.getUTCDate());
    const inWeek = cron.daysOfWeek.includes(date.getUTCDay());
    const month = cron.months.includes(date.getUTCMonth() + 1);
    return month && (both ? inMonth && inWeek : inMonth || inWeek) ? '1' : '0';
  }).join('');
}

/** Day fields in which stars are many and full lists come about. */
const dayFields = fc.tuple(
  fc.constantFrom('*', '*/1', '*/2', '*/2,4', '1,*', '1-31', '1-29', '13', '1-31/2', '*/15,1-31', '*,3'),
  fc.constantFrom('*', '2', '2,4', '1-12'),
  fc.constantFrom(
    '*',
    '*/1',
    '*/2',
    '*/2,1,3,5',
    '0-6',
    '1,*',
    '1',
    '0-6/2',
    '*/7',
    '1-7',
    'sun-sat',
    '*,7',
    '7,*',
    '*/2,1-7',
  ),
);
const stars = dayFields.map(([day, month, weekday]) => `30 4 ${day} ${month} ${weekday}`);

describe('robfig/cron', () => {
  test.each([
    ['0 3 */2 * 1', 'it runs on days that match either */2 or 1, not both', null, '0 3 1-31/2 * 1'],
    ['0 3 1-7 * */7', 'it runs on days that match either 1-7 or */7, not both', null, '0 3 1-7 * 0-6/7'],
    ['0 3 */2 * */2', 'it runs on days that match either */2 or */2, not both', null, '0 3 1-31/2 * 0-6/2'],
    ['0 3 */2 * 0-6', 'it runs on days that match either */2 or 0-6, not both', '0 3 */2 * *', '0 3 1-31/2 * 0-6'],
    ['0 3 1-31 * */2', 'it runs on days that match either 1-31 or */2, not both', '0 3 * * */2', '0 3 1-31 * 0-6/2'],
    ['0 3 1,* * 1', 'it runs on days that match both 1,* and 1, not either', '0 3 * * *', '0 3 * * 1'],
  ])('reads %s otherwise', (expression, limit, same, theirs) => {
    expect(otherReading(expression, 'robfig')).toEqual({ limit, same, theirs });
    expect(otherReading(expression, 'vixie')).toBeNull();
  });

  test.each([
    '0 3 */2 * *',
    '*/5 */2 * */2 *',
    '0 3 * * */2',
    '0 3 */1 * 1',
    '0 3 13 * 5',
    '0 3 */2,* * 1',
    '0 3 */2,2-30/2 * */2,1,3,5',
    '0 3 1-29 2 */2,1,3,5',
    '0 3 * * 7',
    '@weekly',
    '@daily',
  ])('reads %s alike', (expression) => {
    expect(otherReading(expression, 'robfig')).toBeNull();
  });

  test('is refused exactly when it means other days, and what is offered means what is said', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.oneof(stars, expressions), (expression) => {
        const [here, there] = [dates(expression, 'vixie'), dates(expression, 'robfig')];
        const other = otherReading(expression, 'robfig');
        expect(other === null).toBe(here === there);
        if (other !== null) {
          refused += 1;
          expect([dates(other.theirs, 'vixie'), dates(other.theirs, 'robfig')]).toEqual([there, there]);
          if (other.same !== null) {
            expect([dates(other.same, 'vixie'), dates(other.same, 'robfig')]).toEqual([here, here]);
          }
        }
      }),
      { numRuns: 400 },
    );
    expect(refused).toBeGreaterThan(20);
  });

  test('is told as a limit, with the way out', () => {
    const said = (expression: string): string[] =>
      refusals({ ...SPEC, timing: { kind: 'cron', expression } }, ROBFIG).map(
        ({ field, limit, instead }) => `${field}: ${limit}; ${instead}`,
      );
    expect(said('0 3 */2 * 0-6')).toEqual([
      'cron_expression: it runs on days that match either */2 or 0-6, not both; use --cron "0 3 */2 * *", which means the same',
    ]);
    expect(said('0 3 */2 * 1')).toEqual([
      'cron_expression: it runs on days that match either */2 or 1, not both; ' +
        'use --cron "0 3 1-31/2 * 1" where either will do, or let an agent fire it (--fired-by agent)',
    ]);
    expect(said('0 3 */2 * *')).toEqual([]);
  });
});

describe('a change of clocks', () => {
  const from = Date.parse('2026-11-21T00:00Z');
  const next = (expression: string, zone: string, dialect: 'vixie' | 'robfig' = 'robfig'): string | null => {
    const found = unreliableChange(cronTimetable(expression, zone), dialect, from);
    return found === null ? null : new Date(found).toISOString();
  };

  test.each([
    ['0 5 * * 6', 'America/Santiago', '2027-09-05T04:00:00.000Z'],
    ['0 5 1 * *', 'Africa/Cairo', '2027-04-29T22:00:00.000Z'],
    ['0 5 * * *', 'Australia/Lord_Howe', '2027-04-03T15:00:00.000Z'],
    ['0 5 * * *', 'Pacific/Chatham', '2027-04-03T14:00:00.000Z'],
    ['30 2 * * 0', 'Antarctica/Troll', '2027-10-31T01:00:00.000Z'],
  ])('is not to be relied on: %s in %s', (expression, zone, expected) => {
    expect(next(expression, zone)).toBe(expected);
    expect(next(expression, zone, 'vixie')).toBeNull();
  });

  test.each([
    ['0 5 * * *', 'America/Santiago'],
    ['0 5 1,* * 1', 'America/Santiago'],
    ['15 * * * *', 'Australia/Lord_Howe'],
    ['15 * * * 1', 'Pacific/Chatham'],
    ['30 2 * * 0', 'Europe/Berlin'],
    ['30 23 * * 6', 'America/Nuuk'],
    ['15 * * * 1', 'Antarctica/Troll'],
    ['0 5 1 1 *', 'UTC'],
  ])('is: %s in %s', (expression, zone) => {
    expect(next(expression, zone)).toBeNull();
  });

  test('is no matter for intervals', () => {
    const timing = { kind: 'interval', count: 1, unit: 'day', anchor: from, on: [], times: [] } as const;
    const timetable = { ...cronTimetable('0 5 * * *', 'Australia/Lord_Howe'), timing };
    expect(unreliableChange(timetable, 'robfig', from)).toBeNull();
  });
});
