import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { NativeRun } from '../../src/schedule.js';
import { command, everySeconds, SECOND, scratch } from '../drivers-local/samples.js';
import { type AgentProcess, buildAgent, eventually, startAgent } from './processes.js';
import { type Scenery, scenery } from './scenery.js';

const workshop = scratch();
let program: string;
let scene: Scenery;
let agents: AgentProcess[];

beforeAll(async () => {
  program = await buildAgent(workshop.folder);
});
afterAll(() => workshop.remove());
beforeEach(() => {
  scene = scenery();
  agents = [];
});
afterEach(async () => {
  await Promise.all(agents.map((agent) => (agent.process.exitCode === null ? agent.end('SIGKILL') : null)));
  await scene.leave();
});

function start(options = {}): AgentProcess {
  const agent = startAgent(program, scene.file, options);
  agents.push(agent);
  return agent;
}

const never = { timing: { kind: 'once', at: Date.UTC(9000, 0, 1) } } as const;
const isOver = (run: NativeRun) => run.status !== 'pending' && run.status !== 'running';

describe('an agent that is killed', () => {
  test('leaves running work to the next one, which watches it to its end', async () => {
    const flag = join(scene.folder, 'flag');
    const waits = scene.make({
      ...never,
      run: command('sh', '-c', `while [ ! -e ${flag} ]; do sleep 0.05; done; echo done`),
    });
    const limited = scene.make({ ...never, run: command('sleep', '60'), timeoutSeconds: 2 });
    const retried = scene.make({
      ...never,
      run: command('sh', '-c', 'sleep 0.1'),
      retry: { count: 1, delaySeconds: 0, factor: 1 },
    });
    const first = start();
    const [waiting, ending] = [scene.trigger(waits), scene.trigger(limited)];
    await eventually(
      () => scene.run(waits, waiting).status === 'running' && scene.run(limited, ending).status === 'running',
    );
    await first.end('SIGKILL');
    const orphan = scene.trigger(retried);
    // As if it had been claimed just before the kill.
    scene.store.take(orphan, deadAgent(), Date.now());

    const second = start();
    const settled = await eventually(() => isOver(scene.run(retried, orphan)) && scene.run(retried, orphan));
    expect(settled).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(scene.run(waits, waiting).status).toBe('running');
    await expect(
      eventually(() => isOver(scene.run(limited, ending)) && scene.run(limited, ending)),
    ).resolves.toMatchObject({
      status: 'timed_out',
      exitCode: null,
    });
    const before = Date.now();
    writeFileSync(flag, '');
    const watched = await eventually(() => isOver(scene.run(waits, waiting)) && scene.run(waits, waiting));
    expect(watched).toMatchObject({
      status: 'unknown',
      exitCode: null,
      reason: 'its agent ended while it ran; its exit status is not known',
    });
    expect(watched.finished).toBeGreaterThanOrEqual(before);
    expect((await scene.output(waits, waiting)).toString()).toBe('done\n');
    expect(await second.end('SIGTERM')).toBe(0);
    expect(second.problems()).toBe('');
  });

  test('after its work has ended leaves it unknown, and nobody waits for it', async () => {
    const nativeId = scene.make({ ...never, run: command('sleep', '0.3') });
    const first = start();
    const runId = scene.trigger(nativeId);
    await eventually(() => scene.run(nativeId, runId).status === 'running');
    await first.end('SIGKILL');
    await sleep(400);
    await scene.once();
    expect(scene.run(nativeId, runId)).toMatchObject({
      status: 'unknown',
      finished: null,
      reason: 'the agent ended while it ran; nobody saw its end',
    });
  });

  /** The id of the agent that has just been killed: the one whose process is gone. */
  function deadAgent(): string {
    const dead = scene.store.agents().find(({ pid }) => !existsSync(`/proc/${pid}`));
    if (dead === undefined) {
      throw new Error('no agent is dead');
    }
    return dead.id;
  }
});

describe('several agents', () => {
  test('fire every occurrence of 50 schedules once, and those killed at random leave no doubles and no silence', async () => {
    const marks = join(scene.folder, 'marks');
    const anchor = Date.now();
    const steady = make('steady', 20);
    function make(kind: string, count: number) {
      return Array.from({ length: count }, (_, index) =>
        scene.make({
          timing: everySeconds(2, anchor + index * 37),
          run: command(
            'sh',
            '-c',
            `mkdir -p ${marks}-${kind}-${index} && echo x >> ${marks}-${kind}-${index}/$SCHED_SCHEDULED_TIME`,
          ),
          name: `${kind}-${index}`,
        }),
      );
    }
    const two = [start(), start()];
    await sleep(5_000);
    const restless = make('restless', 30);
    const until = Date.now() + 6_000;
    const victims = [start(), start()];
    while (Date.now() < until) {
      await sleep(400 + Math.random() * 400);
      const [victim] = victims.splice(Math.random() < 0.5 ? 0 : 1, 1);
      await victim?.end('SIGKILL');
      victims.push(start());
    }
    await Promise.all(victims.map((victim) => victim.end('SIGKILL')));
    expect(await Promise.all(two.map((agent) => agent.end('SIGTERM')))).toEqual([0, 0]);
    const end = Date.now();
    await scene.once();
    await eventually(() => [...steady, ...restless].every((nativeId) => scene.runs(nativeId).every(isOver)));

    let unknown = 0;
    for (const [index, nativeId] of [...steady, ...restless].entries()) {
      const kind = index < steady.length ? 'steady' : 'restless';
      const number = index < steady.length ? index : index - steady.length;
      const runs = scene.runs(nativeId);
      const scheduled = runs.map((run) => run.scheduled ?? 0);
      expect(new Set(scheduled).size).toBe(runs.length);
      // No gap: each occurrence is two seconds after the one before it, up to the end.
      for (const [place, at] of scheduled.slice(1).entries()) {
        expect(at - (scheduled[place] ?? 0)).toBe(2 * SECOND);
      }
      expect(end - Math.max(...scheduled)).toBeLessThan(3 * SECOND);
      for (const run of runs) {
        const mark = join(
          `${marks}-${kind}-${number}`,
          new Date(run.scheduled ?? 0).toISOString().replace('.000Z', 'Z'),
        );
        const times = existsSync(mark) ? readFileSync(mark, 'utf8').length / 2 : 0;
        expect(['succeeded', 'unknown']).toContain(run.status);
        expect(times).toBeLessThanOrEqual(1);
        expect(run.status === 'succeeded' && times !== 1).toBe(false);
        unknown += run.status === 'unknown' ? 1 : 0;
      }
      expect(readdirSync(`${marks}-${kind}-${number}`).length).toBeLessThanOrEqual(runs.length);
    }
    expect(unknown).toBeLessThan(60);
    expect(two.map((agent) => agent.problems())).toEqual(['', '']);
  }, 40_000);
});

describe('a signal', () => {
  test('lets running work finish within the grace, and claims nothing more', async () => {
    const nativeId = scene.make({ ...never, run: command('sh', '-c', 'sleep 0.8; echo end') });
    const agent = start();
    const runId = scene.trigger(nativeId);
    await eventually(() => scene.run(nativeId, runId).status === 'running');
    agent.process.kill('SIGTERM');
    await sleep(100);
    const late = scene.trigger(nativeId);
    expect(await agent.ended()).toBe(0);
    expect(scene.run(nativeId, runId).status).toBe('succeeded');
    expect(scene.run(nativeId, late).status).toBe('pending');
    expect(scene.store.agents()).toEqual([]);
  });

  test('ends running work after the grace', async () => {
    const nativeId = scene.make({
      ...never,
      run: command('sleep', '60'),
      retry: { count: 3, delaySeconds: 1, factor: 1 },
    });
    const agent = start({ graceSeconds: 0.5 });
    const runId = scene.trigger(nativeId);
    await eventually(() => scene.run(nativeId, runId).status === 'running');
    const began = performance.now();
    expect(await agent.end('SIGINT')).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(450);
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(scene.run(nativeId, runId)).toMatchObject({
      status: 'stopped',
      reason: 'the agent was stopped',
      exitCode: 143,
    });
  });

  test('a second time ends it at once', async () => {
    const nativeId = scene.make({ ...never, run: command('sleep', '60') });
    const agent = start({ graceSeconds: null });
    const runId = scene.trigger(nativeId);
    await eventually(() => scene.run(nativeId, runId).status === 'running');
    agent.process.kill('SIGTERM');
    await sleep(700);
    expect(agent.process.exitCode).toBeNull();
    const began = performance.now();
    expect(await agent.end('SIGTERM')).toBe(0);
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(scene.run(nativeId, runId).status).toBe('stopped');
  });
});
