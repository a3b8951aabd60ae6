import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { isProcessAlive } from '../../src/registry/journal-entry.js';
import type { Holder, Registry } from '../../src/registry/registry.js';
import {
  change,
  changeRequest,
  create,
  failure,
  inScratch,
  LEASE,
  LOCAL,
  ME,
  makeRun,
  makeState,
  NOW,
  newRequest,
  open,
  query,
  settlement,
  stateOf,
  withRegistry,
} from './support.js';

const OTHER: Holder = { actor: 'bob@there', host: 'there', pid: 77 };

function names(registry: Registry): readonly string[] {
  return registry.schedules(query({ archived: 'both' })).items.map((record) => record.spec.name);
}

describe('settle', () => {
  test('writes record, revision, baseline and next run, and closes the entry', () =>
    withRegistry((registry) => {
      const record = create(registry);
      const after = makeState({
        desired: 'paused',
        pause: { by: 'ada', at: NOW, reason: 'holiday', until: NOW + 5 },
        generation: 2,
        nativeId: 'native-2',
        spec: { name: 'weekly', timing: { kind: 'once', at: NOW + 9 }, labels: { team: 'a', tier: '1' } },
      });
      const request = changeRequest(registry, record, after);
      const settled = registry.settle(
        registry.begin(request),
        settlement(after, { now: NOW + 7, baseline: { paused: true }, nextRun: NOW + 9, endsAt: NOW + 9 }),
      );
      expect(settled).toMatchObject({
        ...after,
        id: record.id,
        lifecycle: 'ready',
        revision: 2,
        baseline: { paused: true },
        nextRun: NOW + 9,
        endsAt: NOW + 9,
        created: NOW,
        updated: NOW + 7,
      });
      expect(registry.scheduleById(record.id)).toEqual(settled);
      expect(registry.openEntries()).toEqual([]);
      expect(registry.change(request.change)?.revisions).toEqual([
        {
          change: request.change,
          scheduleId: record.id,
          schedule: 'weekly',
          revision: 2,
          before: stateOf(record),
          after,
        },
      ]);
      expect(registry.schedules(query({ labels: [{ key: 'tier', operator: 'in', values: ['1'] }] })).total).toBe(1);
    }));

  test('a new schedule has revision 1, with nothing before', () =>
    withRegistry((registry) => {
      const record = create(registry);
      expect(record).toMatchObject({ revision: 1, lifecycle: 'ready' });
      expect(registry.changes({ scheduleId: record.id, limit: 9 })[0]?.revisions).toMatchObject([
        { revision: 1, before: null },
      ]);
    }));

  test('without an after it purges: row, revisions and runs go, a tombstone stays', () =>
    withRegistry((registry) => {
      const record = create(registry);
      registry.saveRuns([{ scheduleId: record.id, run: makeRun() }]);
      expect(change(registry, record, null, { now: NOW + 3 })).toBeUndefined();
      expect(registry.scheduleById(record.id)).toBeUndefined();
      expect(registry.runs({ limit: 9 })).toEqual([]);
      expect(registry.changes({ scheduleId: record.id, limit: 9 })).toEqual([]);
      expect(registry.openEntries()).toEqual([]);
      expect(registry.tombstones(LOCAL.id)).toEqual([
        {
          scheduleId: record.id,
          name: 'nightly',
          orchestratorId: LOCAL.id,
          nativeId: 'native-1',
          generation: 1,
          why: 'purged',
          at: NOW + 3,
        },
      ]);
      expect(registry.check()).toEqual([]);
    }));

  test('leaves a tombstone for a native object that is kept', () =>
    withRegistry((registry) => {
      const record = create(registry);
      change(
        registry,
        record,
        { ...stateOf(record), desired: 'archived', nativeId: null },
        { tombstone: 'kept-native' },
      );
      expect(registry.tombstones(LOCAL.id)).toMatchObject([{ nativeId: 'native-1', why: 'kept-native' }]);
      expect(registry.tombstones(randomUUID())).toEqual([]);
      expect(registry.schedule('nightly').desired).toBe('archived');
    }));

  test('a purge remembers too that its native object was kept', () =>
    withRegistry((registry) => {
      const record = create(registry);
      change(registry, record, null, { tombstone: 'kept-native' });
      expect(registry.tombstones(LOCAL.id)).toMatchObject([{ nativeId: 'native-1', why: 'kept-native' }]);
    }));
});

describe('rollBack and leaveOpen', () => {
  test('a new row goes, whatever became of it', () =>
    withRegistry((registry) => {
      const entry = registry.begin(newRequest(registry, makeState()));
      registry.leaveOpen(entry, 'no answer', NOW);
      expect(registry.schedule('nightly').lifecycle).toBe('broken');
      registry.rollBack(registry.takeOver(entry, OTHER, NOW, LEASE), NOW);
      expect(names(registry)).toEqual([]);
      expect(registry.openEntries()).toEqual([]);
    }));

  test('an existing row is as it was, to the last field', () =>
    withRegistry((registry) => {
      const record = create(registry);
      const entry = registry.begin(changeRequest(registry, record, makeState({ spec: { name: 'weekly' } })));
      expect(registry.schedule('nightly').lifecycle).toBe('updating');
      registry.rollBack(entry, NOW + 9);
      expect(registry.schedule('nightly')).toEqual(record);
    }));

  test('an entry left open keeps its error, has no lease, and is no more left by who lost it', () =>
    withRegistry((registry) => {
      const entry = registry.begin(newRequest(registry, makeState()));
      registry.leaveOpen(entry, 'no answer', NOW + 1);
      expect(registry.openEntries()).toMatchObject([{ error: 'no answer', leaseUntil: NOW + 1 }]);
      const taken = registry.takeOver(entry, OTHER, NOW + 1, LEASE);
      expect(taken).toMatchObject({ holder: OTHER, error: null, leaseUntil: NOW + 1 + LEASE });
      registry.leaveOpen(entry, 'too late', NOW + 2);
      expect(registry.openEntries()).toEqual([taken]);
    }));
});

describe('takeOver', () => {
  test('only when the lease is over', () =>
    withRegistry((registry) => {
      const entry = registry.begin(newRequest(registry, makeState(), { holder: OTHER }));
      expect(failure(() => registry.takeOver(entry, ME, NOW + LEASE - 1, LEASE))).toMatchObject({
        code: 'CONFLICT',
        message: '"nightly" is being changed by bob@there on there (pid 77): create, for up to 1 s more',
      });
      expect(registry.takeOver(entry, ME, NOW + LEASE, LEASE).holder).toEqual(ME);
      expect(failure(() => registry.takeOver(entry, OTHER, NOW + LEASE, LEASE)).code).toBe('CONFLICT');
    }));

  test('at once when the holder was on this machine and is dead, and only then', () =>
    inScratch((folder) => {
      const registry = open(`${folder}/registry.db`, { isAlive: (pid) => pid !== 77 });
      const take = (name: string, holder: Holder) =>
        registry.takeOver(
          registry.begin(newRequest(registry, makeState({ spec: { name } }), { holder })),
          ME,
          NOW,
          LEASE,
        );
      expect(take('dead-here', { actor: 'bob', host: 'here', pid: 77 }).holder).toEqual(ME);
      expect(failure(() => take('alive-here', { actor: 'bob', host: 'here', pid: 78 })).code).toBe('CONFLICT');
      expect(failure(() => take('dead-there', { actor: 'bob', host: 'there', pid: 77 })).code).toBe('CONFLICT');
      registry.close();
    }));

  test('a process is dead when the system knows none with its id', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    expect(isProcessAlive(pid)).toBe(false);
    expect(isProcessAlive(process.pid)).toBe(true);
    expect(isProcessAlive(1)).toBe(true);
  });
});
