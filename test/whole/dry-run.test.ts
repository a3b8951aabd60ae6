/** `--dry-run` says what would be done and writes nothing: neither the registry nor the orchestrator's file has another byte. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { enter, inPlace, type Place, schedEach } from './program.js';

let place: Place;
beforeEach(async () => {
  place = enter();
  const ended = await schedEach(place, [
    ['create', 'one', '--cron', '0 3 * * *', '--timezone', 'UTC', '--', 'true'],
    ['create', 'two', '--every', '1h', '--paused', '--label', 'team=ads', '--', 'true'],
    ['update', 'one', '--cron', '0 4 * * *'],
    ['create', 'gone', '--every', '1h', '--', 'true'],
    ['delete', 'gone', '--yes'],
  ]);
  expect(ended.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0]);
  for (const file of [place.registry, place.agentFile]) {
    const handle = new Database(file);
    handle.pragma('wal_checkpoint(TRUNCATE)');
    handle.close();
  }
});
afterEach(() => place.leave());

function bytes(): readonly (string | number)[] {
  return [place.registry, place.agentFile].flatMap((file) => [
    readFileSync(file).toString('base64'),
    existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0,
  ]);
}

const lines: readonly (readonly string[])[] = [
  ['create', 'three', '--every', '1h', '--dry-run', '--', 'true'],
  ['create', 'one', '--every', '1h', '--replace', '--dry-run', '--', 'true'],
  ['update', 'one', '--cron', '0 5 * * *', '--dry-run'],
  ['update', 'one', '--name', 'eins', '--dry-run'],
  ['pause', 'one', '--dry-run'],
  ['pause', '--all', '--dry-run'],
  ['resume', 'two', '--dry-run'],
  ['resume', '-l', 'team=ads', '--dry-run'],
  ['delete', 'one', '--dry-run'],
  ['delete', '--all', '--hard', '--dry-run'],
  ['delete', 'one', '--keep-native', '--dry-run'],
  ['trigger', 'one', '--dry-run'],
  ['backfill', 'one', '--from', '2026-01-01', '--to', '2026-01-05', '--dry-run'],
  ['undo', '3', '--dry-run'],
  ['undo', '5', '--dry-run'],
  ['audit', '--fix', '--dry-run'],
  ['agent', '--install', '--dry-run'],
];

test.each(lines.map((argv) => [argv.join(' '), argv] as const))('sched %s', async (_line, argv) => {
  const before = bytes();
  const [ended, json] = await schedEach(place, [argv, ['-o', 'json', ...argv]]);
  // No service manager: then an installation says so, and writes nothing all the same.
  expect(argv[0] === 'agent' ? [0, 6] : [0]).toContain(ended?.exit);
  expect(`${ended?.stdout}${ended?.stderr}`).toMatch(argv[0] === 'agent' ? /would|crontab/i : /would|nothing|planned/i);
  expect(bytes()).toEqual(before);
  expect(readdirSync(place.work)).toEqual([]);
  if (json?.exit === 0) {
    expect(JSON.parse(json.stdout)).toEqual(expect.any(Object));
  }
});

describe('what a dry run says', () => {
  test('is what is done then', async () => {
    const [planned, done, list] = await schedEach(place, [
      ['update', 'one', '--cron', '0 5 * * *', '--dry-run'],
      ['update', 'one', '--cron', '0 5 * * *'],
      ['list', '-o', 'csv', '--columns', 'name,cron_expression', '--name', 'one'],
    ]);
    const change = '  cron_expression   0 4 * * * → 0 5 * * *';
    expect(planned?.stdout).toContain(change);
    expect(done?.stdout).toContain(change);
    expect(list?.stdout).toBe('name,cron_expression\none,0 5 * * *\n');
  });
});

test.each([
  ['create', 'three', '--every', '1h', '--dry-run', '--', 'true'],
  ['pause', '--all', '--dry-run'],
  ['delete', '--all', '--dry-run'],
])('in an empty home sched %s leaves nothing behind', async (...argv) => {
  await inPlace(async (empty) => {
    const [ended] = await schedEach(empty, [argv]);
    expect(ended).toMatchObject({ exit: 0 });
    expect(existsSync(dirname(dirname(empty.registry)))).toBe(false);
  });
});
