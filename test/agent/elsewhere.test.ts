/** The agent as a whole, where it fires on other orchestrators: what it serves, how it stops. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { serve } from '../../src/agent/serve.js';
import { MINUTE, START } from '../drivers-local/samples.js';
import { type FiredScenery, firedScenery, type Process } from './fired-scenery.js';
import { eventually } from './processes.js';

let scene: FiredScenery;
beforeEach(() => {
  scene = firedScenery('memory', ['fake', 'other']);
});
afterEach(() => scene.leave());

const started = () => scene.fake.target.requests().filter((line) => line.startsWith('trigger'));

function begin(agent: Process, patch: Partial<Parameters<typeof serve>[0]> = {}): Promise<void> {
  return serve({ once: false, graceSeconds: 5, orchestrator: undefined, ...patch }, agent.context);
}

describe('what an agent serves', () => {
  test('is nothing where every orchestrator fires by itself', async () => {
    await scene.make({}, { firedBy: 'orchestrator' });
    await expect(begin(scene.process(), { once: true })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: 'Nothing here needs an agent: there is no local orchestrator, and no schedule that an agent fires.',
    });
    await expect(begin(scene.process(), { once: true, orchestrator: 'other' })).rejects.toMatchObject({
      message: 'other fires by itself: it needs no agent.',
    });
  });

  test('is every schedule that an agent fires, in one pass with --once, without a local orchestrator', async () => {
    await scene.make({ name: 'here' });
    await scene.make({ name: 'there', catchup: 'all', overlap: 'allow' }, { on: 'other' });
    scene.clock.set(START + 20 * MINUTE);
    const agent = scene.process();
    await begin(agent, { once: true });
    expect([scene.runs('here'), scene.runs('there')]).toEqual([
      ['20 schedule running'],
      ['10 catchup running', '20 schedule running'],
    ]);
    expect([scene.registry.lastHeartbeat(), agent.lines]).toEqual([START + 20 * MINUTE, []]);
  });

  test('is one orchestrator when it is named', async () => {
    await scene.make({ name: 'here' });
    await scene.make({ name: 'there' }, { on: 'other' });
    scene.clock.set(START + 10 * MINUTE);
    await begin(scene.process(), { once: true, orchestrator: 'other' });
    expect([scene.started('here'), scene.started('there')]).toEqual([0, 1]);
  });
});

describe('an agent that is told to stop', () => {
  test('in the middle of a call waits for its answer and keeps the run', async () => {
    await scene.make();
    scene.clock.set(START + 10 * MINUTE);
    scene.fake.target.inject({ on: 'trigger', kind: 'slow', milliseconds: 200 });
    const agent = scene.process();
    const serving = begin(agent);
    await eventually(() => started().length === 1);
    agent.stop.abort();
    scene.clock.set(START + 20 * MINUTE);
    await serving;
    expect(scene.runs()).toEqual(['10 schedule running']);
    expect(agent.lines).toEqual([expect.stringMatching(/^Firing fake from .*registry\.db\. Ctrl-C stops\.$/)]);
  });

  test.each(['slow', 'mute'] as const)('twice, ends at once; the next agent finds the one run (%s)', async (kind) => {
    await scene.make();
    scene.clock.set(START + 10 * MINUTE);
    scene.fake.target.inject({ on: 'trigger', kind, milliseconds: 200 } as Parameters<
      typeof scene.fake.target.inject
    >[0]);
    const agent = scene.process();
    const serving = begin(agent, { graceSeconds: 60 });
    await eventually(() => started().length === 1);
    const asked = performance.now();
    agent.stop.abort();
    agent.terminate.abort();
    await serving;
    expect(performance.now() - asked).toBeLessThan(150);
    expect(scene.runs()).toEqual([]);
    await begin(scene.process(), { once: true });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect([scene.runs(), scene.started()]).toEqual([['10 schedule running'], 1]);
  });

  test('ends with its grace when the target says nothing', async () => {
    await scene.make();
    scene.clock.set(START + 10 * MINUTE);
    scene.fake.target.inject({ on: 'trigger', kind: 'hang' });
    const agent = scene.process();
    const serving = begin(agent, { graceSeconds: 0.05 });
    await eventually(() => started().length === 1);
    agent.stop.abort();
    await serving;
    expect([scene.started(), agent.lines.length]).toEqual([0, 1]);
  });
});

test('an agent that runs on fires what comes due, and a pause that is over ends by it', async () => {
  await scene.make();
  const agent = scene.process();
  const serving = begin(agent);
  await eventually(() => agent.lines.length === 1);
  expect(scene.started()).toBe(0);
  scene.clock.set(START + 10 * MINUTE);
  await eventually(() => scene.runs().length === 1);
  const { setPaused } = await import('../../src/operations/pause.js');
  const selection = { names: ['nightly'], labels: [], all: false };
  const until = () => START + 14 * MINUTE;
  await setPaused({ selection, paused: true, until, reason: null, dryRun: false }, scene.process().context);
  scene.clock.set(START + 15 * MINUTE);
  await eventually(() => scene.record().desired === 'active');
  agent.stop.abort();
  await serving;
  expect(agent.lines).toContain('resuming nightly');
});
