import { describe, expect, test } from '@jest/globals';
import { change, create, failure, NOW, present, stateOf, withRegistry } from './support.js';

const ONE = 'abcdef00-0000-4000-8000-000000000001';
const TWO = 'abcdef00-0000-4000-8000-000000000002';

describe('schedule', () => {
  test('by exact name, full id in any case, and id prefix of six or more', () =>
    withRegistry((registry) => {
      const record = create(registry, {}, { id: ONE });
      for (const word of ['nightly', ONE, ONE.toUpperCase(), 'abcdef', 'ABCDEF00-00']) {
        expect(registry.schedule(word)).toEqual(record);
      }
      for (const word of ['abcde', 'night', 'Nightly', 'abcdef01', '%', '']) {
        expect(failure(() => registry.schedule(word)).code).toBe('NOT_FOUND');
      }
    }));

  test('a name comes before an id prefix', () =>
    withRegistry((registry) => {
      create(registry, {}, { id: ONE });
      const named = create(registry, { spec: { name: 'abcdef' } });
      expect(registry.schedule('abcdef').id).toBe(named.id);
    }));

  test('a prefix of several ids is ambiguous, and the candidates are shown', () =>
    withRegistry((registry) => {
      create(registry, {}, { id: ONE });
      const other = create(registry, { spec: { name: 'weekly' } }, { id: TWO });
      change(registry, other, { ...stateOf(other), desired: 'archived' });
      expect(failure(() => registry.schedule('abcdef'))).toEqual({
        code: 'AMBIGUOUS',
        message: '"abcdef" fits 2 schedules',
        detail: `${ONE}  nightly  (active)\n${TWO}  weekly  (archived)`,
        hint: 'Give the full id.',
      });
    }));

  test('archived: by id always, by name when nothing live has it', () =>
    withRegistry((registry) => {
      const archive = (id: string) => {
        const record = create(registry, {}, { id });
        return present(change(registry, record, { ...stateOf(record), desired: 'archived' }));
      };
      const first = archive(ONE);
      expect(registry.schedule('nightly')).toEqual(first);
      const live = create(registry);
      expect(registry.schedule('nightly').id).toBe(live.id);
      expect(registry.schedule(ONE)).toEqual(first);
      change(registry, live, null);
      archive(TWO);
      expect(failure(() => registry.schedule('nightly'))).toMatchObject({
        code: 'AMBIGUOUS',
        message: '"nightly" fits 2 schedules',
      });
    }));

  test('an unknown name suggests the nearest', () =>
    withRegistry((registry) => {
      for (const name of ['nightly', 'nightly-2', 'weekly']) {
        create(registry, { spec: { name } });
      }
      expect(failure(() => registry.schedule('nigthly'))).toMatchObject({
        code: 'NOT_FOUND',
        message: 'No schedule is named "nigthly"',
        hint: 'Did you mean nightly?',
      });
      expect(failure(() => registry.schedule('something else')).hint).toBe('`sched list` shows what there is.');
    }));
});

test('names for completion: live ones that begin so, sorted', () =>
  withRegistry((registry) => {
    for (const name of ['b', 'ab_', 'ab', 'abx', 'aB', 'a']) {
      create(registry, { spec: { name } });
    }
    const gone = create(registry, { spec: { name: 'ab-gone' } });
    change(registry, gone, { ...stateOf(gone), desired: 'archived' });
    expect(registry.scheduleNames('ab', 9)).toEqual(['ab', 'ab_', 'abx']);
    expect(registry.scheduleNames('ab', 2)).toEqual(['ab', 'ab_']);
    expect(registry.scheduleNames('ab_', 9)).toEqual(['ab_']);
    expect(registry.scheduleNames('', 9)).toEqual(['a', 'aB', 'ab', 'ab_', 'abx', 'b']);
  }));

test('pauses that are due', () =>
  withRegistry((registry) => {
    const paused = (name: string, until: number | null) =>
      create(registry, { desired: 'paused', pause: { by: 'ada', at: NOW, reason: null, until }, spec: { name } });
    const later = paused('later', NOW + 10);
    const due = paused('due', NOW + 5);
    paused('for good', null);
    const resumed = paused('resumed', NOW);
    change(registry, resumed, { ...stateOf(resumed), desired: 'active', pause: null });
    expect(registry.pausesDue(NOW + 4)).toEqual([]);
    expect(registry.pausesDue(NOW + 5)).toEqual([due]);
    expect(registry.pausesDue(NOW + 10)).toEqual([due, later]);
  }));

test('notes of baseline, next run and heartbeat are no revisions', () =>
  withRegistry((registry) => {
    const record = create(registry);
    registry.noteBaseline(record.id, { paused: false });
    registry.noteNext([{ id: record.id, nextRun: NOW + 1, endsAt: NOW + 2 }]);
    expect(registry.schedule('nightly')).toEqual({
      ...record,
      baseline: { paused: false },
      nextRun: NOW + 1,
      endsAt: NOW + 2,
    });
    expect(registry.lastHeartbeat()).toBeNull();
    registry.noteHeartbeat(NOW);
    registry.noteHeartbeat(NOW + 10_000);
    expect(registry.lastHeartbeat()).toBe(NOW + 10_000);
  }));

test('changes, newest first, of all or of one schedule', () =>
  withRegistry((registry) => {
    const one = create(registry, { spec: { name: 'one' } });
    const two = create(registry, { spec: { name: 'two' } });
    const both = registry.startChange({ verb: 'pause', actor: 'ada', reason: 'holiday', at: NOW + 1 });
    registry.revise(both, one.id, 1, { ...stateOf(one), desired: 'paused' }, NOW + 1);
    registry.revise(both, two.id, 1, { ...stateOf(two), desired: 'paused' }, NOW + 1);
    expect(registry.change(both)).toMatchObject({ verb: 'pause', actor: 'ada', reason: 'holiday', at: NOW + 1 });
    expect(registry.change(both)?.revisions.map((revision) => revision.schedule)).toEqual(['one', 'two']);
    expect(registry.changes({ limit: 9 }).map(({ number }) => number)).toEqual([3, 2, 1]);
    expect(registry.changes({ limit: 1 }).map(({ number }) => number)).toEqual([3]);
    const ofTwo = registry.changes({ scheduleId: two.id, limit: 9 });
    expect(ofTwo.map(({ number, revisions }) => [number, revisions.map((revision) => revision.schedule)])).toEqual([
      [3, ['two']],
      [2, ['two']],
    ]);
    expect(registry.change(99)).toBeUndefined();
  }));
