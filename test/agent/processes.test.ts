import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { exists, isRunning, processStart, thisProcess } from '../../src/agent/processes.js';
import { recover } from '../../src/agent/recovery.js';
import { openStore } from '../../src/drivers/local/store/open.js';
import { MINUTE, requestOf, SECOND, START, scratch } from '../drivers-local/samples.js';

test('a process is known by its number and its start, so that a number given anew is another process', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? 0;
  const started = processStart(pid);
  expect(started).toMatch(/^\d+$/);
  expect(isRunning({ pid, started })).toBe(true);
  expect(isRunning({ pid, started: null })).toBe(true);
  expect(isRunning({ pid, started: `${started}0` })).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isRunning({ pid, started })).toBe(false);
  expect(isRunning({ pid, started: null })).toBe(false);
  expect(exists(pid)).toBe(false);
});

test('a process that has ended but whose status nobody took does not run', async () => {
  // The shell becomes a sleep, which never takes the status of the child that the shell had.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [text] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(text.toString());
  const started = processStart(pid);
  expect(isRunning({ pid, started })).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(exists(pid)).toBe(true);
  expect(isRunning({ pid, started })).toBe(false);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
});

test('an agent is given up when its process is gone, or, where that cannot be seen, after a minute of silence', () => {
  const place = scratch();
  const store = openStore(place.file);
  const here = thisProcess();
  const gone = { ...here, pid: 2 ** 22 + 1 };
  const agents = {
    alive: here,
    gone,
    reborn: { ...here, pidStarted: '1' },
    elsewhere: { ...gone, host: 'another host' },
    container: { ...gone, pidSpace: 'another' },
  };
  const runs = Object.entries(agents).map(([id, agent]) => {
    store.register({ ...agent, id, once: false }, START);
    const nativeId = store.create(requestOf(), START, []);
    store.consider(nativeId, id, START + MINUTE);
    return nativeId;
  });
  const lost = (now: number) => recover(store, { agent: 'me', here, now }).settled.length;
  expect(lost(START + MINUTE)).toBe(2);
  expect(lost(START + MINUTE)).toBe(0);
  expect(lost(START + MINUTE + SECOND)).toBe(2);
  expect(runs.map((nativeId) => store.runs(nativeId, { since: null, before: null, limit: 1 }).runs[0]?.status)).toEqual(
    ['pending', 'unknown', 'unknown', 'unknown', 'unknown'],
  );
  store.close();
  place.remove();
});
