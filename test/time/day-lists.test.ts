import { describe, expect, test } from '@jest/globals';
import { parseMonthDays, parseTimesOfDay, parseWeekdays } from '../../src/time/day-lists.js';
import { refusal, underlined } from './refusal.js';

test.each([
  ['mon,thu', [1, 4]],
  ['Thursday, MON', [1, 4]],
  ['mon-fri', [1, 2, 3, 4, 5]],
  ['fri-mon', [0, 1, 5, 6]],
  ['sun,sun', [0]],
  ['thurs', [4]],
])('weekdays: %s', (text, days) => {
  expect(parseWeekdays(text)).toEqual(days);
});

test.each([
  ['1,15', [1, 15]],
  ['last', [31]],
  ['15, 1,15', [1, 15]],
])('days of the month: %s', (text, days) => {
  expect(parseMonthDays(text)).toEqual(days);
});

test.each([
  ['06:30', ['06:30']],
  ['18:00, 6:30,18:00', ['06:30', '18:00']],
  ['00:00,23:59', ['00:00', '23:59']],
])('times of day: %s', (text, times) => {
  expect(parseTimesOfDay(text)).toEqual(times);
});

describe('refusals', () => {
  test.each([
    [parseWeekdays, 'mon,foo', 'foo', 'foo is not a weekday.'],
    [parseWeekdays, 'mo', 'mo', 'mo is not a weekday.'],
    [parseWeekdays, 'mon-tue-wed', 'mon-tue-wed', 'is not a weekday.'],
    [parseWeekdays, 'mon,,tue', ',', 'A weekday is missing at a comma.'],
    [parseWeekdays, 'mon,', ',', 'A weekday is missing at a comma.'],
    [parseMonthDays, '1, 32', '32', '32 is not a day of the month.'],
    [parseMonthDays, '0', '0', '0 is not a day of the month.'],
    [parseMonthDays, 'mon', 'mon', 'mon is not a day of the month.'],
    [parseTimesOfDay, '06:30, 24:00', '24:00', '24:00 is not a time of day.'],
    [parseTimesOfDay, '6:5', '6:5', '6:5 is not a time of day.'],
    [parseTimesOfDay, '09:60', '09:60', '09:60 is not a time of day.'],
  ])('%p of %s', (parse, text, under, message) => {
    const refused = refusal(() => parse(text));
    expect(refused.code).toBe('USAGE');
    expect(refused.message).toContain(message);
    expect(underlined(refused.detail)).toBe(under);
    expect(refused.hint).toContain('For example');
  });

  test.each([parseWeekdays, parseMonthDays, parseTimesOfDay])('an empty list', (parse) => {
    expect(refusal(() => parse(' ')).message).toMatch(/ is empty\.$/);
  });
});
