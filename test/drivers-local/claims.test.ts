import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalStore, openStore } from '../../src/drivers/local/store/open.js';
import type { ScheduleSpec } from '../../src/schedule.js';
import { MINUTE, requestOf, SECOND, START, scratch, specOf } from './samples.js';

let place: ReturnType<typeof scratch>;
let store: LocalStore;
let other: LocalStore;

beforeEach(() => {
  place = scratch();
  store = openStore(place.file);
  other = openStore(place.file);
});
afterEach(() => {
  store.close();
  other.close();
  place.remove();
});

function make(patch: Partial<ScheduleSpec> = {}, paused = false): string {
  const { spec, scheduleId, stamp } = requestOf(patch, paused);
  return store.create({ spec, paused, scheduleId, stamp }, START, []);
}

/** Status, trigger and minute of each run, oldest first. */
function history(nativeId: string): string[] {
  const { runs } = store.runs(nativeId, { since: null, before: null, limit: 1000 });
  return [...runs]
    .reverse()
    .map(
      ({ status, trigger, scheduled }) =>
        `${status} ${trigger} ${scheduled === null ? '-' : (scheduled - START) / MINUTE}`,
    );
}

function at(minute: number): number {
  return START + minute * MINUTE;
}

describe('occurrences', () => {
  test('are claimed by one of two agents', () => {
    const nativeId = make();
    const first = store.consider(nativeId, 'a', at(1));
    const second = other.consider(nativeId, 'b', at(1));
    expect(first.claimed.map(({ run }) => run.scheduled)).toEqual([at(1)]);
    expect(second).toMatchObject({ claimed: [], settled: [] });
    expect(store.nextWake(at(1))).toBe(at(2));
  });

  test('come up in the order in which they are due, no more than asked for', () => {
    const [late, early] = [
      make({ timing: { kind: 'once', at: at(2) } }),
      make({ timing: { kind: 'once', at: at(1) } }),
    ];
    expect(store.due(at(3), 10).timed).toEqual([early, late]);
    expect(store.due(at(3), 1).timed).toEqual([early]);
    expect(store.due(at(1) - 1, 10).timed).toEqual([]);
  });

  test('of a paused or removed schedule are not due', () => {
    const nativeId = make();
    store.setPaused(nativeId, true, START, null);
    expect(store.consider(nativeId, 'a', at(1)).claimed).toEqual([]);
    store.setPaused(nativeId, false, at(1), null);
    store.remove(nativeId, at(1));
    expect(store.due(at(5), 10).timed).toEqual([]);
    expect(store.consider(nativeId, 'a', at(2)).claimed).toEqual([]);
  });

  test('a schedule that ran once, or as often as it may, is not looked at again', () => {
    const once = make({ timing: { kind: 'once', at: at(1) } });
    const twice = make({ maxRuns: 2 });
    for (let minute = 1; minute < 4; minute += 1) {
      store.consider(once, 'a', at(minute));
      store.consider(twice, 'a', at(minute));
    }
    expect(history(once)).toEqual(['pending schedule 1']);
    expect(history(twice)).toEqual(['pending schedule 1', 'pending schedule 2']);
    expect(store.nextWake(at(4))).toBeNull();
  });
});

describe('an update', () => {
  test('of the timetable starts it anew: what it would have fired before does not fire', () => {
    const nativeId = make({ catchup: 'all' });
    const spec = specOf({
      catchup: 'all',
      timing: { kind: 'interval', count: 2, unit: 'minute', anchor: START, on: [], times: [] },
    });
    store.update(nativeId, { spec, version: null }, at(7), null);
    expect(store.consider(nativeId, 'a', at(7)).claimed).toEqual([]);
    expect(store.consider(nativeId, 'a', at(8)).claimed).toHaveLength(1);
  });

  test('of anything else leaves what is due', () => {
    const nativeId = make({ catchup: 'all' });
    store.update(nativeId, { spec: specOf({ catchup: 'all', owner: 'anna' }), version: null }, at(3), null);
    expect(store.consider(nativeId, 'a', at(3)).claimed).toHaveLength(3);
  });

  test('from catch-up none to all does not bring back what was dropped', () => {
    const nativeId = make();
    store.setPaused(nativeId, true, at(0), null);
    store.update(nativeId, { spec: specOf({ catchup: 'all' }), version: null }, at(5), null);
    store.setPaused(nativeId, false, at(7), null);
    store.consider(nativeId, 'a', at(7));
    expect(history(nativeId)).toEqual(['pending catchup 6', 'pending catchup 7']);
  });
});

describe('overlap', () => {
  test('forbid skips what comes due while another run goes on, and says which', () => {
    const nativeId = make({ overlap: 'forbid' });
    const [first] = store.consider(nativeId, 'a', at(1)).claimed;
    const { settled } = store.consider(nativeId, 'a', at(2));
    expect(settled).toMatchObject([
      { run: { status: 'skipped', reason: `the run ${first?.run.nativeId} still goes on`, scheduled: at(2) } },
    ]);
    expect(history(nativeId)).toEqual(['pending schedule 1', 'skipped schedule 2']);
  });

  test('a skipped occurrence does not use up the maximum', () => {
    const nativeId = make({ overlap: 'forbid', maxRuns: 2 });
    store.consider(nativeId, 'a', at(1));
    store.consider(nativeId, 'a', at(2));
    expect(store.nextWake(at(2))).toBe(at(3));
  });

  test('forbid holds off an occurrence while a run waits for its next attempt', () => {
    const nativeId = make({ overlap: 'forbid', retry: { count: 1, delaySeconds: 600, factor: 1 } });
    const [first] = store.consider(nativeId, 'a', at(1)).claimed;
    store.settle(
      { runId: first?.run.nativeId ?? '', attempt: 1, agent: 'a' },
      { status: 'failed', exitCode: 1, reason: 'exit 1', finished: at(1) },
      at(1),
    );
    store.consider(nativeId, 'a', at(2));
    expect(history(nativeId)).toEqual(['pending schedule 1', 'skipped schedule 2']);
  });

  test('what catches up waits for its turn instead, behind what is on time', () => {
    const nativeId = make({ overlap: 'forbid', catchup: 'all' });
    const { claimed } = store.consider(nativeId, 'a', at(3) + 30 * SECOND);
    expect(claimed.map(({ run }) => run.scheduled)).toEqual([at(3)]);
    expect(store.startable(at(4), 10)).toEqual([]);
    store.settle(
      { runId: claimed[0]?.run.nativeId ?? '', attempt: 1, agent: 'a' },
      { status: 'succeeded', exitCode: 0, reason: null, finished: at(3) },
      at(3),
    );
    const waiting = store.startable(at(4), 10);
    expect(waiting).toHaveLength(2);
    expect(other.take(waiting[0] ?? '', 'b', at(4))?.run.scheduled).toBe(at(1));
    expect(store.take(waiting[0] ?? '', 'a', at(4))).toBeUndefined();
    expect(store.take(waiting[1] ?? '', 'a', at(4))).toBeUndefined();
  });

  test('replace asks for the end of what runs, and starts when it has ended', () => {
    const nativeId = make({ overlap: 'replace' });
    const [first] = store.consider(nativeId, 'a', at(1)).claimed;
    const held = { runId: first?.run.nativeId ?? '', attempt: 1, agent: 'a' };
    store.begin(held, { pid: 1, started: null }, at(1));
    expect(other.consider(nativeId, 'b', at(2)).claimed).toEqual([]);
    expect(store.stopRequests('a')).toEqual([
      { runId: held.runId, reason: 'replaced by the run of 2026-01-05T12:02:00.000Z' },
    ]);
    expect(other.startable(at(2), 10)).toEqual([]);
    other.consider(nativeId, 'b', at(3));
    expect(history(nativeId)).toEqual(['running schedule 1', 'skipped schedule 2', 'pending schedule 3']);
    store.settle(held, { status: 'stopped', exitCode: 143, reason: 'replaced', finished: at(3) }, at(3));
    const [next = ''] = other.startable(at(3), 10);
    expect(other.take(next, 'b', at(3))?.run.scheduled).toBe(at(3));
  });

  test('a manual run starts beside whatever runs, a backfilled one waits unless that is allowed', () => {
    const request = { parameters: {}, scheduled: null } as const;
    const forbid = make({ overlap: 'forbid' });
    store.consider(forbid, 'a', at(1));
    const manual = store.trigger(forbid, { ...request, key: 'm', trigger: 'manual' }, at(1));
    store.trigger(forbid, { ...request, key: 'b', trigger: 'backfill' }, at(1));
    expect(store.startable(at(1), 10)).toEqual([manual.nativeId]);
    const allow = make({ overlap: 'allow' });
    store.consider(allow, 'a', at(1));
    const backfill = store.trigger(allow, { ...request, key: 'b', trigger: 'backfill' }, at(2));
    expect(store.startable(at(2), 10)).toContain(backfill.nativeId);
  });
});

describe('attempts', () => {
  function failing(patch: Partial<ScheduleSpec>) {
    const nativeId = make({ timing: { kind: 'once', at: at(1) }, ...patch });
    const [claimed] = store.consider(nativeId, 'a', at(1)).claimed;
    return { nativeId, runId: claimed?.run.nativeId ?? '' };
  }
  const failed = { status: 'failed', exitCode: 1, reason: 'exit 1', finished: at(1) } as const;

  test('come after a delay that grows, and the last one decides', () => {
    const { nativeId, runId } = failing({ retry: { count: 2, delaySeconds: 10, factor: 3 } });
    expect(store.settle({ runId, attempt: 1, agent: 'a' }, failed, at(1))?.run).toMatchObject({
      status: 'pending',
      attempt: 2,
      finished: null,
    });
    expect(store.nextWake(at(1))).toBe(at(1) + 10 * SECOND);
    expect(store.startable(at(1) + 9 * SECOND, 10)).toEqual([]);
    expect(other.take(runId, 'b', at(1) + 10 * SECOND)?.run.attempt).toBe(2);
    const second = other.settle({ runId, attempt: 2, agent: 'b' }, failed, at(2));
    expect(second?.run.reason).toBe('attempt 2 of 3: exit 1; the next one at 2026-01-05T12:02:30.000Z');
    expect(store.take(runId, 'a', at(2) + 30 * SECOND)?.run.attempt).toBe(3);
    store.settle({ runId, attempt: 3, agent: 'a' }, failed, at(3));
    expect(history(nativeId)).toEqual(['failed schedule 1']);
  });

  test('end with a success, a stop, or the schedule', () => {
    const retry = { count: 5, delaySeconds: 1, factor: 1 };
    const [good, stopped, removed] = [failing({ retry }), failing({ retry }), failing({ retry })];
    store.settle({ runId: good.runId, attempt: 1, agent: 'a' }, { ...failed, status: 'succeeded' }, at(1));
    store.settle({ runId: stopped.runId, attempt: 1, agent: 'a' }, { ...failed, status: 'stopped' }, at(1));
    store.remove(removed.nativeId, at(1));
    store.settle({ runId: removed.runId, attempt: 1, agent: 'a' }, failed, at(1));
    expect([good, stopped, removed].flatMap(({ nativeId }) => history(nativeId))).toEqual([
      'succeeded schedule 1',
      'stopped schedule 1',
      'failed schedule 1',
    ]);
  });

  test('are settled once, by the agent that holds them', () => {
    const { runId } = failing({});
    expect(store.settle({ runId, attempt: 1, agent: 'b' }, failed, at(1))).toBeUndefined();
    expect(store.settle({ runId, attempt: 1, agent: 'a' }, failed, at(1))).toBeDefined();
    expect(store.settle({ runId, attempt: 1, agent: 'a' }, failed, at(1))).toBeUndefined();
  });
});

describe('what a dead agent leaves', () => {
  test('is inherited by one, and ends unknown unless it still runs', () => {
    const here = { host: 'h', pidSpace: 's', pid: 1, pidStarted: '1', once: false };
    store.register({ ...here, id: 'dead' }, START);
    const ids = Array.from({ length: 3 }, () => make({ timing: { kind: 'once', at: at(1) } }));
    const runs = ids.map((nativeId) => store.consider(nativeId, 'dead', at(1)).claimed[0]?.run.nativeId ?? '');
    store.begin({ runId: runs[1] ?? '', attempt: 1, agent: 'dead' }, { pid: 11, started: 'x' }, at(1));
    store.begin({ runId: runs[2] ?? '', attempt: 1, agent: 'dead' }, { pid: 12, started: 'x' }, at(1));
    const left = store.inherit('dead', 'a', ({ pid }) => pid === 12, at(2));
    expect(left.settled.map(({ run }) => [run.status, run.reason])).toEqual([
      ['unknown', 'the agent ended before the start of the program was recorded'],
      ['unknown', 'the agent ended while it ran; nobody saw its end'],
    ]);
    expect(left.adopted).toMatchObject([{ pid: 12, pidStarted: 'x', deadline: null }]);
    expect(other.inherit('dead', 'b', () => true, at(2))).toEqual({ adopted: [], settled: [] });
    expect(store.agents()).toEqual([]);
  });

  test('is tried again where the schedule has retries', () => {
    store.register({ host: 'h', pidSpace: 's', pid: 1, pidStarted: '1', once: false, id: 'dead' }, START);
    const nativeId = make({ timing: { kind: 'once', at: at(1) }, retry: { count: 1, delaySeconds: 1, factor: 1 } });
    store.consider(nativeId, 'dead', at(1));
    store.inherit('dead', 'a', () => false, at(2));
    expect(store.startable(at(2) + SECOND, 10)).toHaveLength(1);
    expect(history(nativeId)).toEqual(['pending schedule 1']);
  });
});
