import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const TOUR = join(import.meta.dirname, '../../bin/tour.mjs');

/** Where the tour makes its scratch folder. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sched-tour-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('npm start', () => {
  test('walks the main job, shows every command line, ends with 0 and leaves nothing behind', async () => {
    const { ended, printed } = start();
    expect(await ended).toBe(0);
    const typed = printed().match(/^\$ .*/gm) ?? [];
    const verbs = ['create', 'agent', 'runs', 'logs', 'list', 'pause', 'update', 'audit', 'delete', 'audit'];
    expect(typed.map((line) => line.split(' ')[2])).toEqual(verbs);
    expect(printed()).not.toContain('error');
    expect(stripVTControlCharacters(printed())).toBe(printed());
    expect(readdirSync(folder)).toEqual([]);
  });

  test('ends with 1 when what is fired fails', async () => {
    const { ended, printed } = start({ PATH: folder });
    expect(await ended).toBe(1);
    expect(printed()).toContain('A run of tick failed.');
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends on %s with %i, and its agent with it', async (signal, status) => {
    const { child, ended, printed } = start();
    while (!printed().includes('Firing')) {
      await sleep(50);
    }
    const agent = Number(/^\[1\] (\d+)$/m.exec(printed())?.[1]);
    expect(isAlive(agent)).toBe(true);
    child.kill(signal);
    expect(await ended).toBe(status);
    expect(isAlive(agent)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});

function start(settings: Readonly<Record<string, string>> = {}) {
  const env = { PATH: process.env.PATH, TMPDIR: folder, ...settings };
  const child: ChildProcess = spawn(process.execPath, [TOUR], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (bytes) => {
      text += bytes;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, printed: () => text };
}

/** Signal 0 asks whether a process is there (kill(2)). */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
