import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { audit } from '../../src/operations/audit/audit.js';
import { fix } from '../../src/operations/audit/fix.js';
import { create } from '../../src/operations/create.js';
import { setPaused } from '../../src/operations/pause.js';
import { undo } from '../../src/operations/undo.js';
import { update } from '../../src/operations/update.js';
import { view } from '../../src/operations/view.js';
import { createInput } from '../crash/stage.js';
import { MINUTE, SECOND, START } from '../drivers-local/samples.js';
import { type FiredScenery, firedScenery, type Process, TEN_MINUTES } from './fired-scenery.js';

let scene: FiredScenery;
beforeEach(() => {
  scene = firedScenery('memory');
});
afterEach(() => scene.leave());

const selection = { names: ['nightly'], labels: [], all: false };
const pausing = (paused: boolean) => ({ selection, paused, until: null, reason: null, dryRun: false });

function native() {
  const [object] = scene.fake.target.objects();
  return object;
}

async function findings({ context }: Process): Promise<string[]> {
  const report = await audit({ names: [], orchestrator: undefined, since: null }, context);
  return report.findings.map((found) => found.class);
}

describe('an agent on another orchestrator', () => {
  test('fires what is due by a native object that stands still, keeps its run, and follows it to its end', async () => {
    const record = await scene.make();
    expect(record).toMatchObject({ firedBy: 'agent', desired: 'active', spec: { catchup: 'none', overlap: 'forbid' } });
    expect(native()).toMatchObject({ paused: true });
    const agent = scene.process();
    await agent.settle();
    expect(scene.started()).toBe(0);
    scene.clock.set(START + 10 * MINUTE - 1);
    await agent.settle();
    expect(scene.started()).toBe(0);
    scene.clock.set(START + 10 * MINUTE);
    await agent.settle();
    await agent.settle();
    expect(scene.runs()).toEqual(['10 schedule running']);
    expect(scene.started()).toBe(1);
    expect(scene.fake.target.runs(record.nativeId ?? '')[0]?.body).toMatchObject({
      trigger: 'schedule',
      scheduled: START + 10 * MINUTE,
    });
    scene.fake.target.endRuns(record.nativeId ?? '');
    // A new agent looks how the runs go with its first pass.
    await scene.process().settle();
    expect(scene.runs()).toEqual(['10 schedule succeeded']);
    expect(scene.record().nextRun).toBe(START + 20 * MINUTE);
    expect(native()).toMatchObject({ paused: true });
    expect(agent.lines).toEqual([]);
  });

  test('many agents at once start each occurrence once', async () => {
    const names = Array.from({ length: 20 }, (_, nth) => `s${nth}`);
    for (const name of names) {
      await scene.make({ name });
    }
    const agents = Array.from({ length: 4 }, () => scene.process());
    for (const _ of [1, 2, 3]) {
      scene.advance(10);
      await Promise.all(agents.map((agent) => agent.settle()));
      for (const { id } of scene.fake.target.objects()) {
        scene.fake.target.endRuns(id);
      }
    }
    expect(names.map((name) => scene.started(name))).toEqual(names.map(() => 3));
    expect(names.map((name) => scene.runs(name).length)).toEqual(names.map(() => 3));
  });

  test('start, end and maximum of runs are the agent’s to keep', async () => {
    await scene.make({ name: 'bounded', start: START + 15 * MINUTE, end: START + 35 * MINUTE, overlap: 'allow' });
    await scene.make({ name: 'counted', maxRuns: 2, overlap: 'allow' });
    const agent = scene.process();
    for (let ten = 0; ten < 5; ten += 1) {
      scene.advance(10);
      await agent.settle();
    }
    expect(scene.runs('bounded')).toEqual(['20 schedule running', '30 schedule running']);
    expect(scene.runs('counted')).toEqual(['10 schedule running', '20 schedule running']);
    const { registry, clock } = scene;
    expect(view(registry, scene.record('counted'), clock.now())).toMatchObject({ state: 'ended', nextRun: null });
  });

  test('a target that hangs delays no other', async () => {
    scene.leave();
    scene = firedScenery('memory', ['fake', 'other']);
    await scene.make({ name: 'stuck' });
    await scene.make({ name: 'free' }, { on: 'other' });
    scene.fake.target.inject({ on: 'runs', kind: 'hang', times: 9 });
    scene.advance(10);
    const agent = scene.process();
    const began = performance.now();
    await agent.fire.pass(scene.clock.now());
    while (scene.started('free') === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(performance.now() - began).toBeLessThan(300);
    await agent.fire.idle();
    expect(agent.lines).toEqual([expect.stringContaining('firing on fake: memory did not answer')]);
    expect(scene.started('stuck')).toBe(0);
  });
});

describe('what was missed', () => {
  test.each([
    ['none', ['190 schedule running']],
    ['last', ['180 catchup running', '190 schedule running']],
    ['all', ['160 catchup running', '170 catchup running', '180 catchup running', '190 schedule running']],
  ] as const)('while no agent was there is caught up with as the policy says: %s', async (catchup, expected) => {
    await scene.make({ catchup, catchupLimit: 3, overlap: 'allow' });
    scene.advance(190);
    await scene.process().settle();
    expect(scene.runs()).toEqual(expected);
    await scene.process().settle();
    expect(scene.started()).toBe(expected.length);
  });

  test.each([
    ['none', ['210 schedule running']],
    ['last', ['200 catchup running', '210 schedule running']],
    ['all', ['180 catchup running', '190 catchup running', '200 catchup running', '210 schedule running']],
  ] as const)('while the target was down, too: %s', async (catchup, expected) => {
    await scene.make({ catchup, catchupLimit: 3, overlap: 'allow' });
    scene.fake.target.inject({ on: 'trigger', kind: 'refused', status: 503, times: 10_000 });
    const agent = scene.process();
    for (let minute = 0; minute < 209; minute += 1) {
      scene.advance(1);
      await agent.pass();
    }
    expect(scene.runs()).toEqual([]);
    scene.fake.target.heal();
    scene.advance(1);
    await agent.settle();
    scene.advance(0.9);
    await agent.settle();
    expect(scene.runs()).toEqual(expected);
    expect(scene.started()).toBe(expected.length);
  });

  test('a target that is back within the minute has the run on time, once', async () => {
    await scene.make();
    scene.fake.target.inject({ on: 'identity', kind: 'dropped', times: 9 });
    const agent = scene.process();
    scene.advance(10);
    await agent.settle();
    expect([scene.started(), agent.lines.length]).toEqual([0, 1]);
    scene.fake.target.heal();
    scene.advance(0.1);
    await agent.settle();
    expect(scene.runs()).toEqual(['10 schedule running']);
  });

  test('a clock that is set back fires nothing a second time', async () => {
    await scene.make({ overlap: 'allow', catchup: 'all' });
    const agent = scene.process();
    scene.advance(30);
    await agent.settle();
    scene.clock.set(START + 5 * MINUTE);
    for (let minute = 5; minute <= 30; minute += 1) {
      await scene.process().settle();
      scene.advance(1);
    }
    expect(scene.started()).toBe(3);
    scene.clock.set(START + 40 * MINUTE);
    await agent.settle();
    expect(scene.runs().at(-1)).toBe('40 schedule running');
  });
});

describe('overlap', () => {
  test('forbid: an occurrence is skipped while an earlier run goes on by the target’s own word, also one started by hand', async () => {
    const { nativeId } = await scene.make();
    const agent = scene.process();
    const { driver } = await agent.context.connect(scene.registry.orchestrator('fake') as never);
    await driver.trigger(nativeId ?? '', { key: 'hand', parameters: {}, trigger: 'manual', scheduled: null });
    scene.advance(10);
    await agent.settle();
    scene.fake.target.endRuns(nativeId ?? '');
    scene.advance(10);
    await agent.settle();
    scene.advance(10);
    await agent.settle();
    expect(scene.runs().filter((run) => !run.startsWith('NaN'))).toEqual([
      '10 schedule skipped',
      '20 schedule running',
      '30 schedule skipped',
    ]);
    expect(scene.registry.runs({ scheduleId: scene.record().id, statuses: ['skipped'], limit: 1 })[0]?.reason).toMatch(
      /^the run run-.* still goes on$/,
    );
  });

  test('forbid: a run that the target does not show yet goes on all the same', async () => {
    await scene.make({ timing: { kind: 'interval', count: 10, unit: 'second', anchor: START, on: [], times: [] } });
    const agent = scene.process();
    scene.clock.set(START + 10 * SECOND);
    await agent.settle();
    scene.fake.target.inject({ on: 'runs', kind: 'empty' });
    scene.clock.set(START + 20 * SECOND);
    await agent.settle();
    expect(scene.started()).toBe(1);
  });

  test('forbid: what catches up waits for its turn', async () => {
    const { nativeId = '' } = await scene.make({ catchup: 'all' });
    scene.advance(39);
    const agent = scene.process();
    await agent.settle();
    expect(scene.started()).toBe(1);
    for (const started of [2, 3]) {
      await agent.settle();
      expect(scene.started()).toBe(started - 1);
      scene.fake.target.endRuns(nativeId ?? '');
      scene.advance(0.05);
      await agent.settle();
      expect(scene.started()).toBe(started);
    }
    expect(scene.runs()).toEqual(['10 catchup succeeded', '20 catchup succeeded', '30 catchup running']);
  });

  test('skipped runs do not count towards the maximum', async () => {
    const { nativeId } = await scene.make({ maxRuns: 2 });
    const agent = scene.process();
    for (let ten = 1; ten <= 4; ten += 1) {
      scene.advance(10);
      await agent.settle();
      if (ten === 2) {
        scene.fake.target.endRuns(nativeId ?? '');
      }
    }
    expect(scene.runs()).toEqual(['10 schedule succeeded', '20 schedule skipped', '30 schedule running']);
  });
});

describe('a change of its record', () => {
  test('pause and resume touch nothing native; what was due meanwhile is missed', async () => {
    const { nativeId } = await scene.make({ catchup: 'last' });
    const agent = scene.process();
    const before = scene.fake.target.requests().length;
    await setPaused(pausing(true), agent.context);
    expect(view(scene.registry, scene.record(), scene.clock.now()).state).toBe('paused');
    scene.advance(30);
    await agent.settle();
    expect(scene.started()).toBe(0);
    await setPaused(pausing(false), agent.context);
    const writes = scene.fake.target
      .requests()
      .slice(before)
      .filter((line) => line.startsWith('setPaused'));
    expect(writes).toEqual([]);
    expect(native()).toMatchObject({ id: nativeId, paused: true });
    expect(view(scene.registry, scene.record(), scene.clock.now())).toMatchObject({
      state: 'unattended',
      nextRun: START + 40 * MINUTE,
    });
    await agent.settle();
    expect(scene.runs()).toEqual(['30 catchup running']);
  });

  test('a resume drops what was missed under `none`, also what was noted before the pause', async () => {
    await scene.make();
    const agent = scene.process();
    scene.fake.target.inject({ on: 'runs', kind: 'dropped', times: 9 });
    scene.advance(10);
    await agent.settle();
    await setPaused(pausing(true), agent.context);
    scene.fake.target.heal();
    scene.advance(0.2);
    await agent.settle();
    await setPaused(pausing(false), agent.context);
    await agent.settle();
    expect(scene.runs()).toEqual([]);
    scene.advance(9.8);
    await agent.settle();
    expect(scene.runs()).toEqual(['20 schedule running']);
  });

  test('another timetable holds from the change on, and the native object is written', async () => {
    await scene.make({ overlap: 'allow' });
    const agent = scene.process();
    const hourly = { ...TEN_MINUTES, count: 25 } as typeof TEN_MINUTES;
    const patch = { name: 'nightly', reason: null, dryRun: false };
    await update({ ...patch, patch: (spec) => ({ ...spec, timing: hourly }) }, agent.context);
    for (let ten = 0; ten < 5; ten += 1) {
      scene.advance(10);
      await agent.settle();
    }
    expect(scene.runs()).toEqual(['50 schedule running']);
    expect(native()).toMatchObject({ paused: true, version: 2, body: { spec: { timing: hourly } } });
    expect(await findings(agent)).toEqual(['unattended', 'missed']);
  });

  test('an audit finds the template as it is to be, tells when somebody lets it fire, and puts it right', async () => {
    const { nativeId } = await scene.make();
    const agent = scene.process();
    scene.registry.noteHeartbeat(scene.clock.now());
    expect(await findings(agent)).toEqual([]);
    scene.fake.target.meddle(nativeId ?? '', { paused: false });
    const report = await audit({ names: [], orchestrator: undefined, since: null }, agent.context);
    expect(report.findings).toMatchObject([
      { class: 'drifted', fields: [{ field: 'paused', expected: true, actual: false }] },
    ]);
    const how = { deleteOrphans: false, maxChanges: 9, yes: true, dryRun: false, reason: null };
    const input = { ...how, backupFolder: `${agent.context.cwd}/backups` };
    await fix(report, input as Parameters<typeof fix>[1], agent.context, () => undefined);
    expect(native()).toMatchObject({ paused: true });
    expect(await findings(agent)).toEqual([]);
  });

  test('a replace hands over between orchestrator and agent by a new generation, and undo hands back', async () => {
    await scene.make({}, { firedBy: 'orchestrator' });
    const { context } = scene.process();
    const { draft, ...input } = createInput('* * * * *', 'replace');
    const asked = { ...input, draft: { ...draft, timing: TEN_MINUTES }, firedBy: 'agent' as const };
    expect(native()).toMatchObject({ paused: false });
    expect(await create(asked, context)).toMatchObject({
      outcome: 'replaced',
      differences: [{ field: 'fired_by', expected: 'orchestrator', actual: 'agent' }],
    });
    expect(scene.fake.target.objects()).toMatchObject([{ paused: true }]);
    expect(scene.record()).toMatchObject({ firedBy: 'agent', generation: 2, nativeId: native()?.id });
    expect((await create(asked, context)).outcome).toBe('unchanged');
    scene.advance(10);
    await scene.process().settle();
    expect(scene.started()).toBe(1);
    await undo({ change: 2, force: false, reason: null, dryRun: false }, context);
    expect(scene.fake.target.objects()).toMatchObject([{ paused: false }]);
    expect(scene.record()).toMatchObject({ firedBy: 'orchestrator', generation: 3 });
    scene.advance(10);
    await scene.process().settle();
    expect([scene.started(), scene.registry.check()]).toEqual([0, []]);
  });

  test('a deleted one starts nothing more, and one that is brought back starts anew', async () => {
    await scene.make({ catchup: 'all' });
    const { context } = scene.process();
    const { remove } = await import('../../src/operations/delete.js');
    const how = { selection, hard: false, keepNative: false, yes: true, reason: null, dryRun: false };
    await remove(how as unknown as Parameters<typeof remove>[0], context);
    scene.advance(30);
    await scene.process().settle();
    expect(scene.fake.target.requests().filter((line) => line.startsWith('trigger'))).toEqual([]);
    await undo({ change: 2, force: false, reason: null, dryRun: false }, context);
    await scene.process().settle();
    expect(scene.runs()).toEqual([]);
    scene.advance(10);
    await scene.process().settle();
    expect(scene.runs()).toEqual(['40 schedule running']);
  });
});

describe('is refused', () => {
  test.each([
    ['to replace runs', { overlap: 'replace' as const }, 'an agent cannot end a run there'],
    [
      'for a watched folder',
      { timing: { kind: 'change', folder: '/in', pollSeconds: 60, parameter: 'file' } as const },
      'an agent fires it by the clock alone',
    ],
  ])('%s', async (_what, patch, limit) => {
    await expect(scene.make(patch)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining(limit),
    });
    expect(scene.fake.target.objects()).toEqual([]);
  });
});
