import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type LocalStore, openStore } from '../../src/drivers/local/store/open.js';
import type { ScheduleSpec } from '../../src/schedule.js';
import { command, everySeconds, requestOf, SECOND, scratch } from '../drivers-local/samples.js';
import { type AgentProcess, buildAgent, eventually, startAgent } from './processes.js';

const workshop = scratch();
let program: string;
let place: ReturnType<typeof scratch>;
let store: LocalStore;
let agents: AgentProcess[];

beforeAll(async () => {
  program = await buildAgent(workshop.folder);
});
afterAll(() => workshop.remove());
beforeEach(() => {
  place = scratch();
  store = openStore(place.file);
  agents = [];
});
afterEach(async () => {
  await Promise.all(agents.filter((agent) => agent.process.exitCode === null).map((agent) => agent.end('SIGKILL')));
  store.close();
  place.remove();
});

function start(options = {}): AgentProcess {
  const agent = startAgent(program, place.file, options);
  agents.push(agent);
  return agent;
}

function make(patch: Partial<ScheduleSpec>): string {
  const { spec, scheduleId, stamp } = requestOf(patch);
  return store.create({ spec, paused: false, scheduleId, stamp }, Date.now(), []);
}

function runsOf(nativeId: string) {
  return store.runs(nativeId, { since: null, before: null, limit: 10_000 }).runs;
}

test('a schedule every two seconds has a run for each, on time', async () => {
  const nativeId = make({ timing: everySeconds(2), run: command('date') });
  const from = Date.now();
  const agent = start();
  await sleep(7_000);
  expect(await agent.end('SIGTERM')).toBe(0);
  const runs = runsOf(nativeId);
  expect(runs.length === 3 || runs.length === 4).toBe(true);
  for (const run of runs) {
    expect(run).toMatchObject({ status: 'succeeded', exitCode: 0, trigger: 'schedule', attempt: 1 });
    expect((run.started ?? 0) - (run.scheduled ?? 0)).toBeLessThan(SECOND);
    expect(run.scheduled).toBeGreaterThan(from);
  }
  expect(new Set(runs.map((run) => run.scheduled)).size).toBe(runs.length);
  expect(agent.problems()).toBe('');
  void eventually;
});
