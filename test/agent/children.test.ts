import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { trimOutput } from '../../src/agent/output-file.js';
import { exists } from '../../src/agent/processes.js';
import { outputFile } from '../../src/drivers/local/output.js';
import type { ScheduleSpec } from '../../src/schedule.js';
import { command, everySeconds, SECOND } from '../drivers-local/samples.js';
import { eventually } from './processes.js';
import { type Scenery, scenery } from './scenery.js';

let scene: Scenery;
beforeEach(() => {
  scene = scenery();
});
afterEach(() => scene.leave());

/** Nothing comes due by itself. */
const never = { timing: { kind: 'once', at: Date.UTC(9000, 0, 1) } } as const;

async function runOnce(patch: Partial<ScheduleSpec>, parameters: Record<string, string> = {}) {
  const nativeId = scene.make({ ...never, ...patch });
  const runId = scene.trigger(nativeId, parameters);
  await scene.once();
  return { nativeId, runId, run: scene.run(nativeId, runId), output: await scene.output(nativeId, runId) };
}

/** A program of this Node. */
function node(script: string, ...args: string[]): ScheduleSpec['run'] {
  return { ...command(process.execPath, '-e', script, ...args) } as ScheduleSpec['run'];
}

describe('a program', () => {
  test('has its output kept byte by byte, and in the order of writing', async () => {
    const script = `const fs = require('fs'); for (let i = 0; i < 300; i++) { fs.writeSync(1 + i % 2, Buffer.from([i % 256, 10, 255])) }`;
    const { run, output, nativeId, runId } = await runOnce({ run: node(script) });
    expect(run).toMatchObject({ status: 'succeeded', exitCode: 0, trigger: 'manual', reason: null });
    expect(output).toEqual(
      Buffer.concat(Array.from({ length: 300 }, (_, index) => Buffer.from([index % 256, 10, 255]))),
    );
    const file = outputFile(scene.file, { nativeId, runId, attempt: 1 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  });

  test('gets its arguments as they are, its own environment, its folder, no input, and a group of its own', async () => {
    const odd = ['', ' a  b ', '$(x) `y` ;&|', 'it\'s "q"', '--\n-', '%d\\', '\u202Eabc', 'x'.repeat(10_000)];
    const script = `process.stdin.on('data', () => process.exit(9)).on('end', () => process.stdout.write(JSON.stringify({
      args: process.argv.slice(1), env: process.env, cwd: process.cwd(),
      group: Number(require('fs').readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')[2]) === process.pid })))`;
    const run = {
      kind: 'command',
      argv: [process.execPath, '-e', script, '--', ...odd],
      cwd: scene.folder,
      env: { LONE: 'ü=\n%' },
    } as const;
    const { output, runId } = await runOnce({ run, name: 'n', pipeline: 'p', parameters: { a: 1 } }, { b: 'two' });
    expect(JSON.parse(output.toString())).toEqual({
      args: odd,
      cwd: scene.folder,
      group: true,
      env: {
        LONE: 'ü=\n%',
        PIPELINE_NAME: 'p',
        PIPELINE_PARAMS: '{"a":1,"b":"two"}',
        SCHED_SCHEDULE: 'n',
        SCHED_RUN_ID: runId,
        SCHED_SCHEDULED_TIME: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      },
    });
  });

  test.each([
    ['fails with its exit status', command('sh', '-c', 'exit 3'), 3, 'exit 3'],
    ['fails with the signal that ended it', command('sh', '-c', 'kill -SEGV $$'), 139, 'ended by SIGSEGV'],
    [
      'that does not exist is 127',
      command('no-such-program-anywhere'),
      127,
      'no-such-program-anywhere: no such program',
    ],
    ['that may not be run is 126', command('/etc/passwd'), 126, '/etc/passwd cannot be started (EACCES)'],
    ['with a NUL in an argument is 126', command('true', 'a\0b'), 126, 'true cannot be started: ERR_INVALID_ARG_VALUE'],
    ['with too long an argument is 126', command('true', 'x'.repeat(3_000_000)), 126, 'true cannot be started: E2BIG'],
    [
      'whose folder is gone says so',
      { kind: 'command', argv: ['true'], cwd: '/no/such/folder', env: {} } as const,
      null,
      'the working directory /no/such/folder does not exist',
    ],
  ])('%s', async (_name, run, exitCode, reason) => {
    expect((await runOnce({ run })).run).toMatchObject({ status: 'failed', exitCode, reason, attempt: 1 });
  });

  test('whose output cannot be kept fails, and the agent goes on', async () => {
    mkdirSync(join(dirname(scene.file)), { recursive: true });
    writeFileSync(join(dirname(scene.file), 'output'), 'in the way');
    const { run } = await runOnce({});
    expect(run).toMatchObject({ status: 'failed', reason: 'its output file cannot be written: ENOTDIR' });
  });
});

describe('time', () => {
  test('that is over ends the whole group, grandchildren and those that ignore SIGTERM too', async () => {
    const pids = join(scene.folder, 'pids');
    const script = `echo $$ >> ${pids}; (trap '' TERM; echo $(exec sh -c 'echo $PPID') >> ${pids}; while :; do sleep 0.1; done) & sleep 60 & echo $! >> ${pids}; wait`;
    const nativeId = scene.make({ ...never, run: command('sh', '-c', script), timeoutSeconds: 1 });
    const runId = scene.trigger(nativeId);
    const began = performance.now();
    await scene.once({ killSeconds: 1 });
    expect(performance.now() - began).toBeGreaterThan(1_900);
    expect(scene.run(nativeId, runId)).toMatchObject({ status: 'timed_out', reason: 'it took longer than 1 s' });
    const group = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    expect(group).toHaveLength(3);
    await eventually(() => group.every((pid) => !isAlive(pid)), 2);
  });

  test('between attempts is what the schedule says, and each attempt has its own part of the output', async () => {
    const script = 'echo try; date +%s%3N; exit 1';
    const nativeId = scene.make({
      ...never,
      run: command('bash', '-c', script),
      retry: { count: 2, delaySeconds: 0.4, factor: 2 },
    });
    const runId = scene.trigger(nativeId);
    const agent = scene.agent();
    const run = await eventually(() => {
      const present = scene.run(nativeId, runId);
      return present.status === 'failed' && present;
    });
    await agent.stop();
    expect(run).toMatchObject({ attempt: 3, exitCode: 1, reason: 'exit 1' });
    const times = [...(await scene.output(nativeId, runId)).toString().matchAll(/try\n(\d+)\n/g)].map(([, time]) =>
      Number(time),
    );
    expect(times).toHaveLength(3);
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(400);
    expect(second - first).toBeLessThan(700);
    expect(third - second).toBeGreaterThanOrEqual(800);
    expect(third - second).toBeLessThan(1_100);
    expect(existsSync(outputFile(scene.file, { nativeId, runId, attempt: 3 }))).toBe(true);
  });
});

test('overlap: side by side, skipped, or replaced', async () => {
  const anchor = Date.now() + 300;
  /** Three occurrences, a second apart, of a run that takes longer than that. */
  const make = (overlap: ScheduleSpec['overlap']) =>
    scene.make({ timing: everySeconds(1, anchor), end: anchor + 2 * SECOND, overlap, run: command('sleep', '1.5') });
  const schedules = [make('allow'), make('forbid'), make('replace')];
  const agent = scene.agent();
  const [allow = [], forbid = [], replace = []] = await eventually(() => {
    const all = schedules.map((nativeId) => scene.runs(nativeId));
    return all.every((runs) => runs.length === 3 && runs.every(({ finished }) => finished !== null)) && all;
  });
  await agent.stop();

  expect(allow.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(allow[1]?.started).toBeLessThan(allow[0]?.finished ?? 0);

  expect(forbid.map(({ status }) => status)).toEqual(['succeeded', 'skipped', 'succeeded']);
  expect(forbid[1]).toMatchObject({ started: null, reason: `the run ${forbid[0]?.nativeId} still goes on` });

  expect(replace.map(({ status }) => status)).toEqual(['stopped', 'stopped', 'succeeded']);
  expect(replace[0]?.reason).toMatch(/^replaced by the run of /);
  expect(replace[1]?.started).toBeGreaterThanOrEqual(replace[0]?.finished ?? Number.POSITIVE_INFINITY);
});

describe('output that grows', () => {
  test('is cut to its newer half while it is being written', async () => {
    const script = `const fs = require('fs'); for (let i = 0; i < 20e6; i += 1e6) fs.writeSync(1, 'x'.repeat(1e6 - 9) + String(i).padStart(8) + '\\n');
      setTimeout(() => fs.writeSync(1, 'end'), 2500)`;
    const { output, nativeId, runId } = await runOnce({ run: node(script) });
    expect(output.toString('latin1', 0, 90)).toMatch(
      /^\[the first 14757120 bytes of this output were dropped; at most 10485760 are kept\]\nx/,
    );
    expect(output.toString('latin1', output.length - 12)).toBe('19000000\nend');
    expect(statSync(outputFile(scene.file, { nativeId, runId, attempt: 1 })).size).toBe(5 * 1024 * 1024 + 3);
  });

  test('within its limit is left alone', () => {
    const file = join(scene.folder, 'small');
    writeFileSync(file, '0123456789');
    expect(trimOutput(file, 10)).toBe(0);
    expect(trimOutput(join(scene.folder, 'none'), 10)).toBe(0);
    expect(trimOutput(file, 9)).toBe(6);
    expect(readFileSync(file, 'utf8')).toBe('6789');
  });
});

function isAlive(pid: number): boolean {
  try {
    return exists(pid) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
