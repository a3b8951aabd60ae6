/** Completion scripts as shells take them, and the live values that they ask for. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BUILD, enter, type Place, sched, schedEach } from './program.js';

let place: Place;
beforeAll(async () => {
  place = enter();
  await schedEach(
    place,
    ['nightly', 'night watch', 'weekly'].map((name) => ['create', name, '--every', '1h', '--', 'true']),
  );
});
afterAll(() => place.leave());

async function candidates(kind: string, typed = '', ...more: readonly string[]): Promise<readonly string[]> {
  const { exit, stdout, stderr } = await sched(place, ['__complete', kind, typed, ...more]);
  expect([exit, stderr]).toEqual([0, '']);
  return stdout.split('\n').slice(0, -1);
}

describe('live values', () => {
  test('are names that begin with what is typed', async () => {
    expect([...(await candidates('schedule', 'nig'))].sort()).toEqual(['night watch', 'nightly']);
    expect(await candidates('schedule', 'x')).toEqual([]);
    expect(await candidates('orchestrator')).toEqual(['local']);
    expect(await candidates('flavor')).toEqual(['kubernetes', 'local']);
    expect(await candidates('timezone', 'Europe/Berl')).toEqual(['Europe/Berlin']);
    expect([...(await candidates('change'))].sort()).toEqual(['1', '2', '3']);
  });

  test('are none where there is nothing to ask, and nothing is made', async () => {
    const empty = enter();
    try {
      expect(await sched(empty, ['__complete', 'schedule', ''])).toEqual({ exit: 0, stdout: '', stderr: '' });
      expect(existsSync(empty.registry)).toBe(false);
    } finally {
      empty.leave();
    }
    expect(await candidates('schedule', '', '/nowhere/registry.db')).toEqual([]);
    expect(await candidates('nonsense')).toEqual([]);
  });
});

describe.each(['bash', 'zsh', 'fish'])('the script for %s', (shell) => {
  test('names every command and asks for live values', async () => {
    const { exit, stdout, stderr } = await sched(place, ['completion', shell]);
    expect([exit, stderr]).toEqual([0, '']);
    const help = (await sched(place, ['--help'])).stdout;
    const verbs = [...help.matchAll(/^ {2}([a-z]+)(?: [a-z]+)? {2,}/gm)].map(([, verb = '']) => verb);
    expect(verbs.length).toBeGreaterThan(25);
    for (const verb of verbs) {
      expect(stdout).toContain(verb);
    }
    expect(stdout).toContain('__complete');
    expect(stdout).toContain('--timezone');
    expect(existsSync(BUILD)).toBe(true);
  });
});
