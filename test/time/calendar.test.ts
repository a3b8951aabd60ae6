import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, dateOfDay, dayOfDate, formatWall, monthLength, weekdayOf } from '../../src/time/calendar.js';

const days = fc.integer({ min: -700_000, max: 2_932_000 });

test('day numbers and dates are those of Date, and each other’s inverse', () => {
  fc.assert(
    fc.property(days, (day) => {
      const date = new Date(day * DAY);
      const expected = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
      expect(dateOfDay(day)).toEqual(expected);
      expect(dayOfDate(expected.year, expected.month, expected.day)).toBe(day);
      expect(weekdayOf(day)).toBe(date.getUTCDay());
    }),
    { numRuns: 5000 },
  );
});

test('months have the length that Date gives them', () => {
  for (const year of [1900, 2000, 2023, 2024, 2100, 2400]) {
    for (let month = 1; month <= 12; month += 1) {
      expect(monthLength(year, month)).toBe(new Date(Date.UTC(year, month, 0)).getUTCDate());
    }
  }
});

test('a wall reading shows seconds and milliseconds only where there are some', () => {
  expect(formatWall(Date.parse('2026-03-09T02:05:00Z'))).toBe('2026-03-09T02:05');
  expect(formatWall(Date.parse('2026-03-09T02:05:07Z'))).toBe('2026-03-09T02:05:07');
  expect(formatWall(Date.parse('2026-03-09T02:05:00.040Z'))).toBe('2026-03-09T02:05:00.040');
  expect(formatWall(Date.parse('1969-12-31T23:59:00Z'))).toBe('1969-12-31T23:59');
});
