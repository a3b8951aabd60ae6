/** Several agents on one registry, as processes, some of them killed: each occurrence once, none twice, none silent. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { enter, type Place, PROGRAM, sched, schedEach, until } from '../whole/program.js';
import { behind, type Finding, jsonOf } from './truth.js';

/** Seconds; the bench and long runs say more. */
const SECONDS = Number(process.env.SCHED_AGENT_SECONDS ?? 16);
const SCHEDULES = 200;
const EVERY = 2_000;

let place: Place;
let agents: ChildProcess[];
beforeEach(() => {
  place = enter();
  agents = [];
});
afterEach(async () => {
  for (const agent of agents) {
    if (agent.exitCode === null && agent.signalCode === null) {
      agent.kill('SIGKILL');
      await once(agent, 'exit');
    }
  }
  place.leave();
});

/** What the programs themselves wrote down: `name time`, one line a start. */
const NOTE = ['/bin/sh', '-c', 'echo "$1 $2" >> "$3"'];

async function given(count: number): Promise<void> {
  const log = join(place.work, 'log');
  const lines = Array.from({ length: count }, (_, nth) => [
    ...['create', `s${nth}`, '--every', '2s', '--timezone', 'UTC', '--overlap', 'allow', '--'],
    ...[...NOTE, 'note', `s${nth}`, '{scheduled_time}', log],
  ]);
  const ended = await schedEach(place, lines);
  expect(ended.filter(({ exit }) => exit !== 0)).toEqual([]);
}

function startAgent(): ChildProcess {
  const agent = spawn(process.execPath, [PROGRAM, 'agent', '--grace', '20s'], {
    cwd: place.work,
    env: place.env,
    stdio: 'ignore',
  });
  agents.push(agent);
  return agent;
}

/** Asks an agent to stop and waits until its programs have ended. */
async function stop(agent: ChildProcess): Promise<void> {
  const exit = once(agent, 'exit');
  agent.kill('SIGTERM');
  await exit;
}

interface Row {
  readonly schedule: string;
  readonly scheduled: number;
  readonly status: string;
  readonly trigger: string;
}

/** Every run of the timetable, by schedule, oldest first, from the agent's file itself. */
function occurrences(): ReadonlyMap<string, readonly Row[]> {
  const rows = behind(place.agentFile, (handle) =>
    handle
      .prepare(
        'SELECT schedule, scheduled, status, kind AS trigger FROM runs WHERE scheduled IS NOT NULL ORDER BY scheduled',
      )
      .all(),
  ) as Row[];
  const grouped = new Map<string, Row[]>();
  for (const row of rows) {
    grouped.set(row.schedule, [...(grouped.get(row.schedule) ?? []), row]);
  }
  return grouped;
}

/** The anchors of the schedules, by native id. */
function anchors(): ReadonlyMap<string, number> {
  const rows = behind(place.agentFile, (handle) =>
    handle.prepare("SELECT native_id AS id, json_extract(spec, '$.timing.anchor') AS anchor FROM schedules").all(),
  ) as { id: string; anchor: number }[];
  return new Map(rows.map(({ id, anchor }) => [id, anchor]));
}

/** The lines that programs wrote; fails when two are the same. */
function started(): readonly string[] {
  const log = join(place.work, 'log');
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
  const seen = new Set<string>();
  expect(lines.filter((line) => seen.size === seen.add(line).size)).toEqual([]);
  return lines;
}

test('an agent for eleven seconds fires every two seconds, five or six times, each with its output and exit status', async () => {
  const argv = ['create', 'tick', '--every', '2s', '--', '/bin/sh', '-c', 'echo "$1"', 'sh', '{scheduled_time}'];
  expect((await sched(place, argv)).exit).toBe(0);
  const agent = startAgent();
  await sleep(11_000);
  await stop(agent);
  const [runs, latest] = await schedEach(place, [
    ['runs', 'tick', '-o', 'json'],
    ['logs', 'tick'],
  ]);
  const { items } = jsonOf<{ items: readonly { id: string; scheduled_time: string }[] }>(runs, [0]);
  expect([5, 6]).toContain(items.length);
  expect(items).toEqual(
    items.map(() => expect.objectContaining({ status: 'succeeded', trigger: 'schedule', exit_code: 0 })),
  );
  expect(Date.parse(latest?.stdout.trim() ?? '')).toBe(Date.parse(items[0]?.scheduled_time ?? ''));
  const logs = await schedEach(
    place,
    items.map(({ id }) => ['logs', 'tick', '--run', id]),
  );
  expect(logs.map(({ stdout }) => Date.parse(stdout.trim()))).toEqual(
    items.map((item) => Date.parse(item.scheduled_time)),
  );
}, 30_000);

describe('two agents on one registry', () => {
  test(
    `fire ${SCHEDULES} schedules for ${SECONDS} s: every occurrence once, none twice`,
    async () => {
      await given(SCHEDULES);
      startAgent();
      startAgent();
      await sleep(SECONDS * 1000);
      const until = Date.now();
      await Promise.all(agents.map(stop));
      const all = occurrences();
      expect(all.size).toBe(SCHEDULES);
      for (const [id, anchor] of anchors()) {
        const times = (all.get(id) ?? []).map(({ scheduled }) => scheduled);
        // From the first after it was made to the last before the agents were asked to stop.
        expect(times).toEqual(Array.from({ length: times.length }, (_, nth) => anchor + (nth + 1) * EVERY));
        expect(until - (times.at(-1) ?? 0)).toBeLessThan(EVERY + 3_000);
      }
      const runs = [...all.values()].flat();
      expect(runs.filter(({ status }) => status !== 'succeeded')).toEqual([]);
      expect(started()).toHaveLength(runs.length);
      // Both took part.
      const by = behind(place.agentFile, (handle) => handle.prepare('SELECT DISTINCT agent FROM runs').all());
      expect(by).toHaveLength(2);
      const [audit, list] = await schedEach(place, [
        ['audit', '-o', 'json'],
        ['list', '-o', 'json', '--size', '500', '--columns', 'name,last_run_status'],
      ]);
      const { findings } = jsonOf<{ findings: readonly Finding[] }>(audit, [0, 11]);
      expect(findings.filter((found) => found.class !== 'unattended')).toEqual([]);
      expect(
        jsonOf<{ items: readonly { last_run_status: string }[] }>(list, [0]).items.map((one) => one.last_run_status),
      ).toEqual(Array.from({ length: SCHEDULES }, () => 'succeeded'));
    },
    (SECONDS + 60) * 1000,
  );
});

describe('agents killed at random', () => {
  test(
    'none twice, what was lost is unknown, and no occurrence is silent',
    async () => {
      const count = 40;
      await given(count);
      const began = Date.now();
      const seconds = Math.max(12, SECONDS - 4);
      startAgent();
      startAgent();
      let killed = 0;
      while (Date.now() - began < seconds * 1000) {
        await sleep(400 + Math.random() * 1_200);
        const living = agents.filter((agent) => agent.exitCode === null && agent.signalCode === null);
        const victim = living[Math.floor(Math.random() * living.length)];
        if (victim !== undefined) {
          const exit = once(victim, 'exit');
          victim.kill('SIGKILL');
          await exit;
          killed += 1;
        }
        startAgent();
      }
      expect(killed).toBeGreaterThan(5);
      // One more looks after what the dead left.
      startAgent();
      await sleep(3_000);
      const until = Date.now();
      await Promise.all(agents.filter((agent) => agent.exitCode === null && agent.signalCode === null).map(stop));
      const all = occurrences();
      const runs = [...all.values()].flat();
      // What died between its claim and its start is unknown; nothing is left behind as running or pending.
      expect(runs.filter(({ status }) => !['succeeded', 'unknown'].includes(status))).toEqual([]);
      const noted = started();
      expect(noted.length).toBeGreaterThanOrEqual(runs.filter(({ status }) => status === 'succeeded').length);
      expect(noted.length).toBeLessThanOrEqual(runs.length);
      // Somebody lived again within a minute, which is on time: each occurrence has its run.
      for (const [id, anchor] of anchors()) {
        const times = new Set((all.get(id) ?? []).map(({ scheduled }) => scheduled));
        const due = Array.from(
          { length: Math.floor((until - 3_000 - anchor) / EVERY) },
          (_, nth) => anchor + (nth + 1) * EVERY,
        );
        expect([id, due.filter((at) => !times.has(at))]).toEqual([id, []]);
      }
      // And everybody can see what became of it.
      const [audit, known] = await schedEach(place, [
        ['audit', '-o', 'json'],
        ['runs', '-o', 'json', '--size', '10000', '--status', 'unknown'],
      ]);
      const { findings } = jsonOf<{ findings: readonly Finding[] }>(audit, [0, 11]);
      expect(findings.filter((found) => !['unattended', 'failing'].includes(found.class))).toEqual([]);
      expect(jsonOf<{ items: readonly object[] }>(known, [0]).items).toHaveLength(
        runs.filter(({ status }) => status === 'unknown').length,
      );
    },
    (SECONDS + 60) * 1000,
  );

  test('a program whose agent dies goes on, and the next agent settles it', async () => {
    const created = await sched(place, [
      ...['create', 'long', '--at', new Date(Date.now() + 2_000).toISOString(), '--'],
      ...['/bin/sh', '-c', 'sleep 4; echo end'],
    ]);
    expect(created.exit).toBe(0);
    const first = startAgent();
    const running = async (): Promise<string | undefined> => {
      const [ended] = await schedEach(place, [['runs', 'long', '-o', 'json']]);
      return jsonOf<{ items: readonly { status: string }[] }>(ended, [0]).items[0]?.status;
    };
    await until(async () => (await running()) === 'running');
    const exit = once(first, 'exit');
    first.kill('SIGKILL');
    await exit;
    expect(await running()).toBe('running');
    startAgent();
    await until(async () => (await running()) !== 'running');
    // Who reaps a stranger's child does not learn its exit status.
    expect(['unknown', 'succeeded']).toContain(await running());
    const [logs] = await schedEach(place, [['logs', 'long']]);
    expect(logs).toMatchObject({ exit: 0, stdout: 'end\n' });
    const [all] = await schedEach(place, [['runs', 'long', '-o', 'json']]);
    expect(jsonOf<{ items: readonly unknown[] }>(all, [0]).items).toHaveLength(1);
  }, 30_000);
});
