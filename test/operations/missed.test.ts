import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../src/findings.js';
import { gather } from '../../src/operations/audit/evidence.js';
import { runFindings } from '../../src/operations/audit/missed.js';
import type { Registry, ScheduleRecord, ScheduleState } from '../../src/registry/registry.js';
import type { NativeRun } from '../../src/schedule.js';
import { create, ME, makeRun, NOW, withRegistry } from '../registry/support.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Made at NOW, due at every full hour UTC. */
function hourly(registry: Registry): ScheduleRecord {
  return create(registry, { spec: { timing: { kind: 'cron', expression: '0 * * * *' }, timezone: 'UTC' } });
}

function changed(registry: Registry, id: string, at: number, patch: Partial<ScheduleState>): void {
  const record = registry.scheduleById(id);
  if (record === undefined) {
    throw new Error('gone');
  }
  const { spec, desired, pause, firedBy, orchestratorId, generation, nativeId } = record;
  const change = registry.startChange({ verb: 'change', actor: ME.actor, reason: null, at });
  registry.revise(
    change,
    id,
    record.revision,
    { spec, desired, pause, firedBy, orchestratorId, generation, nativeId, ...patch },
    at,
  );
}

function ran(
  registry: Registry,
  scheduleId: string,
  hours: readonly number[],
  overrides: Partial<NativeRun> = {},
): void {
  registry.saveRuns(
    hours.map((hour) => {
      const scheduled = NOW + hour * HOUR;
      const run = makeRun({
        nativeId: `run-${hour}`,
        scheduled,
        started: scheduled,
        finished: scheduled + 1,
        status: 'succeeded',
        ...overrides,
      });
      return { scheduleId, run };
    }),
  );
}

function found(registry: Registry, id: string, now: number, since = NOW): Record<string, number> {
  const record = registry.scheduleById(id);
  if (record === undefined) {
    throw new Error('gone');
  }
  return Object.fromEntries(findings(registry, record, since, now).map((one) => [one.class, one.count]));
}

function findings(registry: Registry, record: ScheduleRecord, since: number, now: number): readonly Finding[] {
  return runFindings(record, gather(registry, [record], new Map(), since, now)(record), since, now);
}

describe('what should have run', () => {
  test('nothing is missed where every occurrence has its run', () =>
    withRegistry((registry) => {
      const { id } = hourly(registry);
      ran(registry, id, [1, 2, 3, 4]);
      expect(found(registry, id, NOW + 4.5 * HOUR)).toEqual({});
    }));

  test('an occurrence without a run is missed, and the first of them is named', () =>
    withRegistry((registry) => {
      const { id } = hourly(registry);
      ran(registry, id, [1, 4]);
      expect(found(registry, id, NOW + 4.5 * HOUR)).toEqual({ missed: 2 });
      const record = registry.scheduleById(id) as ScheduleRecord;
      expect(findings(registry, record, NOW, NOW + 4.5 * HOUR)[0]).toMatchObject({
        since: NOW + 2 * HOUR,
        detail: '2 of 4 runs',
      });
    }));

  test('one that never ran is told apart', () =>
    withRegistry((registry) => {
      const { id } = hourly(registry);
      expect(found(registry, id, NOW + 2.5 * HOUR)).toEqual({ never_ran: 2 });
    }));

  test('an occurrence less than a minute old may still start', () =>
    withRegistry((registry) => {
      const { id } = hourly(registry);
      ran(registry, id, [1]);
      expect(found(registry, id, NOW + 2 * HOUR + MINUTE - 1)).toEqual({});
      expect(found(registry, id, NOW + 2 * HOUR + MINUTE + 1)).toEqual({ missed: 1 });
    }));

  test('the period begins with since', () =>
    withRegistry((registry) => {
      const { id } = hourly(registry);
      ran(registry, id, [3]);
      expect(found(registry, id, NOW + 3.5 * HOUR, NOW + 2.5 * HOUR)).toEqual({});
    }));

  test('nothing is expected while it was paused', () =>
    withRegistry((registry) => {
      const { id } = hourly(registry);
      ran(registry, id, [1, 5]);
      changed(registry, id, NOW + 1.5 * HOUR, { desired: 'paused' });
      changed(registry, id, NOW + 4.5 * HOUR, { desired: 'active' });
      expect(found(registry, id, NOW + 5.5 * HOUR)).toEqual({});
    }));

  test('the timetable of the time counts, not the one of today', () =>
    withRegistry((registry) => {
      const { id, spec } = hourly(registry);
      changed(registry, id, NOW + 2.5 * HOUR, {
        spec: { ...spec, timing: { kind: 'cron', expression: '30 * * * *' } },
      });
      ran(registry, id, [1, 2, 3.5]);
      // Due at 1:00, 2:00, and then at 3:30 and 4:30.
      expect(found(registry, id, NOW + 5 * HOUR)).toEqual({ missed: 1 });
    }));

  test('what comes after the end is not expected', () =>
    withRegistry((registry) => {
      const { id } = hourly(registry);
      ran(registry, id, [1, 2]);
      registry.noteNext([{ id, nextRun: null, endsAt: NOW + 2 * HOUR }]);
      expect(found(registry, id, NOW + 9 * HOUR)).toEqual({});
    }));
});

describe('how it ran', () => {
  test('late by more than a minute', () =>
    withRegistry((registry) => {
      const { id } = hourly(registry);
      ran(registry, id, [1]);
      ran(registry, id, [2], { started: NOW + 2 * HOUR + 2 * MINUTE, finished: NOW + 2 * HOUR + 3 * MINUTE });
      expect(found(registry, id, NOW + 2.5 * HOUR)).toEqual({ late: 1 });
    }));

  test('a caught-up run is late by nature', () =>
    withRegistry((registry) => {
      const { id } = hourly(registry);
      ran(registry, id, [1], { trigger: 'catchup', started: NOW + 1.5 * HOUR, finished: NOW + 1.6 * HOUR });
      expect(found(registry, id, NOW + 1.9 * HOUR)).toEqual({});
    }));

  test('left out by overlap', () =>
    withRegistry((registry) => {
      const { id } = hourly(registry);
      ran(registry, id, [1]);
      ran(registry, id, [2], { status: 'skipped', started: null, finished: null });
      expect(found(registry, id, NOW + 2.5 * HOUR)).toEqual({ skipped: 1 });
    }));

  test('failing since the last good run', () =>
    withRegistry((registry) => {
      const { id } = hourly(registry);
      ran(registry, id, [1]);
      ran(registry, id, [2, 3], { status: 'failed', exitCode: 3 });
      expect(found(registry, id, NOW + 3.5 * HOUR)).toEqual({ failing: 2 });
      ran(registry, id, [4]);
      expect(found(registry, id, NOW + 4.5 * HOUR)).toEqual({});
    }));

  test('still running when the next one was due', () =>
    withRegistry((registry) => {
      const { id } = hourly(registry);
      ran(registry, id, [1], { status: 'running', finished: null });
      ran(registry, id, [2], { status: 'skipped', started: null, finished: null });
      expect(found(registry, id, NOW + 2.5 * HOUR)).toEqual({ skipped: 1, overrunning: 1 });
    }));
});
