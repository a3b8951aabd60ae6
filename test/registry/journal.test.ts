import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Holder, Registry } from '../../src/registry/registry.js';
import {
  change,
  changeRequest,
  create,
  failure,
  LEASE,
  ME,
  makeState,
  NOW,
  newRequest,
  present,
  query,
  settlement,
  stateOf,
  withRegistry,
} from './support.js';

const OTHER: Holder = { actor: 'bob@there', host: 'there', pid: 77 };

function names(registry: Registry): readonly string[] {
  return registry.schedules(query({ archived: 'both' })).items.map((record) => record.spec.name);
}

describe('begin', () => {
  test('inserts the row as creating, fired and made by whom the request says', () =>
    withRegistry((registry) => {
      const after = makeState({ nativeId: null });
      const request = newRequest(registry, after);
      const entry = registry.begin(request);
      expect(registry.openEntries()).toEqual([entry]);
      expect(entry).toMatchObject({
        verb: 'create',
        scheduleName: 'nightly',
        before: null,
        after,
        steps: request.steps,
        step: 0,
        phase: 'none',
        natives: {},
        holder: ME,
        leaseUntil: NOW + LEASE,
        started: NOW,
        error: null,
      });
      expect(registry.schedule('nightly')).toMatchObject({
        ...after,
        id: entry.scheduleId,
        lifecycle: 'creating',
        origin: 'created',
        firedBy: 'orchestrator',
        orchestrator: 'local',
        flavor: 'local',
        revision: 1,
        baseline: null,
        lastRun: null,
        created: NOW,
        updated: NOW,
        user: ME.actor,
      });
    }));

  test('refuses a taken name, and leaves nothing', () =>
    withRegistry((registry) => {
      create(registry);
      expect(failure(() => registry.begin(newRequest(registry, makeState())))).toMatchObject({
        code: 'CONFLICT',
        message: 'A schedule named "nightly" exists already',
      });
      expect(registry.openEntries()).toEqual([]);
      expect(names(registry)).toEqual(['nightly']);
    }));

  test('refuses a name that an open rename is about to take', () =>
    withRegistry((registry) => {
      const record = create(registry);
      const renamed = makeState({ spec: { name: 'weekly' } });
      const entry = registry.begin(changeRequest(registry, record, renamed));
      expect(failure(() => registry.begin(newRequest(registry, renamed))).code).toBe('CONFLICT');
      registry.rollBack(entry, NOW);
      expect(create(registry, { spec: { name: 'weekly' } }).spec.name).toBe('weekly');
    }));

  test('the name of an archived schedule is free', () =>
    withRegistry((registry) => {
      const first = create(registry);
      change(registry, first, { ...stateOf(first), desired: 'archived', nativeId: null });
      const second = create(registry);
      expect(registry.schedule('nightly').id).toBe(second.id);
    }));

  test('an archived schedule cannot come back under a taken name', () =>
    withRegistry((registry) => {
      const first = create(registry);
      const archived = present(change(registry, first, { ...stateOf(first), desired: 'archived' }));
      create(registry);
      expect(failure(() => registry.begin(changeRequest(registry, archived, stateOf(first)))).code).toBe('CONFLICT');
    }));

  test('names the holder of a live lease and how long it lasts', () =>
    withRegistry((registry) => {
      const record = create(registry);
      registry.begin(changeRequest(registry, record, stateOf(record), { holder: OTHER }));
      expect(
        failure(() => registry.begin(changeRequest(registry, record, stateOf(record), { now: NOW + 5_500 }))),
      ).toMatchObject({
        code: 'CONFLICT',
        message: '"nightly" is being changed by bob@there on there (pid 77): update, for up to 25 s more',
      });
    }));

  test('names an entry that was left open, and what heals it', () =>
    withRegistry((registry) => {
      const record = create(registry);
      const entry = registry.begin(changeRequest(registry, record, stateOf(record), { holder: OTHER }));
      registry.leaveOpen(entry, 'no answer', NOW);
      expect(failure(() => registry.begin(changeRequest(registry, record, stateOf(record))))).toMatchObject({
        code: 'CONFLICT',
        message: '"nightly" has an unfinished update by bob@there on there (pid 77): no answer',
        hint: '`sched audit --fix` finishes it or takes it back.',
      });
    }));

  test('refuses a record that was changed meanwhile, one that is gone, and an unknown orchestrator', () =>
    withRegistry((registry) => {
      const record = create(registry);
      change(registry, record, { ...stateOf(record), desired: 'paused' });
      expect(failure(() => registry.begin(changeRequest(registry, record, stateOf(record))))).toMatchObject({
        code: 'CONFLICT',
        message: '"nightly" was changed meanwhile',
      });
      expect(
        failure(() => registry.begin(changeRequest(registry, { ...record, id: randomUUID() }, stateOf(record)))).code,
      ).toBe('NOT_FOUND');
      const elsewhere = makeState({ orchestratorId: randomUUID(), spec: { name: 'other' } });
      expect(failure(() => registry.begin(newRequest(registry, elsewhere))).code).toBe('ORCHESTRATOR_NOT_FOUND');
      expect(names(registry)).toEqual(['nightly']);
    }));
});

describe('mark', () => {
  test('records step, phase and native ids by generation, and renews the lease', () =>
    withRegistry((registry) => {
      const record = create(registry);
      const after = makeState({ generation: 2, nativeId: null });
      const opened = registry.begin(
        changeRequest(registry, record, after, {
          steps: [
            { do: 'create', generation: 2, paused: true },
            { do: 'pause', generation: 1 },
          ],
        }),
      );
      expect(opened.natives).toEqual({ 1: 'native-1' });
      const about = registry.mark(opened, { step: 0, phase: 'about', now: NOW + 1_000, lease: LEASE });
      expect(about).toMatchObject({ step: 0, phase: 'about', leaseUntil: NOW + 1_000 + LEASE });
      // From the entry as it was opened: what is known since is kept.
      registry.mark(opened, { step: 0, phase: 'done', nativeId: 'native-2', now: NOW + 2_000, lease: LEASE });
      const last = registry.mark(opened, { step: 1, phase: 'about', now: NOW + 3_000, lease: 5 });
      expect(last).toMatchObject({
        step: 1,
        phase: 'about',
        natives: { 1: 'native-1', 2: 'native-2' },
        leaseUntil: NOW + 3_005,
      });
      expect(registry.openEntries(record.id)).toEqual([last]);
      expect(registry.openEntries(randomUUID())).toEqual([]);
    }));

  test('fails once another process holds the entry, or has ended it', () =>
    withRegistry((registry) => {
      const entry = registry.begin(newRequest(registry, makeState()));
      const taken = registry.takeOver(entry, OTHER, NOW + LEASE, LEASE);
      const mark = () => registry.mark(entry, { step: 0, phase: 'about', now: NOW, lease: LEASE });
      expect(failure(mark)).toMatchObject({
        code: 'CONFLICT',
        message: 'The create of "nightly" was taken over by bob@there on there (pid 77)',
      });
      expect(failure(() => registry.settle(entry, settlement(makeState()))).code).toBe('CONFLICT');
      expect(failure(() => registry.rollBack(entry, NOW)).code).toBe('CONFLICT');
      registry.settle(taken, settlement(makeState()));
      expect(failure(mark)).toMatchObject({
        code: 'CONFLICT',
        message: 'The create of "nightly" was ended by another process',
      });
    }));
});

describe('revise', () => {
  test('writes record and revision where nothing native changes', () =>
    withRegistry((registry) => {
      const record = create(registry, {}, { baseline: { a: 1 }, nextRun: 5 });
      const after = makeState({ spec: { name: 'weekly' } });
      const number = registry.startChange({ verb: 'update', actor: 'ada', reason: 'clearer', at: NOW });
      const revised = registry.revise(number, record.id, 1, after, NOW + 4);
      expect(revised).toEqual({ ...record, ...after, revision: 2, updated: NOW + 4 });
      expect(registry.change(number)).toEqual({
        number,
        verb: 'update',
        actor: 'ada',
        reason: 'clearer',
        at: NOW,
        revisions: [
          { change: number, scheduleId: record.id, schedule: 'weekly', revision: 2, before: stateOf(record), after },
        ],
      });
    }));

  test('conflicts as begin does', () =>
    withRegistry((registry) => {
      const record = create(registry);
      const other = create(registry, { spec: { name: 'other' } });
      const revise = (revision: number, name: string) => () =>
        registry.revise(1, record.id, revision, makeState({ spec: { name } }), NOW);
      expect(failure(revise(1, 'other')).code).toBe('CONFLICT');
      expect(failure(revise(0, 'free')).code).toBe('CONFLICT');
      registry.begin(changeRequest(registry, record, stateOf(record)));
      expect(failure(revise(1, 'free')).code).toBe('CONFLICT');
      expect(registry.scheduleById(other.id)).toEqual(other);
    }));
});
