import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isoUtc } from '../../src/time/format.js';
import { parseInstant } from '../../src/time/instant.js';
import { refusal, underlined } from './refusal.js';

// A Saturday, 11:42 in Berlin.
const present = { now: Date.parse('2026-11-21T10:42:00Z'), zone: 'Europe/Berlin' };
const read = (text: string): string => isoUtc(parseInstant(text, present).instant);

describe('without a zone of its own', () => {
  test.each([
    ['2026-11-21', '2026-11-20T23:00:00Z'],
    ['2026-11-21 09:00:00', '2026-11-21T08:00:00Z'],
    ['2026-11-21T09:00', '2026-11-21T08:00:00Z'],
    ['2026-07-21t09:00:30.25', '2026-07-21T07:00:30.250Z'],
    ['today 18:00', '2026-11-21T17:00:00Z'],
    ['today', '2026-11-20T23:00:00Z'],
    ['Tomorrow 09:00', '2026-11-22T08:00:00Z'],
    ['tomorrow at 9:05', '2026-11-22T08:05:00Z'],
    ['tomorrow', '2026-11-21T23:00:00Z'],
    ['yesterday 06:00', '2026-11-20T05:00:00Z'],
    ['mon 08:00', '2026-11-23T07:00:00Z'],
    ['monday', '2026-11-22T23:00:00Z'],
    ['sat 12:00', '2026-11-21T11:00:00Z'],
    ['sat 11:42', '2026-11-28T10:42:00Z'],
    ['Saturday 11:00', '2026-11-28T10:00:00Z'],
    ['12:00', '2026-11-21T11:00:00Z'],
    ['09:00', '2026-11-22T08:00:00Z'],
    ['11:42', '2026-11-22T10:42:00Z'],
  ])('%s is %s', (text, instant) => {
    expect(read(text)).toBe(instant);
    expect(parseInstant(text, present).assumedZone).toBe(true);
  });

  test('a time that comes twice is the first, and says so', () => {
    expect(parseInstant('2026-10-25 02:30', present)).toEqual({
      instant: Date.parse('2026-10-25T00:30Z'),
      assumedZone: true,
      fold: true,
    });
    expect(parseInstant('2026-10-25 03:30', present).fold).toBe(false);
  });

  test('a time that does not exist is refused', () => {
    const refused = refusal(() => parseInstant('2026-03-29 02:30', present));
    expect(refused).toEqual({
      code: 'USAGE',
      message: '2026-03-29 02:30 does not exist in Europe/Berlin: the clocks go forward over it.',
      detail: '2026-03-29 02:30\n^^^^^^^^^^^^^^^^',
      hint: 'The first moment after the gap is 2026-03-29T03:00.',
    });
  });
});

describe('with a zone of its own, or none needed', () => {
  test.each([
    ['now', '2026-11-21T10:42:00Z'],
    ['2026-11-21T09:00Z', '2026-11-21T09:00:00Z'],
    ['2026-11-21 09:00:00+05:30', '2026-11-21T03:30:00Z'],
    ['2026-11-21T09:00:00-0800', '2026-11-21T17:00:00Z'],
    ['2026-11-21T09:00+02', '2026-11-21T07:00:00Z'],
    ['2026-03-29T02:30+01:00', '2026-03-29T01:30:00Z'],
    ['in 2 hours', '2026-11-21T12:42:00Z'],
    ['+90m', '2026-11-21T12:12:00Z'],
    ['+1h30m', '2026-11-21T12:12:00Z'],
    ['-2h', '2026-11-21T08:42:00Z'],
    ['2 hours ago', '2026-11-21T08:42:00Z'],
    ['in 2 days', '2026-11-23T10:42:00Z'],
  ])('%s is %s', (text, instant) => {
    expect(read(text)).toBe(instant);
    expect(parseInstant(text, present)).toMatchObject({ assumedZone: false, fold: false });
  });

  test('reads the ISO text of any instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 0, 1) }), (instant) => {
        expect(parseInstant(isoUtc(instant), present).instant).toBe(instant);
        expect(parseInstant(new Date(instant).toISOString(), present).instant).toBe(instant);
      }),
    );
  });
});

test.each([
  ['2026-02-30', '2026-02-30', 'There is no day 2026-02-30.'],
  ['2026-13-01 09:00', '2026-13-01', 'There is no day 2026-13-01.'],
  ['0026-11-21', '0026', 'The year 0026 is before 1970.'],
  ['25:00', '25:00', '25:00 is not a time of day.'],
  ['2026-11-21 09:60', '09:60', '09:60 is not a time of day.'],
  ['foo 09:00', 'foo', 'foo 09:00 is not a time.'],
  ['2026-11-21T09:00+2500', '+2500', '+2500 is no offset from UTC.'],
  ['next year', 'next year', 'next year is not a time.'],
  ['21.11.2026', '21.11.2026', '21.11.2026 is not a time.'],
  ['in 3 parsecs', 'parsecs', 'parsecs is not a unit of time.'],
  ['in 1 month', '1 month', 'Months and years have no fixed length.'],
])('refuses %s: the carets are under %j', (text, under, message) => {
  const refused = refusal(() => parseInstant(text, present));
  expect(refused.code).toBe('USAGE');
  expect(refused.message).toContain(message);
  expect(underlined(refused.detail)).toBe(under);
  expect(refused.hint).not.toBe('');
});

test('refuses nothing at all', () => {
  expect(refusal(() => parseInstant('', present))).toMatchObject({ message: 'The time is empty.', detail: '' });
});
