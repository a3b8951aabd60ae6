import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nearest } from '../../src/nearest.js';

test('finds what was meant', () => {
  const zones = ['Europe/Berlin', 'Europe/Bern', 'Europe/Dublin', 'America/Berlin_Heights', 'Asia/Tokyo'];
  expect(nearest('Europe/Berln', zones)[0]).toBe('Europe/Berlin');
  expect(nearest('europe/brelin', zones)[0]).toBe('Europe/Berlin');
  expect(nearest('tokyo', zones)).toEqual(['Asia/Tokyo']);
  expect(nearest('Antarctica/Vostok', zones)).toEqual([]);
  expect(nearest('nigthly', ['nightly', 'weekly', 'nightly-2'])).toEqual(['nightly']);
  expect(nearest('nigth', ['night', 'nights', 'nigt'])).toEqual(['night', 'nigt']);
  expect(nearest('x', ['y', 'abc'])).toEqual(['y']);
});

test('gives at most as many as asked, and only the nearest', () => {
  const names = Array.from({ length: 50 }, (_, index) => `job-${index}`);
  expect(nearest('job-7', names, 2)).toEqual(['job-7']);
  expect(nearest('job-x', names, 2)).toEqual(['job-0', 'job-1']);
  expect(nearest('job', names)).toHaveLength(3);
});

/** Restricted transposition distance by its definition. */
function distance(one: string, other: string): number {
  const cost = (row: number, column: number): number => {
    if (Math.min(row, column) === 0) {
      return Math.max(row, column);
    }
    const same = one[row - 1] === other[column - 1];
    const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
    return Math.min(
      cost(row - 1, column) + 1,
      cost(row, column - 1) + 1,
      cost(row - 1, column - 1) + (same ? 0 : 1),
      swapped ? cost(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
    );
  };
  return cost(one.length, other.length);
}

test('finds a name exactly when it is few enough letters away or contains the word', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
  fc.assert(
    fc.property(word, word, (typed, name) => {
      const limit = Math.max(1, Math.min(3, Math.floor(typed.length / 4)));
      const expected = distance(typed, name) <= limit || (typed.length >= 3 && name.includes(typed));
      expect(nearest(typed, [name])).toEqual(expected ? [name] : []);
    }),
    { numRuns: 500 },
  );
});
