/** Homes and streams that are not as they should be. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { enter, type Place, PROGRAM, run, sched, schedEach, until } from './program.js';
import { refused } from './refusal.js';

let place: Place;
let children: ChildProcess[];
beforeEach(() => {
  place = enter();
  children = [];
});
afterEach(() => {
  for (const child of children) {
    child.kill('SIGKILL');
  }
  place.leave();
});

const CREATE = ['create', 'one', '--every', '1h', '--timezone', 'UTC', '--paused', '--', 'true'];

async function given(): Promise<void> {
  const [ended] = await schedEach(place, [CREATE]);
  expect(ended?.exit).toBe(0);
}

describe('a home that is not there', () => {
  const bare = { XDG_DATA_HOME: undefined, XDG_CONFIG_HOME: undefined };

  test('HOME unset: the system’s own answer is taken', async () => {
    const path = await sched(place, ['registry', 'path'], { env: { ...bare, HOME: undefined } });
    expect(path).toMatchObject({ exit: 0, stderr: '' });
    expect(path.stdout).toMatch(/^\/.*\/\.local\/share\/sched\/registry\.db\n$/);
  });

  test('HOME that is no folder’s path: a sentence that names --registry', async () => {
    refused(
      await sched(place, ['list'], { env: { ...bare, HOME: 'nowhere' } }),
      2,
      'HOME',
      '--registry FILE',
      'SCHED_REGISTRY',
    );
    const named = await sched(place, ['list', '-o', 'name', '--registry', 'r.db'], {
      env: { ...bare, HOME: 'nowhere' },
    });
    expect(named.exit).toBe(0);
  });

  test('help and version need none', async () => {
    for (const argv of [['--help'], ['--version'], ['create', '--help'], ['version'], ['completion', 'bash']]) {
      expect(await sched(place, argv, { env: { ...bare, HOME: 'nowhere' } })).toMatchObject({ exit: 0, stderr: '' });
    }
  });
});

describe('streams', () => {
  const closed = (redirection: string, ...argv: readonly string[]) =>
    run('/bin/sh', ['-c', `exec "$@" ${redirection}`, 'sh', process.execPath, PROGRAM, ...argv], place);

  test('standard input closed: nobody is asked, nothing waits', async () => {
    await given();
    expect(await closed('<&-', 'list', '-o', 'name')).toEqual({ exit: 0, stdout: 'one\n', stderr: '' });
    refused(await closed('<&-', 'delete', 'one'), 2, '--yes');
    refused(await closed('<&-', 'create'), 2, 'When is it to run');
    expect((await closed('<&-', 'delete', 'one', '--yes')).exit).toBe(0);
  });

  test('standard error closed: the exit status still tells', async () => {
    expect(await closed('2>&-', 'get', 'nobody')).toEqual({ exit: 3, stdout: '', stderr: '' });
  });

  test('standard output closed: no trace', async () => {
    await given();
    const ended = await closed('>&-', 'list');
    expect(ended.stderr).not.toMatch(/^ {4}at |internal error/m);
  });

  test('a reader that goes early is no error: quiet, at once, exit 0', async () => {
    await schedEach(
      place,
      Array.from({ length: 150 }, (_, nth) => CREATE.with(1, `n${nth}`)),
    );
    for (const format of ['json', 'yaml', 'csv', 'table']) {
      const argv = ['list', '--size', '150', '--columns', 'all', '-o', format];
      const child = spawn(process.execPath, [PROGRAM, ...argv], {
        cwd: place.work,
        env: place.env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      children.push(child);
      let stderr = '';
      child.stderr.on('data', (piece) => {
        stderr += String(piece);
      });
      const exit = once(child, 'close');
      await once(child.stdout, 'data');
      child.stdout.destroy();
      const [code] = await exit;
      expect([format, code, stderr.replace(/^\d+ schedules\n$/, '')]).toEqual([format, 0, '']);
    }
  });

  test('an interrupted wait ends with 130 and says what becomes of the run', async () => {
    await given();
    const child = spawn(process.execPath, [PROGRAM, 'trigger', 'one', '--wait'], {
      cwd: place.work,
      env: place.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let stderr = '';
    child.stderr.on('data', (piece) => {
      stderr += String(piece);
    });
    const exit = once(child, 'close');
    // It waits once the run is there.
    await until(() => {
      const handle = new Database(place.agentFile, { readonly: true });
      const run = handle.prepare('SELECT 1 FROM runs').get();
      handle.close();
      return run !== undefined;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill('SIGINT');
    expect(await exit).toEqual([130, null]);
    expect(stderr).toMatch(/goes on; nobody waits for it/);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('an idle agent ends at %s at once, without an error', async (signal) => {
    await given();
    const child = spawn(process.execPath, [PROGRAM, 'agent'], {
      cwd: place.work,
      env: place.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const exit = once(child, 'close');
    await once(child.stderr, 'data');
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
  });
});
