import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');

let copy: string;
let cache: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'sched-build-test-'));
  for (const name of ['bin', 'dist', 'package.json']) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const [name = ''] = readdirSync(join(copy, 'dist')).filter((file) => file.endsWith('.cache'));
  cache = join(copy, 'dist', name);
});
afterEach(() => {
  rmSync(copy, { recursive: true, force: true });
});

function list(...nodeOptions: readonly string[]): unknown {
  const words = [...nodeOptions, join(copy, 'bin/sched.cjs'), 'list', '-o', 'json'];
  const env = { HOME: copy, PATH: process.env.PATH };
  return JSON.parse(
    execFileSync(process.execPath, words, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

describe('the built program', () => {
  test.each<readonly [string, () => void, readonly string[]]>([
    ['with its code cache', () => undefined, []],
    ['without it', () => rmSync(cache), []],
    ['with one that is damaged', () => writeFileSync(cache, 'not code'), []],
    ['with one that an engine set up otherwise refuses', () => undefined, ['--no-opt']],
  ])('starts %s', (_how, spoil, nodeOptions) => {
    spoil();
    expect(list(...nodeOptions)).toMatchObject({ items: [], pagination: { total: 0 } });
  });
});
