/** Files and disks that are not as they should be. */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { type Ended, enter, type Place, PROGRAM, ROOT, run, sched, schedEach } from './program.js';
import { refused } from './refusal.js';

let place: Place;
beforeEach(() => {
  place = enter();
});
afterEach(() => place.leave());

const CREATE = ['create', 'one', '--every', '1h', '--timezone', 'UTC', '--paused', '--', 'true'];
const ANOTHER = CREATE.with(1, 'two');

/** The registry with a schedule, everything in its own file. */
async function given(): Promise<void> {
  const [ended] = await schedEach(place, [CREATE]);
  expect(ended?.exit).toBe(0);
  settle(place.registry);
  settle(place.agentFile);
}

function settle(file: string): void {
  const handle = new Database(file);
  handle.pragma('wal_checkpoint(TRUNCATE)');
  handle.close();
}

/** As somebody who may not do everything: when the tests run as root, the process starts as nobody. */
function asNobody(argv: readonly string[]): Promise<Ended> {
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...argv], {
      cwd: '/',
      env: place.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...nobody,
    });
    const written = { stdout: '', stderr: '' };
    child.stdout?.on('data', (piece) => {
      written.stdout += String(piece);
    });
    child.stderr?.on('data', (piece) => {
      written.stderr += String(piece);
    });
    child.on('close', (code, signal) => resolve({ exit: code ?? signal, ...written }));
  });
}

/** Gives the place to nobody, folders and files, with these modes. */
function give(folderMode: number, fileMode: number): void {
  const folder = dirname(place.registry);
  for (const path of [place.folder, dirname(folder), folder]) {
    chmodSync(path, 0o755);
  }
  chmodSync(place.registry, fileMode);
  if (process.getuid?.() === 0) {
    chownSync(place.registry, 65534, 65534);
    for (const path of [folder, dirname(place.agentFile), place.agentFile]) {
      chownSync(path, 65534, 65534);
    }
  }
  chmodSync(folder, folderMode);
}

describe('a registry that may only be read', () => {
  test.each([
    ['its file', 0o755, 0o444],
    ['its folder', 0o555, 0o644],
  ])('(%s) is read, and what would change it says so', async (_what, folderMode, fileMode) => {
    await given();
    give(folderMode, fileMode);
    const before = readFileSync(place.registry);
    const listed = await asNobody(['list', '-o', 'name']);
    expect(listed).toEqual({ exit: 0, stdout: 'one\n', stderr: '' });
    const standing = readFileSync(place.agentFile);
    const changes = [
      ANOTHER,
      ['resume', 'one'],
      ['update', 'one', '--every', '2h'],
      ['delete', 'one', '--yes'],
      ['undo', '1'],
    ];
    for (const argv of changes) {
      refused(await asNobody(argv), 1, 'registry', place.registry, 'cannot be written', 'writable');
    }
    const asJson = await asNobody([...ANOTHER.slice(0, 2), '-o', 'json', ...ANOTHER.slice(2)]);
    expect(JSON.parse(asJson.stderr)).toMatchObject({ error: { code: 'REGISTRY', cause: expect.any(String) } });
    settle(place.agentFile);
    expect([readFileSync(place.registry).equals(before), readFileSync(place.agentFile).equals(standing)]).toEqual([
      true,
      true,
    ]);
    chmodSync(dirname(place.registry), 0o755);
  });

  test('a folder in which it cannot be made is named, with the way out', async () => {
    mkdirSync(join(place.folder, 'data'));
    chmodSync(place.folder, 0o755);
    chmodSync(join(place.folder, 'data'), 0o555);
    refused(await asNobody(['list']), 1, place.registry, 'cannot be made', '--registry');
  });

  test('a file that may not even be read', async () => {
    await given();
    give(0o755, 0o000);
    refused(await asNobody(['list']), 1, place.registry, /cannot be (opened|read|written)/);
  });
});

describe('a disk that is full', () => {
  const FULL = ['--require', join(ROOT, 'test', 'whole', 'full.cjs')];

  test.each(['registry.db', 'agent.db'])('under %s: said so, and nothing is half done', async (file) => {
    await given();
    // Far more than the pages that are there have room for.
    const long = ['create', 'two', '--every', '1h', '--paused', '--', 'true', 'x'.repeat(100_000)];
    const env = { SCHED_FULL: file };
    refused(await sched(place, long, { node: FULL, env }), 1, file, 'the disk is full', 'make room');
    const [list, audit, again] = await schedEach(place, [['list', '-o', 'name'], ['audit'], ANOTHER]);
    expect(list?.stdout).toBe('one\n');
    expect(audit?.exit).toBe(0);
    expect(again?.exit).toBe(0);
  });

  test('a file that may not grow: a sentence, and nothing is half done', async () => {
    await given();
    const limited = await run(
      '/bin/sh',
      ['-c', 'ulimit -f 8; exec "$@"', 'sh', process.execPath, PROGRAM, ...ANOTHER],
      place,
    );
    refused(limited, 1, /cannot (grow|be read or written|be written)/);
    const [list, audit] = await schedEach(place, [['list', '-o', 'name'], ['audit']]);
    expect([list?.stdout, audit?.exit]).toEqual(['one\n', 0]);
  });

  test('standard output on a full device', async () => {
    await given();
    const told = await run('/bin/sh', ['-c', 'exec "$@" > /dev/full', 'sh', process.execPath, PROGRAM, 'list'], place);
    refused(told, 1, 'stdout cannot be written', 'ENOSPC');
  });
});

describe('a file that is no registry', () => {
  test.each<[string, (file: string) => void, readonly (string | RegExp)[]]>([
    ['text', (file) => writeFileSync(file, 'name: nightly\n'.repeat(200)), ['is not a database', 'move this one away']],
    ['a folder', (file) => mkdirSync(file), ['cannot be opened']],
    [
      'another program’s database',
      (file) => {
        const handle = new Database(file);
        handle.exec('PRAGMA application_id = 7; CREATE TABLE t (a)');
        handle.close();
      },
      ["another program's database"],
    ],
  ])('%s stays as it is', async (_what, make, says) => {
    mkdirSync(dirname(place.registry), { recursive: true });
    make(place.registry);
    const before = statSync(place.registry).isFile() ? readFileSync(place.registry) : null;
    refused(await sched(place, ['list']), 1, place.registry, ...says);
    refused(await sched(place, CREATE), 1, place.registry);
    expect(before === null || readFileSync(place.registry).equals(before)).toBe(true);
    expect(existsSync(place.agentFile)).toBe(false);
  });

  test.each(['list', 'audit', 'create'])('a newer registry is refused by %s and stays as it is', async (verb) => {
    await given();
    const handle = new Database(place.registry);
    handle.pragma('user_version = 9990');
    handle.pragma('wal_checkpoint(TRUNCATE)');
    handle.close();
    const before = readFileSync(place.registry);
    const argv = verb === 'create' ? ANOTHER : [verb];
    refused(await sched(place, argv), 1, place.registry, 'newer sched', '9990', 'Upgrade');
    expect(readFileSync(place.registry).equals(before)).toBe(true);
  });

  test('a damaged one is said to be damaged, by every command that meets the damage', async () => {
    await given();
    const bytes = readFileSync(place.registry);
    const file = join(place.work, 'damaged.db');
    const size = bytes.readUInt16BE(16);
    // Every page but the first, which says what the file is.
    writeFileSync(file, Buffer.concat([bytes.subarray(0, size), Buffer.alloc(bytes.length - size, 0x5a)]));
    const before = readFileSync(file);
    for (const argv of [['list'], CREATE, ['audit'], ['history']]) {
      refused(
        await sched(place, [...argv.slice(0, 1), '--registry', file, ...argv.slice(1)]),
        1,
        'is damaged',
        'sched registry check',
      );
    }
    expect(readFileSync(file).equals(before)).toBe(true);
    const cut = join(place.work, 'cut.db');
    copyFileSync(place.registry, cut);
    truncateSync(cut, Math.floor(bytes.length / 2));
    const ended = await sched(place, ['registry', 'check', '--registry', cut]);
    expect(ended.exit).toBe(1);
    expect(`${ended.stdout}${ended.stderr}`).toMatch(/damaged|page|malformed/);
    expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/internal error|^ {4}at /m);
  });
});

test('files of a new registry belong to the user alone', async () => {
  rmSync(dirname(place.registry), { recursive: true, force: true });
  await given();
  const mode = (path: string) => statSync(path).mode & 0o777;
  expect([mode(dirname(place.registry)), mode(place.registry), mode(place.agentFile)]).toEqual([0o700, 0o600, 0o600]);
});
