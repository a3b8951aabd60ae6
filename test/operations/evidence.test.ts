/** What can be told of runs where the orchestrator keeps the latest only, and how often it is asked. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { audit } from '../../src/operations/audit/audit.js';
import { gather } from '../../src/operations/audit/evidence.js';
import { runFindings } from '../../src/operations/audit/missed.js';
import { create as createSchedule } from '../../src/operations/create.js';
import { trigger } from '../../src/operations/trigger.js';
import { presentAudit } from '../../src/present/audit.js';
import type { Registry, ScheduleRecord } from '../../src/registry/registry.js';
import type { NativeRun } from '../../src/schedule.js';
import { createInput } from '../crash/stage.js';
import { registerFakes } from '../fakes/fakes.js';
import { change, create, makeRun, NOW, withRegistry } from '../registry/support.js';
import { type Scene, STYLE, setScene, theirs } from './scene.js';

const HOUR = 3_600_000;

/** Due at every full hour UTC, on an orchestrator that keeps the latest runs only. */
function hourly(registry: Registry, overlap: 'allow' | 'forbid' = 'allow'): ScheduleRecord {
  registerFakes();
  const orchestrator = '00000000-0000-4000-8000-0000000000bb';
  registry.addOrchestrator(
    { id: orchestrator, name: 'recent', flavor: 'awkward', settings: {}, identity: null, isDefault: false },
    NOW,
  );
  return create(registry, {
    orchestratorId: orchestrator,
    spec: { timing: { kind: 'cron', expression: '0 * * * *' }, timezone: 'UTC', overlap },
  });
}

function run(hour: number, more: Partial<NativeRun> = {}): NativeRun {
  const scheduled = NOW + hour * HOUR;
  const times = { scheduled, started: scheduled, finished: scheduled + 1 };
  return makeRun({ nativeId: `run-${hour}`, ...times, status: 'succeeded', ...more });
}

/** Classes with counts, when these runs are listed now and were not seen before. */
function told(registry: Registry, { id }: ScheduleRecord, listed: readonly NativeRun[], hours = 8.5) {
  registry.saveRuns(listed.map((one) => ({ scheduleId: id, run: one })));
  const record = registry.scheduleById(id) as ScheduleRecord;
  const now = NOW + hours * HOUR;
  const evidence = gather(registry, [record], new Map([[id, listed]]), NOW, now)(record);
  return Object.fromEntries(runFindings(record, evidence, NOW, now).map((one) => [one.class, one.count]));
}

describe('where only the latest runs are kept', () => {
  test('what lies before the oldest that is listed is inconclusive, what lies after it is missed', () =>
    withRegistry((registry) => {
      expect(told(registry, hourly(registry), [run(4), run(5), run(8)])).toEqual({ missed: 2, inconclusive: 3 });
    }));

  test('without any run nothing can be told, not even that it never ran', () =>
    withRegistry((registry) => {
      expect(told(registry, hourly(registry), [])).toEqual({ inconclusive: 8 });
    }));

  test('what was seen earlier counts, but tells nothing of what was not seen', () =>
    withRegistry((registry) => {
      const record = hourly(registry);
      expect(told(registry, record, [run(1), run(2)], 2.5)).toEqual({});
      expect(told(registry, record, [run(7), run(8)])).toEqual({ inconclusive: 4 });
    }));

  test('the older end of those that went well and of those that failed both count', () =>
    withRegistry((registry) => {
      const failed = run(1, { status: 'failed', exitCode: 1 });
      expect(told(registry, hourly(registry), [failed, run(6), run(8)])).toEqual({ missed: 1, inconclusive: 4 });
    }));

  test('a first run that goes on tells nothing of what was before it', () =>
    withRegistry((registry) => {
      expect(told(registry, hourly(registry), [run(8, { status: 'running', finished: null })])).toEqual({
        inconclusive: 7,
      });
    }));

  test('an occurrence that a running one kept from starting is left out, not missed', () =>
    withRegistry((registry) => {
      const long = run(2, { finished: NOW + 4.2 * HOUR });
      const rest = [run(1), run(5), run(6), run(7), run(8)];
      expect(told(registry, hourly(registry, 'forbid'), [long, ...rest])).toEqual({ skipped: 2 });
    }));
});

describe('evidence from before the period', () => {
  const bad = (hour: number) => run(hour, { status: 'failed', exitCode: 1 });
  const failing = (registry: Registry, { id }: ScheduleRecord, since: number) => {
    const record = registry.scheduleById(id) as ScheduleRecord;
    const evidence = gather(registry, [record], new Map(), since, NOW + 8.5 * HOUR)(record);
    return runFindings(record, evidence, since, NOW + 8.5 * HOUR).map((one) => [one.class, one.count]);
  };

  test('is asked for where the last runs all failed', () =>
    withRegistry((registry) => {
      const record = create(registry, { spec: { timing: { kind: 'cron', expression: '0 * * * *' }, timezone: 'UTC' } });
      registry.saveRuns([run(3), bad(4), bad(5), bad(7), bad(8)].map((one) => ({ scheduleId: record.id, run: one })));
      expect(failing(registry, record, NOW + 6.5 * HOUR)).toEqual([['failing', 4]]);
      expect(failing(registry, record, NOW + 8.2 * HOUR)).toEqual([['failing', 4]]);
    }));

  test('tells of a run that began long ago and goes on', () =>
    withRegistry((registry) => {
      const record = create(registry, { spec: { timing: { kind: 'cron', expression: '0 * * * *' }, timezone: 'UTC' } });
      const runs = [run(1, { status: 'running', finished: null }), run(8)];
      registry.saveRuns(runs.map((one) => ({ scheduleId: record.id, run: one })));
      expect(failing(registry, record, NOW + 7.5 * HOUR)).toEqual([['overrunning', 1]]);
    }));

  test('tells how it was when the period began', () =>
    withRegistry((registry) => {
      const record = create(registry, { spec: { timing: { kind: 'cron', expression: '0 * * * *' }, timezone: 'UTC' } });
      const paused = change(registry, record, { ...record, desired: 'paused' }, { now: NOW + HOUR });
      const turns = registry.turns([record.id], NOW + 2 * HOUR).get(record.id);
      expect(paused?.revision).toBe(2);
      expect(turns?.map(({ state }) => state.desired)).toEqual(['paused']);
      expect(
        registry
          .turns([record.id], NOW)
          .get(record.id)
          ?.map(({ state }) => state.desired),
      ).toEqual(['active', 'paused']);
      expect(registry.turns([], NOW).size).toBe(0);
    }));
});

describe('an audit', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = setScene();
  });
  afterEach(() => scene.stage.leave());

  const asked = (operation: string) =>
    scene.stage.fake.target.requests().filter((line) => line.startsWith(`${operation} `)).length;

  test('asks for all runs at once, and for those of unmarked ones by themselves', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names) {
      const { draft, ...input } = createInput('0 3 * * *');
      await scene.played((context) => createSchedule({ ...input, draft: { ...draft, name } }, context));
    }
    const foreign = scene.stage.fake.target.plant({ spec: theirs() });
    await scene.adopted(foreign, { name: 'foreign' });
    for (const name of ['b', 'foreign']) {
      const start = { name, parameters: {}, wait: false, timeoutMs: null, dryRun: false };
      await scene.played((context) => trigger(start, context));
    }
    scene.stage.registry().compact();
    const before = { reads: asked('read'), runs: asked('runs') };
    await scene.audited();
    expect({ reads: asked('read') - before.reads, runs: asked('runs') - before.runs }).toEqual({ reads: 1, runs: 1 });
    expect(
      scene.stage
        .registry()
        .runs({ limit: 9 })
        .map(({ schedule }) => schedule)
        .sort(),
    ).toEqual(['b', 'foreign']);
  });

  test('of one name asks for that one alone', async () => {
    await scene.make();
    const before = { all: asked('allRuns'), runs: asked('runs') };
    await scene.played((context) => audit({ names: ['nightly'], orchestrator: undefined, since: null }, context));
    expect({ all: asked('allRuns') - before.all, runs: asked('runs') - before.runs }).toEqual({ all: 0, runs: 1 });
  });

  test('tells of every schedule when all runs cannot be read', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const { draft, ...input } = createInput('0 3 * * *');
      await scene.played((context) => createSchedule({ ...input, draft: { ...draft, name } }, context));
    }
    scene.stage.fake.target.inject({ on: 'allRuns', kind: 'refused', status: 403, times: 9 });
    const { findings } = await scene.audited();
    expect(findings.map((one) => [one.class, one.name])).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((name) => ['inconclusive', name]),
    );
    expect(findings[0]?.detail).toBe('its runs could not be read: the target answered 403');
    const told = presentAudit(await scene.audited(), null);
    expect(String(await told.text(STYLE)).match(/INCONCLUSIVE.*/g)).toEqual([
      'INCONCLUSIVE  5 schedules  fake  not all of their runs can be told; -o json says of which and why',
    ]);
    expect(told.item).toMatchObject({ findings: { length: 5 } });
  });
});
