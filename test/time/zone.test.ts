import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { spanAt } from '../../src/time/offsets.js';
import {
  localToInstants,
  machineZone,
  offsetAt,
  resolveZone,
  zoneAbbreviation,
  zoneNames,
} from '../../src/time/zone.js';
import { NIGHTS } from './arbitraries.js';
import { intlOffset } from './naive.js';
import { refusal } from './refusal.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (text: string): number => Date.parse(text);

describe('offsets', () => {
  test('are those of Intl, in every zone, in any year', () => {
    const instants = fc.integer({ min: Date.UTC(1970, 0, 1) / 1000, max: Date.UTC(2060, 0, 1) / 1000 });
    fc.assert(
      fc.property(fc.constantFrom(...zoneNames()), instants, (zone, second) => {
        expect(offsetAt(zone, second * 1000)).toBe(intlOffset(zone, second * 1000));
      }),
      { numRuns: 1500 },
    );
  });

  test.each(NIGHTS)('change to the second: $zone, $what', ({ zone, around }) => {
    for (let instant = around - 3 * HOUR; instant < around + 3 * HOUR; instant += 30_000) {
      const span = spanAt(zone, instant);
      expect(span.offset).toBe(intlOffset(zone, instant));
      expect(instant >= span.start && instant < span.end).toBe(true);
    }
    const { start, before, offset } = spanAt(zone, around + 3 * HOUR);
    if (Number.isFinite(start)) {
      expect([before, offset]).toEqual([intlOffset(zone, start - 1), intlOffset(zone, start)]);
    }
  });

  // The closest pairs of changes that the zone database has since 1970, 7 and 12 days apart, and Morocco's with Ramadan.
  test.each([
    ['America/Boa_Vista', 2000, 3],
    ['America/Noronha', 2000, 3],
    ['America/Argentina/Tucuman', 2004, 2],
    ['Africa/Casablanca', 2024, 3],
    ['Africa/El_Aaiun', 1976, 3],
  ])('no change is missed: %s in %i', (zone, year, changes) => {
    const seen: number[] = [];
    for (let instant = Date.UTC(year, 0, 1); instant < Date.UTC(year + 1, 0, 1); instant = spanAt(zone, instant).end) {
      seen.push(spanAt(zone, instant).offset);
    }
    const expected: number[] = [];
    for (let instant = Date.UTC(year, 0, 1); instant < Date.UTC(year + 1, 0, 1); instant += HOUR) {
      const offset = intlOffset(zone, instant);
      if (expected[expected.length - 1] !== offset) {
        expected.push(offset);
      }
    }
    expect(seen).toEqual(expected);
    expect(seen.length).toBeGreaterThan(changes - 1);
  });

  test('a stretch that ends with its year goes on in the next', () => {
    const { end, offset, after } = spanAt('Asia/Tokyo', at('2026-06-01'));
    expect([end, offset, after]).toEqual([at('2027-01-01'), 9 * HOUR, 9 * HOUR]);
    expect(spanAt('Asia/Tokyo', end)).toMatchObject({ start: end, before: 9 * HOUR });
  });

  test('a change at the very first instant of a year is seen (Casey, 1969)', () => {
    const start = at('1969-01-01');
    expect(spanAt('Antarctica/Casey', start)).toMatchObject({ start, before: 0, offset: 8 * HOUR });
    expect(spanAt('Antarctica/Casey', start - 1)).toMatchObject({ end: start, offset: 0, after: 8 * HOUR });
    expect(localToInstants('Antarctica/Casey', start + HOUR)).toMatchObject({ kind: 'gap', after: start });
  });

  test('no two changes stand closer than a day and a gap, on which the merging of gaps relies', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zoneNames()), fc.integer({ min: 1970, max: 2059 }), (zone, year) => {
        let last = Number.NEGATIVE_INFINITY;
        for (
          let instant = Date.UTC(year, 0, 1);
          instant < Date.UTC(year + 1, 0, 1);
          instant = spanAt(zone, instant).end
        ) {
          const { start, before, offset } = spanAt(zone, instant);
          if (before !== offset) {
            expect(start - last).toBeGreaterThan(2 * DAY);
            last = start;
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('readings of the wall clock', () => {
  test('come back as instants that show them', () => {
    const night = fc.constantFrom(...NIGHTS);
    fc.assert(
      fc.property(night, fc.integer({ min: -3000, max: 3000 }), ({ zone, around }, minutes) => {
        const wall = Math.floor(around / 60_000) * 60_000 + minutes * 60_000;
        const local = localToInstants(zone, wall);
        const shows = (instant: number): number => instant + intlOffset(zone, instant);
        if (local.kind === 'single') {
          expect(shows(local.instant)).toBe(wall);
        } else if (local.kind === 'fold') {
          expect([shows(local.first), shows(local.second)]).toEqual([wall, wall]);
          expect(local.first).toBeLessThan(local.second);
        } else {
          expect(shows(local.after - 1000)).toBeLessThan(wall);
          expect(shows(local.after)).toBeGreaterThan(wall);
          expect(local.before).toBeLessThan(local.after);
          expect(local.shifted).toBeGreaterThanOrEqual(local.after);
          expect(shows(local.shifted) - wall).toBe(local.shifted - local.before);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('one, none and two', () => {
    expect(localToInstants('UTC', at('2026-03-29T02:30Z'))).toEqual({
      kind: 'single',
      instant: at('2026-03-29T02:30Z'),
    });
    expect(localToInstants('Europe/Berlin', at('2026-03-29T02:30Z'))).toEqual({
      kind: 'gap',
      before: at('2026-03-29T00:30Z'),
      after: at('2026-03-29T01:00Z'),
      shifted: at('2026-03-29T01:30Z'),
    });
    expect(localToInstants('Europe/Berlin', at('2026-10-25T02:30Z'))).toEqual({
      kind: 'fold',
      first: at('2026-10-25T00:30Z'),
      second: at('2026-10-25T01:30Z'),
    });
    expect(localToInstants('Pacific/Apia', at('2011-12-30T12:00Z'))).toMatchObject({
      kind: 'gap',
      after: at('2011-12-30T10:00Z'),
    });
  });
});

describe('names', () => {
  test.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    [' europe/berlin ', 'Europe/Berlin'],
    ['utc', 'UTC'],
    ['Etc/UTC', 'Etc/UTC'],
    ['etc/gmt+5', 'Etc/GMT+5'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['asia/calcutta', 'Asia/Calcutta'],
    ['europe/kyiv', 'Europe/Kyiv'],
    ['us/pacific', 'US/Pacific'],
    ['Brazil/DeNoronha', 'Brazil/DeNoronha'],
    ['EUROPE/KYIV', 'Europe/Kyiv'],
    ['america/port-au-prince', 'America/Port-au-Prince'],
    ['antarctica/dumontdurville', 'Antarctica/DumontDUrville'],
    ['america/argentina/buenos_aires', 'America/Argentina/Buenos_Aires'],
    ['est5edt', 'EST5EDT'],
    ['japan', 'Japan'],
    ['mexico/bajasur', 'Mexico/BajaSur'],
    ['Us/PaciFic', 'US/Pacific'],
    ['CeT', 'CET'],
  ])('%s is %s', (typed, name) => {
    expect(resolveZone(typed)).toBe(name);
  });

  test('every listed name is itself, however it is typed', () => {
    for (const name of zoneNames()) {
      expect(resolveZone(name.toLowerCase())).toBe(name);
    }
  });

  test.each([
    ['Europe/Berln', 'There is no time zone named Europe/Berln.', 'Did you mean Europe/Berlin?'],
    ['berlin', 'There is no time zone named berlin.', 'Did you mean Europe/Berlin?'],
    ['new york', 'There is no time zone named new york.', 'Did you mean America/New_York?'],
    ['Europe/Brelin', 'There is no time zone named Europe/Brelin.', 'Did you mean Europe/Berlin?'],
    ['CEST', 'There is no time zone named CEST.', 'named after places'],
    ['PST', 'There is no time zone named PST.', 'named after places'],
    ['bst', 'There is no time zone named bst.', 'named after places'],
    ['SystemV/PST8', 'There is no time zone named SystemV/PST8.', 'named after places'],
    ['US/Pacific-New', 'There is no time zone named US/Pacific-New.', 'named after places'],
    ['Mars/Olympus', 'There is no time zone named Mars/Olympus.', 'named after places'],
    ['+02:00', 'There is no time zone named +02:00.', 'A fixed offset is not a zone'],
    ['UTC+2', 'There is no time zone named UTC+2.', 'A fixed offset is not a zone'],
    ['  ', 'The time zone is empty.', 'named after places'],
  ])('%j is refused', (typed, message, hint) => {
    const refused = refusal(() => resolveZone(typed));
    expect(refused).toMatchObject({ code: 'USAGE', message });
    expect(refused.hint).toContain(hint);
  });

  test('the machine has one', () => {
    expect(resolveZone(machineZone())).toBe(machineZone());
  });

  test.each([
    ['Europe/Berlin', '2026-01-01', 'CET'],
    ['Europe/Berlin', '2026-07-01', 'CEST'],
    ['America/New_York', '2026-07-01', 'EDT'],
    ['Australia/Sydney', '2026-07-01', 'AEST'],
    ['UTC', '2026-07-01', 'UTC'],
    ['Asia/Tokyo', '2026-07-01', 'GMT+9'],
    ['Asia/Kathmandu', '2026-07-01', 'GMT+5:45'],
    ['America/Sao_Paulo', '2026-07-01', 'GMT-3'],
  ])('%s on %s is abbreviated %s', (zone, day, abbreviation) => {
    expect(zoneAbbreviation(zone, at(day))).toBe(abbreviation);
  });
});
