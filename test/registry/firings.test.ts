import { describe, expect, test } from '@jest/globals';
import type { FiringState, OpenOccurrence } from '../../src/registry/firing.js';
import type { Registry, ScheduleRecord } from '../../src/registry/registry.js';
import type { DueOccurrence } from '../../src/time/due.js';
import { change, create, inScratch, LOCAL, ME, makeRun, NOW, open, present, withRegistry } from './support.js';

const MINUTE = 60_000;
const HOLDER = { host: ME.host, pid: ME.pid };
const OTHER = { host: ME.host, pid: 4_000_000 };
const AGENT = { firedBy: 'agent', nativeId: 'native-1' } as const;

function dueAt(registry: Registry, now: number): FiringState {
  return present(registry.dueFirings(now, 9)[0]);
}

/** Notes occurrences `minutes` after NOW, at the last of them. */
function note(registry: Registry, trigger: DueOccurrence['trigger'], ...minutes: readonly number[]): void {
  const now = NOW + Math.max(...minutes) * MINUTE;
  const occurrences = minutes.map((minute) => ({ at: NOW + minute * MINUTE, trigger }));
  expect(registry.noteOccurrences(dueAt(registry, now), { occurrences, now, next: now + MINUTE })).toBe(true);
}

function openAt(registry: Registry, minute: number): readonly OpenOccurrence[] {
  return registry.openOccurrences(LOCAL.id, NOW + minute * MINUTE, 99);
}

function ask(
  registry: Registry,
  occurrence: OpenOccurrence | undefined,
  patch: object = {},
): OpenOccurrence | undefined {
  const by = { nativeId: 'native-1', holder: HOLDER, beside: false, now: NOW + 9 * MINUTE, lease: MINUTE, ...patch };
  return registry.askFor(present(occurrence), by);
}

describe('what is due', () => {
  test('is looked at at once, noted by one agent, and not again before its next time', () =>
    withRegistry((registry) => {
      const { id } = create(registry, AGENT);
      create(registry, { spec: { name: 'by itself' } });
      const state = dueAt(registry, NOW);
      expect(state).toEqual({ scheduleId: id, revision: 1, consideredUntil: NOW, missedUntil: NOW, fired: 0 });
      const noted = { occurrences: [{ at: NOW + 1, trigger: 'schedule' as const }], now: NOW + 1, next: NOW + MINUTE };
      expect(registry.noteOccurrences(state, noted)).toBe(true);
      expect(registry.noteOccurrences(state, { ...noted, now: NOW + MINUTE })).toBe(false);
      expect(registry.dueFirings(NOW + MINUTE - 1, 9)).toEqual([]);
      expect(dueAt(registry, NOW + MINUTE)).toMatchObject({ consideredUntil: NOW + 1, fired: 1 });
      expect(openAt(registry, 1)).toEqual([
        { scheduleId: id, at: NOW + 1, trigger: 'schedule', asked: null, nativeId: null, tries: 0 },
      ]);
    }));

  test('of a record that has changed since is left to the next look', () =>
    withRegistry((registry) => {
      const record = create(registry, AGENT);
      const state = dueAt(registry, NOW);
      change(registry, record, { ...record, spec: { ...record.spec, overlap: 'allow' } });
      const noted = { occurrences: [{ at: NOW + 1, trigger: 'schedule' as const }], now: NOW + 1, next: null };
      expect(registry.noteOccurrences(state, noted)).toBe(false);
      expect(openAt(registry, 1)).toEqual([]);
    }));
});

describe('a claim', () => {
  test('is one agent’s until it gives it up, its lease is over, or it is provably dead', () =>
    inScratch((folder) => {
      const alive = new Set([HOLDER.pid, OTHER.pid]);
      const registry = open(`${folder}/registry.db`, { isAlive: (pid) => alive.has(pid) });
      create(registry, AGENT);
      note(registry, 'schedule', 9);
      const [occurrence] = openAt(registry, 9);
      const held = ask(registry, occurrence, { holder: OTHER });
      expect(held).toMatchObject({ asked: NOW + 9 * MINUTE, nativeId: 'native-1' });
      expect([ask(registry, occurrence), openAt(registry, 9)]).toEqual([undefined, []]);
      registry.freeOccurrences(NOW + 9 * MINUTE);
      expect(openAt(registry, 9)).toEqual([]);
      // Somebody who does not hold it cannot give it up.
      const given = { due: NOW, refused: true, holder: HOLDER, now: NOW + 9 * MINUTE };
      registry.putOffOccurrence(present(occurrence), given);
      registry.putOffOccurrence(present(occurrence), { ...given, holder: null });
      expect(openAt(registry, 9)).toEqual([]);
      alive.delete(OTHER.pid);
      registry.freeOccurrences(NOW + 9 * MINUTE);
      expect(openAt(registry, 9)).toMatchObject([{ asked: NOW + 9 * MINUTE }]);
      const again = ask(registry, openAt(registry, 9)[0], { now: NOW + 9 * MINUTE + 5 });
      expect(again?.asked).toBe(NOW + 9 * MINUTE);
      expect(openAt(registry, 10)).toEqual([]);
      expect(openAt(registry, 11)).toHaveLength(1);
      registry.close();
    }));

  test('is refused beside another one of its schedule, unless runs may overlap', () =>
    withRegistry((registry) => {
      create(registry, AGENT);
      note(registry, 'schedule', 8, 9);
      const [first, second] = openAt(registry, 9);
      expect(ask(registry, first)).toBeDefined();
      expect(ask(registry, second)).toBeUndefined();
      expect(ask(registry, second, { beside: true })).toBeDefined();
    }));

  test('is refused for a native object that is not the recorded one, and while paused', () =>
    withRegistry((registry) => {
      const record = create(registry, AGENT);
      note(registry, 'schedule', 9);
      const [occurrence] = openAt(registry, 9);
      expect(ask(registry, occurrence, { nativeId: 'native-0' })).toBeUndefined();
      change(registry, record, { ...record, desired: 'paused' });
      expect([ask(registry, occurrence), openAt(registry, 9)]).toEqual([undefined, []]);
    }));

  test('ends with its run in one: the run that was given up meanwhile goes', () =>
    withRegistry((registry) => {
      const { id } = create(registry, AGENT);
      note(registry, 'schedule', 9);
      const [occurrence] = openAt(registry, 9);
      const end = { counts: true, now: NOW + 9 * MINUTE };
      const lost = makeRun({ nativeId: 'key', scheduled: NOW + 9 * MINUTE, started: null, status: 'unknown' });
      registry.endOccurrence(present(occurrence), lost, end);
      const found = { ...lost, nativeId: 'job-1', status: 'running' } as const;
      registry.endOccurrence(present(occurrence), found, end);
      expect(registry.runs({ scheduleId: id, limit: 9 })).toMatchObject([{ nativeId: 'job-1', status: 'running' }]);
      expect(registry.scheduleById(id)?.lastRun?.nativeId).toBe('job-1');
      expect([openAt(registry, 99), registry.lastAnswer(id)]).toEqual([[], { nativeId: 'job-1', at: end.now }]);
      expect(registry.unendedRuns(LOCAL.id)).toEqual([
        { scheduleId: id, nativeId: 'native-1', since: NOW + 9 * MINUTE },
      ]);
    }));
});

describe('what was not fired in time', () => {
  const waiting = (registry: Registry) =>
    openAt(registry, 99).map(({ at, trigger }) => `${(at - NOW) / MINUTE} ${trigger}`);

  test.each([
    ['none', 1, ['9 schedule'], 1],
    ['last', 1, ['9 schedule', '7 catchup'], 2],
    ['all', 2, ['9 schedule', '6 catchup', '7 catchup'], 3],
  ] as const)('is left to the policy: %s', (catchup, catchupLimit, left, fired) =>
    withRegistry((registry) => {
      create(registry, { ...AGENT, spec: { catchup, catchupLimit } });
      note(registry, 'schedule', 5, 6, 7, 9);
      registry.missOverdue(NOW + 8 * MINUTE, NOW + 9 * MINUTE);
      expect(waiting(registry)).toEqual(left);
      expect(dueAt(registry, NOW + 99 * MINUTE).fired).toBe(fired);
    }),
  );

  test('stays when the target may have started it', () =>
    withRegistry((registry) => {
      create(registry, AGENT);
      note(registry, 'schedule', 5);
      ask(registry, openAt(registry, 9)[0]);
      registry.missOverdue(NOW + 99 * MINUTE, NOW + 99 * MINUTE);
      expect(waiting(registry)).toEqual(['5 schedule']);
    }));
});

test('an ended record leaves nothing to fire but what may have been started; one that is brought back starts anew', () =>
  withRegistry((registry) => {
    const record = create(registry, AGENT);
    note(registry, 'schedule', 8, 9);
    ask(registry, openAt(registry, 9)[0]);
    const ended = present(change(registry, record, { ...record, desired: 'archived' }) as ScheduleRecord | undefined);
    expect(registry.dueFirings(NOW + 99 * MINUTE, 9)).toEqual([]);
    expect(openAt(registry, 99).map(({ asked }) => asked)).toEqual([NOW + 9 * MINUTE]);
    expect(registry.firingOrchestrators()).toEqual([LOCAL.id]);
    change(registry, ended, { ...record, desired: 'active' }, { now: NOW + 50 * MINUTE });
    expect(dueAt(registry, NOW + 50 * MINUTE)).toMatchObject({ consideredUntil: NOW + 50 * MINUTE, fired: 0 });
    expect(registry.check()).toEqual([]);
  }));

test('a target that cannot tell what a run stands for takes nothing away from what is known', () =>
  withRegistry((registry) => {
    const { id } = create(registry, AGENT);
    registry.saveRuns([{ scheduleId: id, run: makeRun({ trigger: 'catchup', started: null }) }]);
    const told = makeRun({ scheduled: null, started: null, trigger: 'manual', status: 'succeeded' });
    registry.saveRuns([{ scheduleId: id, run: told }]);
    expect(registry.runs({ scheduleId: id, limit: 9, since: NOW })).toMatchObject([
      { scheduled: NOW, trigger: 'catchup', status: 'succeeded' },
    ]);
    expect(registry.scheduleById(id)?.lastRun?.scheduled).toBe(NOW);
  }));
