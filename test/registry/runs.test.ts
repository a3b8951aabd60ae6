import { describe, expect, test } from '@jest/globals';
import { RUN_AGE_KEPT, RUNS_KEPT } from '../../src/registry/runs.js';
import { create, makeRun, NOW, withRegistry } from './support.js';

describe('saveRuns', () => {
  test('inserts, then updates by schedule and native id, and moves the last run', () =>
    withRegistry((registry) => {
      const one = create(registry);
      const two = create(registry, { spec: { name: 'two', pipeline: 'other' } });
      const running = makeRun();
      registry.saveRuns([
        { scheduleId: one.id, run: running },
        { scheduleId: two.id, run: makeRun({ started: NOW + 9 }) },
      ]);
      const names = { scheduleId: one.id, schedule: 'nightly', pipeline: 'train', orchestrator: 'local' };
      expect(registry.schedule('nightly').lastRun).toEqual({ ...running, ...names });
      const done = makeRun({ status: 'failed', finished: NOW + 60, exitCode: 3, reason: 'boom', url: 'http://x' });
      registry.saveRuns([{ scheduleId: one.id, run: done }]);
      expect(registry.runs({ scheduleId: one.id, limit: 9 })).toEqual([{ ...done, ...names }]);
      expect(registry.schedule('nightly').lastRun).toEqual({ ...done, ...names });
      expect(registry.runs({ limit: 9 }).map((run) => run.schedule)).toEqual(['two', 'nightly']);
    }));

  test('an ended run does not run again, unless it is a further attempt', () =>
    withRegistry((registry) => {
      const { id } = create(registry);
      const status = (...runs: Parameters<typeof makeRun>[0][]) => {
        registry.saveRuns(runs.map((run) => ({ scheduleId: id, run: makeRun(run) })));
        const [run] = registry.runs({ limit: 1 });
        return [run?.status, run?.attempt];
      };
      expect(status({ status: 'pending' }, { status: 'running' })).toEqual(['running', 1]);
      expect(status({ status: 'unknown' }, { status: 'running' }, { status: 'pending' })).toEqual(['unknown', 1]);
      expect(status({ status: 'failed' }, { status: 'running' }, { status: 'unknown' })).toEqual(['failed', 1]);
      expect(status({ status: 'succeeded' })).toEqual(['succeeded', 1]);
      expect(status({ status: 'running', attempt: 2 })).toEqual(['running', 2]);
      expect(status({ status: 'failed', attempt: 1 })).toEqual(['running', 2]);
    }));

  test('the last run is the latest by start or occurrence, however they are saved', () =>
    withRegistry((registry) => {
      const { id } = create(registry);
      const last = () => registry.schedule('nightly').lastRun?.nativeId;
      const save = (nativeId: string, scheduled: number | null, started: number | null) =>
        registry.saveRuns([{ scheduleId: id, run: makeRun({ nativeId, scheduled, started, status: 'pending' }) }]);
      save('waiting', null, null);
      expect(last()).toBe('waiting');
      save('b', NOW + 5, null);
      expect(last()).toBe('b');
      save('a', NOW, NOW + 1);
      expect(last()).toBe('b');
      save('a', NOW, NOW + 9);
      expect(last()).toBe('a');
      expect(registry.runs({ limit: 9 }).map(({ nativeId }) => nativeId)).toEqual(['waiting', 'a', 'b']);
    }));

  test('runs of a schedule that is gone are not kept', () =>
    withRegistry((registry) => {
      registry.saveRuns([{ scheduleId: 'gone', run: makeRun() }]);
      expect(registry.runs({ limit: 9 })).toEqual([]);
    }));

  test('keeps a bounded number a schedule, the newest', () =>
    withRegistry((registry) => {
      const { id } = create(registry);
      const runs = Array.from({ length: RUNS_KEPT + 500 }, (_, index) =>
        makeRun({ nativeId: `${index}`, started: NOW + index }),
      );
      for (const run of runs) {
        registry.saveRuns([{ scheduleId: id, run }]);
      }
      const kept = registry.runs({ limit: 5000 });
      expect(kept.length).toBeGreaterThanOrEqual(RUNS_KEPT);
      expect(kept.length).toBeLessThan(RUNS_KEPT + 64);
      expect(kept[0]?.nativeId).toBe(`${RUNS_KEPT + 499}`);
      registry.compact();
      expect(registry.runs({ limit: 5000 })).toHaveLength(RUNS_KEPT);
    }));

  test('the last run stays behind any number of runs that have no time yet', () =>
    withRegistry((registry) => {
      const { id } = create(registry);
      const waiting = Array.from({ length: RUNS_KEPT }, (_, index) =>
        makeRun({ nativeId: `${index}`, scheduled: null, started: null, status: 'pending' }),
      );
      registry.saveRuns([makeRun({ nativeId: 'last' }), ...waiting].map((run) => ({ scheduleId: id, run })));
      registry.compact();
      expect(registry.schedule('nightly').lastRun?.nativeId).toBe('last');
    }));

  test('old ones go when the file is compacted, but never the last', () =>
    withRegistry((registry) => {
      const busy = create(registry);
      const idle = create(registry, { spec: { name: 'idle' } });
      const at = (nativeId: string, age: number) => makeRun({ nativeId, scheduled: null, started: NOW - age });
      registry.saveRuns([
        { scheduleId: busy.id, run: at('new', 5) },
        { scheduleId: busy.id, run: at('edge', RUN_AGE_KEPT) },
        { scheduleId: busy.id, run: at('old', RUN_AGE_KEPT + 1) },
        { scheduleId: idle.id, run: at('older', RUN_AGE_KEPT * 2) },
        { scheduleId: idle.id, run: at('oldest', RUN_AGE_KEPT * 3) },
      ]);
      registry.compact();
      expect(registry.runs({ limit: 9 }).map(({ nativeId }) => nativeId)).toEqual(['new', 'edge', 'older']);
      expect(registry.schedule('idle').lastRun?.nativeId).toBe('older');
    }));
});

test('runs are filtered', () =>
  withRegistry((registry) => {
    const one = create(registry);
    const two = create(registry, { spec: { name: 'two', pipeline: 'score' } });
    const save = (scheduleId: string, nativeId: string, started: number, overrides: Parameters<typeof makeRun>[0]) =>
      registry.saveRuns([{ scheduleId, run: makeRun({ nativeId, started, ...overrides }) }]);
    save(one.id, 'a', NOW + 1, { status: 'failed' });
    save(one.id, 'b', NOW + 2, { status: 'succeeded', trigger: 'manual' });
    save(two.id, 'c', NOW + 3, { status: 'timed_out', trigger: 'backfill' });
    const found = (filter: Partial<Parameters<typeof registry.runs>[0]>) =>
      registry
        .runs({ limit: 9, ...filter })
        .map(({ nativeId }) => nativeId)
        .join('');
    expect(found({})).toBe('cba');
    expect(found({ limit: 2 })).toBe('cb');
    expect(found({ scheduleId: one.id })).toBe('ba');
    expect(found({ pipeline: 'score' })).toBe('c');
    expect(found({ orchestrator: 'local' })).toBe('cba');
    expect(found({ orchestrator: 'other' })).toBe('');
    expect(found({ statuses: ['failed', 'timed_out'] })).toBe('ca');
    expect(found({ triggers: ['manual'] })).toBe('b');
    expect(found({ since: NOW + 2 })).toBe('cb');
    expect(
      found({ since: NOW + 2, scheduleId: one.id, statuses: ['succeeded'], triggers: ['manual', 'schedule'] }),
    ).toBe('b');
  }));
