import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type LocalStore, openStore } from '../../src/drivers/local/store/open.js';
import type { CatchupPolicy } from '../../src/schedule.js';
import { everySeconds, HOUR, MINUTE, requestOf, SECOND, START, scratch, specOf } from './samples.js';

const place = scratch();
let agents: readonly [LocalStore, LocalStore];

beforeAll(() => {
  agents = [openStore(place.file), openStore(place.file)];
});
afterAll(() => {
  for (const store of agents) {
    store.close();
  }
  place.remove();
});

type Step =
  | { readonly do: 'move'; readonly by: number }
  | { readonly do: 'pass'; readonly agent: 0 | 1 }
  | { readonly do: 'pause' | 'resume' }
  | { readonly do: 'retime'; readonly period: number };

interface Setting {
  readonly catchup: CatchupPolicy;
  readonly catchupLimit: number;
  readonly maxRuns: number | null;
  readonly period: number;
}

/** The rules again, by brute force: every occurrence of the time between is listed, and sorted into kept and dropped. */
function model(
  { catchup, catchupLimit, maxRuns, period: first }: Setting,
  steps: readonly Step[],
): Map<number, string> {
  const fired = new Map<number, string>();
  let now = START;
  let period = first;
  let considered = START;
  let missedUntil = START;
  let paused = false;

  function pass(): void {
    const due: number[] = [];
    for (let at = START; at <= now; at += period * SECOND) {
      if (at > considered) {
        due.push(at);
      }
    }
    const isLate = (at: number) => at < now - MINUTE || at <= missedUntil;
    const late = due.filter(isLate);
    const caught = catchup === 'none' ? [] : late.slice(-(catchup === 'last' ? 1 : catchupLimit));
    const kept = due
      .filter((at) => !isLate(at) || caught.includes(at))
      .slice(0, maxRuns === null ? undefined : maxRuns - fired.size);
    for (const at of kept) {
      if (!fired.has(at)) {
        fired.set(at, isLate(at) ? 'catchup' : 'schedule');
      }
    }
    considered = Math.max(considered, now);
  }

  for (const step of steps) {
    if (step.do === 'move') {
      now += step.by;
    } else if (step.do === 'pass' && !paused && (maxRuns === null || fired.size < maxRuns)) {
      pass();
    } else if (step.do === 'pause') {
      paused = true;
    } else if (step.do === 'resume' && paused) {
      paused = false;
      considered = catchup === 'none' ? Math.max(considered, now) : considered;
      missedUntil = Math.max(missedUntil, now);
    } else if (step.do === 'retime' && step.period !== period) {
      period = step.period;
      considered = now;
      missedUntil = now;
    }
  }
  return fired;
}

const period = fc.constantFrom(20, 60, 97, 600);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('move' as const), by: fc.integer({ min: 0, max: 90 * SECOND }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('move' as const), by: fc.integer({ min: -HOUR, max: 2 * HOUR }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('pass' as const), agent: fc.constantFrom(0 as const, 1 as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retime' as const), period }) },
);
const setting: fc.Arbitrary<Setting> = fc.record({
  catchup: fc.constantFrom<CatchupPolicy>('none', 'last', 'all'),
  catchupLimit: fc.constantFrom(1, 3, 100),
  maxRuns: fc.constantFrom(null, null, 1, 5),
  period,
});

function specWith({ period: seconds, ...rest }: Setting) {
  return specOf({ ...rest, timing: everySeconds(seconds) });
}

test('whatever the clock does, two agents fire exactly what the policy says, and nothing twice', () => {
  fc.assert(
    fc.property(setting, fc.array(step, { maxLength: 40, size: 'max' }), (chosen, steps) => {
      const { spec, scheduleId, stamp } = requestOf(specWith(chosen));
      const nativeId = agents[0].create({ spec, paused: false, scheduleId, stamp }, START, []);
      let now = START;
      let seconds = chosen.period;
      for (const one of steps) {
        if (one.do === 'move') {
          now += one.by;
        } else if (one.do === 'pass') {
          agents[one.agent].consider(nativeId, `agent ${one.agent}`, now);
        } else if (one.do === 'retime') {
          seconds = one.period;
          agents[0].update(nativeId, { spec: specWith({ ...chosen, period: seconds }), version: null }, now, null);
        } else {
          agents[1].setPaused(nativeId, one.do === 'pause', now, null);
        }
      }
      const { runs } = agents[0].runs(nativeId, { since: null, before: null, limit: 10_000 });
      const fired = new Map(runs.map((run) => [run.scheduled ?? 0, run.trigger as string]));
      expect(fired.size).toBe(runs.length);
      expect([...fired].sort(([one], [two]) => one - two)).toEqual(
        [...model(chosen, steps)].sort(([one], [two]) => one - two),
      );
    }),
    { numRuns: 300 },
  );
}, 60_000);
