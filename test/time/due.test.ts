import { describe, expect, test } from '@jest/globals';
import { type DueState, dueOccurrences, nextDue, settledByChange, settledByResume } from '../../src/time/due.js';
import { everySeconds, HOUR, MINUTE, SECOND, START, specOf } from '../drivers-local/samples.js';

const DAYLIGHT = { gap: 'first-instant', fold: 'first', wildcard: 'elapsed' } as const;

/** A schedule every ten minutes from `START`, all settled up to there. */
function state(patch: Partial<DueState> = {}): DueState {
  return {
    timetable: specOf({ timing: everySeconds(600) }),
    daylight: DAYLIGHT,
    catchup: 'none',
    catchupLimit: 100,
    consideredUntil: START,
    missedUntil: START,
    fired: 0,
    ...patch,
  };
}

function minutes(patch: Partial<DueState>, now: number): string[] {
  return dueOccurrences(state(patch), now).map(({ at, trigger }) => `${(at - START) / MINUTE} ${trigger}`);
}

describe('what becomes a run', () => {
  test('an occurrence up to a minute late is on time, a later one is missed', () => {
    expect(minutes({}, START + 11 * MINUTE)).toEqual(['10 schedule']);
    expect(minutes({}, START + 11 * MINUTE + 1)).toEqual([]);
    expect(minutes({ catchup: 'last' }, START + 11 * MINUTE + 1)).toEqual(['10 catchup']);
    expect(minutes({}, START + 10 * MINUTE)).toEqual(['10 schedule']);
    expect(minutes({}, START + 10 * MINUTE - 1)).toEqual([]);
  });

  test('after a sleep: nothing, the last one, or all of them, and what is on time besides', () => {
    const now = START + 40 * MINUTE + 5 * SECOND;
    expect(minutes({}, now)).toEqual(['40 schedule']);
    expect(minutes({ catchup: 'last' }, now)).toEqual(['30 catchup', '40 schedule']);
    expect(minutes({ catchup: 'all' }, now)).toEqual(['10 catchup', '20 catchup', '30 catchup', '40 schedule']);
    expect(minutes({ catchup: 'all', catchupLimit: 2 }, now)).toEqual(['20 catchup', '30 catchup', '40 schedule']);
  });

  test('what came due before a resume is missed, however recent', () => {
    const now = START + 10 * MINUTE + 5 * SECOND;
    expect(minutes({ catchup: 'last', missedUntil: now }, now)).toEqual(['10 catchup']);
    expect(minutes({ catchup: 'all', missedUntil: START + 10 * MINUTE - 1 }, now)).toEqual(['10 schedule']);
  });

  test('a clock that was set back finds nothing', () => {
    expect(minutes({ catchup: 'all', consideredUntil: START + HOUR }, START + 30 * MINUTE)).toEqual([]);
  });

  test('every one of the last minute fires by itself', () => {
    const timetable = specOf({ timing: everySeconds(20) });
    expect(dueOccurrences(state({ timetable }), START + 90 * SECOND).map(({ at }) => (at - START) / SECOND)).toEqual([
      40, 60, 80,
    ]);
  });

  test('a schedule every second that slept for three years is caught up without walking through them', () => {
    const timetable = specOf({ timing: everySeconds(1) });
    const began = performance.now();
    const found = dueOccurrences(state({ timetable, catchup: 'all' }), START + 3 * 365 * 24 * HOUR);
    expect(found.filter(({ trigger }) => trigger === 'catchup')).toHaveLength(100);
    expect(found.filter(({ trigger }) => trigger === 'schedule')).toHaveLength(61);
    expect(performance.now() - began).toBeLessThan(500);
  });

  test('the maximum number of runs ends it, the oldest first', () => {
    const timetable = specOf({ timing: everySeconds(600), maxRuns: 3 });
    expect(minutes({ timetable, catchup: 'all', fired: 1 }, START + 40 * MINUTE)).toEqual(['10 catchup', '20 catchup']);
    expect(nextDue({ timetable, daylight: DAYLIGHT, consideredUntil: START, fired: 2 })).toBe(START + 10 * MINUTE);
    expect(nextDue({ timetable, daylight: DAYLIGHT, consideredUntil: START, fired: 3 })).toBeNull();
  });

  test('start and end bind', () => {
    const timetable = specOf({ timing: everySeconds(600), start: START + 15 * MINUTE, end: START + 30 * MINUTE });
    expect(minutes({ timetable, catchup: 'all' }, START + HOUR)).toEqual(['20 catchup', '30 catchup']);
    expect(nextDue({ timetable, daylight: DAYLIGHT, consideredUntil: START + 30 * MINUTE, fired: 0 })).toBeNull();
  });
});

describe('how far a timetable is settled', () => {
  const settled = { consideredUntil: START, missedUntil: START };
  const now = START + HOUR;
  const anew = { consideredUntil: now, missedUntil: now };

  test('another timetable starts at the change, the same one goes on, and what `none` dropped stays dropped', () => {
    expect(settledByChange(settled, { retimed: true, before: 'all', after: 'all' }, now)).toEqual(anew);
    expect(settledByChange(settled, { retimed: false, before: 'none', after: 'last' }, now)).toEqual(anew);
    expect(settledByChange(settled, { retimed: false, before: 'last', after: 'none' }, now)).toBe(settled);
  });

  test('a resume makes what came due meanwhile missed; `none` drops it, also with a clock that was set back', () => {
    expect(settledByResume(settled, 'none', now)).toEqual(anew);
    expect(settledByResume(settled, 'last', now)).toEqual({ consideredUntil: START, missedUntil: now });
    expect(settledByResume(settled, 'none', START - HOUR)).toEqual(settled);
  });
});
