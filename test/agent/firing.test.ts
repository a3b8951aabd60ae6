import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../src/database/open.js';
import { lastHeartbeat } from '../../src/drivers/local/heartbeat.js';
import { outputFile } from '../../src/drivers/local/output.js';
import type { ScheduledRun } from '../../src/drivers/local/store/rows.js';
import { LOCAL_SCHEMA } from '../../src/drivers/local/store/schema.js';
import { command, everySeconds, HOUR, MINUTE, SECOND } from '../drivers-local/samples.js';
import { eventually } from './processes.js';
import { type Scenery, scenery } from './scenery.js';

let scene: Scenery;
beforeEach(() => {
  scene = scenery();
});
afterEach(() => scene.leave());

const never = { timing: { kind: 'once', at: Date.UTC(9000, 0, 1) } } as const;

describe('an agent', () => {
  test('fires a schedule every two seconds on time, tells of it, and shows that it lives', async () => {
    const batches: (readonly ScheduledRun[])[] = [];
    const passes: number[] = [];
    const nativeId = scene.make({ timing: everySeconds(2), run: command('date') });
    const from = Date.now();
    const agent = scene.agent({ onRuns: (batch) => void batches.push(batch), onPass: (now) => void passes.push(now) });
    await sleep(7_000);
    expect(Date.now() - (lastHeartbeat(scene.file) ?? 0)).toBeLessThan(10_000);
    const { started } = await agent.stop();
    const runs = scene.runs(nativeId);
    expect(runs.length === 3 || runs.length === 4).toBe(true);
    expect(started).toBe(runs.length);
    for (const run of runs) {
      expect(run).toMatchObject({ status: 'succeeded', exitCode: 0, trigger: 'schedule', attempt: 1 });
      expect(run.scheduled).toBeGreaterThan(from);
      expect((run.started ?? 0) - (run.scheduled ?? 0)).toBeLessThan(SECOND);
      expect((await scene.output(nativeId, run.nativeId)).toString()).toMatch(/\d\d:\d\d:\d\d/);
    }
    expect(new Set(runs.map((run) => run.scheduled)).size).toBe(runs.length);
    const told = new Map(batches.flat().map(({ run }) => [run.nativeId, run]));
    expect([...told.values()]).toEqual(runs);
    expect(passes.length).toBeGreaterThanOrEqual(6);
    expect(passes.length).toBeLessThanOrEqual(10);
    expect(agent.problems).toEqual([]);
    expect(lastHeartbeat(scene.file)).toBeNull();
  });

  test('goes on when an entry or a hook fails, and says so', async () => {
    const good = scene.make({ timing: everySeconds(1) });
    const broken = scene.make({});
    const handle = openDatabase(scene.file, { ...LOCAL_SCHEMA, mode: 'write', kind: 'agent file' });
    handle
      .prepare(
        `UPDATE schedules SET next_due = 1, spec = json_set(spec, '$.timing', json('{"kind":"cron","expression":"x"}')) WHERE native_id = ?`,
      )
      .run(broken);
    handle.close();
    const agent = scene.agent({
      onRuns: () => {
        throw new Error('the registry is away');
      },
    });
    await eventually(() => scene.runs(good).length >= 2);
    await agent.stop();
    expect(agent.problems).toContain('Error: the registry is away');
    expect(agent.problems.filter((problem) => problem.includes('cron expression'))).toHaveLength(1);
    expect(scene.runs(broken)).toEqual([]);
  });

  test('starts what is asked for soon, also while paused, with the parameters given', async () => {
    const nativeId = scene.make({ ...never, parameters: { who: 'you' }, run: command('echo', 'hello {who}') });
    scene.store.setPaused(nativeId, true, Date.now(), null);
    const agent = scene.agent();
    const runId = scene.trigger(nativeId, { who: 'me' });
    const run = await eventually(() => scene.run(nativeId, runId).finished !== null && scene.run(nativeId, runId), 2);
    expect(run).toMatchObject({ status: 'succeeded', trigger: 'manual', scheduled: null });
    expect((await scene.output(nativeId, runId)).toString()).toBe('hello me\n');
    await agent.stop();
  });
});

describe('one pass', () => {
  test('fires what is due, waits for it and for what waited behind it, and ends', async () => {
    const began = Date.now();
    const anchor = began - 3 * HOUR + MINUTE;
    const timing = everySeconds(3600, anchor);
    const nativeId = scene.make({
      catchup: 'all',
      overlap: 'forbid',
      timing: { kind: 'once', at: began },
      run: command('sleep', '0.2'),
    });
    // As if it had been made three hours ago, and no agent had run since.
    scene.store.update(nativeId, { spec: { ...scene.spec(nativeId), timing }, version: null }, began - 3 * HOUR, null);
    const later = scene.make({ timing: { kind: 'once', at: began + HOUR } });
    await scene.once();
    const runs = scene.runs(nativeId);
    expect(runs.map(({ status, trigger }) => `${status} ${trigger}`)).toEqual(
      Array.from({ length: 3 }, () => 'succeeded catchup'),
    );
    expect(runs.map(({ scheduled }) => scheduled)).toEqual([0, 1, 2].map((hours) => anchor + hours * HOUR));
    expect(runs[1]?.started).toBeGreaterThanOrEqual(runs[0]?.finished ?? Number.POSITIVE_INFINITY);
    expect(scene.runs(later)).toEqual([]);
    expect(Date.now() - (lastHeartbeat(scene.file) ?? 0)).toBeLessThan(5_000);
  });
});

test('runs older than 30 days go with their output, and their folder when it is empty', async () => {
  const now = Date.now();
  const nativeId = scene.make({ ...never, run: command('echo', 'x') });
  const old = scene.store.trigger(
    nativeId,
    { key: 'a', parameters: {}, trigger: 'manual', scheduled: null },
    now - 31 * 24 * HOUR,
  );
  await scene.once();
  const file = outputFile(scene.file, { nativeId, runId: old.nativeId, attempt: 1 });
  expect(existsSync(file)).toBe(true);
  await scene.once({ clock: { now: () => Date.now() + 2 * HOUR } });
  expect(scene.runs(nativeId)).toEqual([]);
  expect(existsSync(dirname(file))).toBe(false);
});

describe('a watched folder', () => {
  test('has one run for each new or changed file, with its path, and none for what was there', async () => {
    const folder = scene.folder;
    writeFileSync(join(folder, 'old'), 'x');
    const timing = { kind: 'change', folder, pollSeconds: 1, parameter: 'file' } as const;
    const nativeId = await scene.create({ timing, overlap: 'forbid', run: command('echo', '{file}') });
    const agent = scene.agent();
    await sleep(1_300);
    expect(scene.runs(nativeId)).toEqual([]);
    writeFileSync(join(folder, 'one'), '1');
    writeFileSync(join(folder, 'a b%"'), '2');
    await eventually(() => scene.runs(nativeId).filter(({ status }) => status === 'succeeded').length === 2);
    writeFileSync(join(folder, 'old'), 'xy');
    // A file that grows at every look is not there yet.
    for (let size = 0; size < 16; size += 1) {
      writeFileSync(join(folder, 'growing'), 'g'.repeat(size));
      await sleep(100);
    }
    const before = await outputs(nativeId);
    expect(before).not.toContain(join(folder, 'growing'));
    await eventually(() => scene.runs(nativeId).filter(({ status }) => status === 'succeeded').length === 4);
    await sleep(1_500);
    await agent.stop();
    expect((await outputs(nativeId)).sort()).toEqual(
      ['a b%"', 'growing', 'old', 'one'].map((name) => join(folder, name)).sort(),
    );
    expect(agent.problems).toEqual([]);
  });

  async function outputs(nativeId: string): Promise<string[]> {
    const texts = await Promise.all(scene.runs(nativeId).map((run) => scene.output(nativeId, run.nativeId)));
    return texts.map((text) => text.toString().trimEnd());
  }
});
