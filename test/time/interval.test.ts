import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UNITS } from '../../src/schedule.js';
import { formatInterval, intervalSeconds, parseDuration, parseInterval } from '../../src/time/interval.js';
import { refusal, underlined } from './refusal.js';

describe('parseInterval', () => {
  test.each([
    ['30m', 30, 'minute'],
    ['45 minutes', 45, 'minute'],
    ['2 weeks', 2, 'week'],
    ['2s', 2, 'second'],
    ['1h', 1, 'hour'],
    [' 5  Min ', 5, 'minute'],
    ['1 month', 1, 'month'],
    ['3mo', 3, 'month'],
    ['1y', 12, 'month'],
    ['day', 1, 'day'],
    ['PT30M', 30, 'minute'],
    ['P2W', 2, 'week'],
    ['P1M', 1, 'month'],
    ['P1Y6M', 18, 'month'],
    ['pt90s', 90, 'second'],
    ['1h30m', 90, 'minute'],
    ['PT1H30M', 90, 'minute'],
    ['1 hour and 30 minutes', 90, 'minute'],
    ['1h, 60m', 2, 'hour'],
    ['1w1d', 8, 'day'],
    ['P1W7D', 2, 'week'],
    ['36h', 36, 'hour'],
    ['60m', 60, 'minute'],
    ['1h 0m', 1, 'hour'],
  ])('%s', (text, count, unit) => {
    expect(parseInterval(text)).toEqual({ count, unit });
  });

  test('reads what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1200 }), fc.constantFrom(...UNITS), (count, unit) => {
        expect(parseInterval(formatInterval({ count, unit }))).toEqual({ count, unit });
      }),
    );
  });

  test.each([
    ['90', '90', 'The unit is missing', 'Seconds go as 90s'],
    ['1h 30', '30', 'The unit is missing', 'Seconds go as 30s'],
    ['0m', '0m', 'An interval of nothing', '30m'],
    ['-5m', '-', 'no sign', '30m'],
    ['+5m', '+', 'no sign', '30m'],
    ['1.5h', '1.5', 'not a whole number', '90m'],
    ['1,5h', '1,5', 'not a whole number', '90m'],
    ['PT1.5H', '1.5', 'not a whole number', '90m'],
    ['1M', 'M', 'minutes or months', '1mo'],
    ['3 parsecs', 'parsecs', 'parsecs is not a unit of time.', '30m'],
    ['constructor', 'constructor', 'not a unit', '30m'],
    ['m', 'm', 'A number is missing', '30m'],
    ['1h minutes', 'minutes', 'A number is missing', '30m'],
    ['1d12h', '1d12h', 'cannot be mixed', '36h'],
    ['P1DT12H', 'P1DT12H', 'cannot be mixed', '36h'],
    ['1 month 2 weeks', '1 month 2 weeks', 'cannot be mixed', '36h'],
    ['P', 'P', 'not an ISO 8601 duration', 'PT30M'],
    ['PT', 'PT', 'not an ISO 8601 duration', 'PT30M'],
    ['P1H', 'P1H', 'not an ISO 8601 duration', 'PT30M'],
    ['P1DT', 'P1DT', 'not an ISO 8601 duration', 'PT30M'],
    ['PT5M3H', 'PT5M3H', 'not an ISO 8601 duration', 'PT30M'],
    ['200 years', '200 years', 'at most 100 years', ''],
    ['999999999999999999999s', '999999999999999999999', 'at most 100 years', ''],
    ['5m!', '!', 'is not a length of time', '30m'],
    ['5m;ls', ';ls', 'is not a length of time', '30m'],
  ])('refuses %s: the carets are under %j', (text, under, message, hint) => {
    const refused = refusal(() => parseInterval(text));
    expect(refused.code).toBe('USAGE');
    expect(refused.message).toContain(message);
    expect(underlined(refused.detail)).toBe(under);
    expect(refused.hint).toContain(hint);
  });

  test('refuses nothing at all', () => {
    expect(refusal(() => parseInterval(' ')).message).toBe('The length of time is empty.');
  });

  test('ends with an interval or a sentence for whatever is typed', () => {
    const noise = fc.array(fc.constantFrom(...'0123456789.,+- PTYMWDHSmhdws\tmonthyeará'.split('')), { maxLength: 14 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          noise.map((all) => all.join('')),
        ),
        (text) => {
          try {
            const { count } = parseInterval(text);
            expect(Number.isInteger(count) && count > 0).toBe(true);
          } catch (error) {
            expect(
              refusal(() => {
                throw error;
              }).code,
            ).toBe('USAGE');
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('parseDuration', () => {
  test.each([
    ['90s', 90],
    ['5 minutes', 300],
    ['1h30m', 5400],
    ['2 days', 172_800],
    ['1 week 1 hour', 608_400],
    ['P1DT12H', 129_600],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test('zero only where it is allowed', () => {
    expect(refusal(() => parseDuration('0s')).message).toBe('A length of time is more than zero.');
    expect(parseDuration('0s', { zero: true })).toBe(0);
  });

  test.each([
    ['1 month', '1 month', 'no fixed length'],
    ['1h 1y', '1y', 'no fixed length'],
    ['90', '90', 'The unit is missing'],
    ['101y', '101y', 'no fixed length'],
    ['99999 weeks', '99999 weeks', 'at most 100 years'],
  ])('refuses %s', (text, under, message) => {
    const refused = refusal(() => parseDuration(text));
    expect(refused.message).toContain(message);
    expect(underlined(refused.detail)).toBe(under);
  });
});

test('seconds of an interval: none for months', () => {
  expect(UNITS.map((unit) => intervalSeconds(2, unit))).toEqual([2, 120, 7200, 172_800, 1_209_600, null]);
});
