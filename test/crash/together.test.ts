/** Several processes of the program at once on one registry. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BUILD, type Ended, enter, type Place, ROOT, sched, schedEach, schedJson } from '../whole/program.js';
import { type Listed, natives, oneTruth } from './truth.js';

let place: Place;
let holder: ChildProcess | undefined;
beforeEach(() => {
  place = enter();
  holder = undefined;
});
afterEach(() => {
  holder?.kill('SIGKILL');
  place.leave();
});

const PROCESSES = 8;
const EACH = 50;

function create(name: string, ...more: readonly string[]): readonly string[] {
  return ['create', name, '--every', '1h', '--timezone', 'UTC', '--paused', ...more, '--', 'true'];
}

/** Runs lists of command lines at the same time, each list in a process of its own. */
function together(lists: readonly (readonly (readonly string[])[])[]): Promise<readonly (readonly Ended[])[]> {
  return Promise.all(lists.map((lines) => schedEach(place, lines)));
}

describe('eight processes', () => {
  test('with fifty creates each leave four hundred records, and nobody hears of a lock', async () => {
    const names = Array.from({ length: PROCESSES }, (_, process) =>
      Array.from({ length: EACH }, (_each, nth) => `p${process}-${nth}`),
    );
    // The registry does not exist yet: making it is part of the race.
    const ended = await together(names.map((own) => own.map((name) => create(name))));
    expect(ended.flat().filter(({ exit }) => exit !== 0)).toEqual([]);
    const { listed } = await oneTruth(place, []);
    expect(listed.map(({ name }) => name).sort()).toEqual(names.flat().sort());
    expect(new Set(listed.map(({ id }) => id)).size).toBe(PROCESSES * EACH);
    const { items } = await schedJson<{ items: readonly { change: number }[] }>(place, ['history', '--size', '1000']);
    expect(items.map(({ change }) => change)).toEqual(Array.from({ length: 400 }, (_, nth) => 400 - nth));
  }, 120_000);

  test('that create the same name: one has it, the others are told who', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ended = (await together(Array.from({ length: PROCESSES }, () => [create(`same${round}`)]))).flat();
      expect(ended.map(({ exit }) => exit).sort()).toEqual([0, 5, 5, 5, 5, 5, 5, 5]);
      for (const { stderr } of ended.filter(({ exit }) => exit === 5)) {
        expect(stderr).toMatch(/same\d/);
        expect(stderr).not.toMatch(/SQLITE|internal error/);
      }
    }
    const { listed } = await oneTruth(place, []);
    expect(listed).toHaveLength(5);
  }, 60_000);
});

describe('two commands on one schedule', () => {
  const PAIRS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['pause and update', ['pause', 'one'], ['update', 'one', '--every', '2h']],
    ['resume and delete', ['resume', 'one'], ['delete', 'one', '--yes']],
    ['two updates', ['update', 'one', '--every', '3h'], ['update', 'one', '--every', '4h']],
    ['delete and undo', ['delete', 'one', '--yes'], ['undo', '1']],
    ['two hard deletes', ['delete', 'one', '--yes', '--hard'], ['delete', 'one', '--yes', '--hard']],
  ];

  test.each(PAIRS)(
    '%s: serialised, or one is told of the other',
    async (_name, first, second) => {
      for (let round = 0; round < 4; round += 1) {
        const file = join(place.folder, `round${round}`, 'registry.db');
        const on = (argv: readonly string[]) => [...argv, '--registry', file];
        await schedEach(place, [['create', 'one', '--every', '1h', '--registry', file, '--', 'true']]);
        const both = await together([[on(first)], [on(second)]]);
        for (const { exit, stderr } of both.flat()) {
          expect([0, 3, 5]).toContain(exit);
          expect(stderr).not.toMatch(/SQLITE|internal error/);
        }
        expect(both.flat().filter(({ exit }) => exit === 0).length).toBeGreaterThanOrEqual(1);
        const there: Place = {
          ...place,
          registry: file,
          agentFile: join(place.folder, `round${round}`, 'agent', 'agent.db'),
        };
        await oneTruth({ ...there, env: { ...place.env, SCHED_REGISTRY: file } }, []);
      }
    },
    60_000,
  );

  test('while one holds the schedule, the other is told who and for how long', async () => {
    await schedEach(place, [create('one')]);
    const preload = join(ROOT, 'test', 'crash', 'hold.cjs');
    const held = spawn(
      process.execPath,
      ['--require', preload, join(BUILD, '..', 'bin', 'sched.cjs'), 'resume', 'one'],
      {
        cwd: place.work,
        env: place.env,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    holder = held;
    const ended = new Promise((resolve) => held.once('exit', resolve));
    await new Promise((resolve) => held.stderr.once('data', resolve));
    const told = await sched(place, ['update', 'one', '--every', '2h']);
    expect(told.exit).toBe(5);
    expect(told.stderr).toContain(`pid ${held.pid}`);
    expect(told.stderr).toMatch(/resume, for up to \d+ s more/);
    expect(await schedJson<Listed>(place, ['get', 'one'])).toMatchObject({ unfinished: expect.anything() });
    expect((await sched(place, ['audit'])).exit).toBe(10);
    held.kill('SIGKILL');
    await ended;
    // Its holder is dead: the next command that names the schedule finishes what it began.
    const { listed } = await oneTruth(place, [['update', 'one', '--every', '2h']]);
    expect(listed).toMatchObject([{ name: 'one', interval_second: 7200 }]);
    expect(natives(place)).toHaveLength(1);
  }, 30_000);
});
