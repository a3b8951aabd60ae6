import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { IntervalTiming, Timetable } from '../../src/schedule.js';
import {
  backward,
  between,
  forward,
  instantsBetween,
  nextInstant,
  type Occurrence,
  previousInstant,
} from '../../src/time/occurrences.js';
import { cronTimetable, nights, rules, timetables } from './arbitraries.js';
import { calendarMatches, cronMatches, naiveBetween } from './naive.js';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** The runs of a range, none of the skipped ones. */
function instants(occurrences: Iterable<Occurrence>): number[] {
  return [...occurrences].flatMap(({ instant }) => (instant === null ? [] : [instant]));
}

const windows = fc.record({
  before: fc.integer({ min: 0, max: 2880 }),
  length: fc.integer({ min: 0, max: 3500 }),
});

test('agree with a walk over the wall clock, minute by minute', () => {
  fc.assert(
    fc.property(timetables, rules, windows, ({ timetable, night }, rule, { before, length }) => {
      const { timing, timezone } = timetable;
      const from = night.around - before * MINUTE;
      const to = from + length * MINUTE;
      if (timing.kind === 'interval' && (timing.unit === 'minute' || timing.unit === 'hour')) {
        const step = timing.count * (timing.unit === 'hour' ? 60 : 1) * MINUTE;
        const expected: number[] = [];
        for (let instant = timing.anchor; instant < to; instant += step) {
          if (instant >= from) {
            expected.push(instant);
          }
        }
        expect(instants(between(timetable, rule, from, to))).toEqual(expected);
      } else {
        const wildcard = timing.kind === 'cron' && /^\*|^\S+ \*/.test(timing.expression);
        const matches =
          timing.kind === 'cron'
            ? (wall: number) => cronMatches(timing.expression, wall)
            : (wall: number) => calendarMatches(timing as IntervalTiming, timezone, wall);
        const expected = naiveBetween(matches, timezone, rule, wildcard, [from, to]);
        expect([...between(timetable, rule, from, to)]).toEqual(expected);
      }
    }),
    { numRuns: 150 },
  );
});

test('instants strictly increase, forward and backward agree, the fast path too', () => {
  fc.assert(
    fc.property(timetables, rules, windows, ({ timetable, night }, rule, { before, length }) => {
      const from = night.around - before * MINUTE;
      const to = from + length * MINUTE;
      const ascending = [...between(timetable, rule, from, to)];
      const times = instants(ascending);
      expect(times.every((instant, index) => instant > (times[index - 1] ?? from - 1) && instant < to)).toBe(true);
      expect(instantsBetween(timetable, rule, from, to)).toEqual(times);
      const descending = [...backward({ ...timetable, start: from }, rule, to)];
      expect(descending.reverse()).toEqual(ascending);
    }),
    { numRuns: 300 },
  );
});

test('a range is what forward yields up to its end', () => {
  fc.assert(
    fc.property(timetables, rules, fc.integer({ min: 1, max: 40 }), ({ timetable, night }, rule, wanted) => {
      const from = night.around - DAY;
      const first: Occurrence[] = [];
      for (const occurrence of forward(timetable, rule, from)) {
        if (first.push(occurrence) >= wanted) {
          break;
        }
      }
      const last = first.findLast(({ instant }) => instant !== null)?.instant;
      if (last !== undefined && last !== null) {
        const upTo = first.slice(
          0,
          first.findLastIndex(({ instant }) => instant !== null),
        );
        expect([...between(timetable, rule, from, last)]).toEqual(upTo);
      }
    }),
  );
});

test('next and previous step over exactly the runs of a range', () => {
  fc.assert(
    fc.property(timetables, rules, ({ timetable, night }, rule) => {
      const from = night.around - DAY / 2;
      const runs = instantsBetween(timetable, rule, from, night.around + DAY).slice(0, 200);
      let before = from - 1;
      for (const instant of runs) {
        expect(nextInstant(timetable, rule, before)).toBe(instant);
        before = instant;
      }
      const next = nextInstant(timetable, rule, before);
      expect(next === null || next > before).toBe(true);
      for (const [index, instant] of runs.entries()) {
        if (index > 0) {
          expect(previousInstant(timetable, rule, instant)).toBe(runs[index - 1]);
        }
      }
    }),
  );
});

test('start and end are inclusive, and cut nothing else', () => {
  fc.assert(
    fc.property(timetables, rules, fc.nat(), fc.nat(), ({ timetable, night }, rule, one, two) => {
      const from = night.around - DAY;
      const to = night.around + DAY;
      const all = instantsBetween(timetable, rule, from, to);
      const [low = from, high = to] = [all[one % Math.max(1, all.length)], all[two % Math.max(1, all.length)]].sort(
        (a, b) => (a ?? 0) - (b ?? 0),
      );
      const bounded: Timetable = { ...timetable, start: low, end: high };
      expect(instantsBetween(bounded, rule, from, to + 1)).toEqual(
        all.filter((instant) => instant >= low && instant <= high),
      );
      expect(instants(backward(bounded, rule, to + 1)).reverse()).toEqual(
        instants(between(bounded, rule, from, to + 1)),
      );
    }),
  );
});

test('fixed times meet every day of a year once, whatever the clocks do', () => {
  fc.assert(
    fc.property(
      nights,
      fc.integer({ min: 0, max: 1439 }),
      fc.constantFrom('first' as const, 'second' as const),
      (night, minute, fold) => {
        const timetable = cronTimetable(`${minute % 60} ${Math.floor(minute / 60)} * * *`, night.zone);
        const walls = [
          ...between(
            timetable,
            { gap: 'shift', fold, wildcard: 'elapsed' },
            night.around - 180 * DAY,
            night.around + 180 * DAY,
          ),
        ];
        const days = new Set(walls.map(({ wall }) => wall.slice(0, 10)));
        expect(days.size).toBe(walls.length);
        expect(walls.length).toBeGreaterThanOrEqual(359);
      },
    ),
  );
});
