import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compare, consoleBlocks } from './console.js';
import { refreshReadme } from './sections.js';
import { difference, openShell, type Shell } from './shell.js';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

describe('the README', () => {
  let shell: Shell;
  beforeAll(() => {
    shell = openShell();
    writeFileSync(join(shell.home, 'train.sh'), '#!/bin/sh\n', { mode: 0o755 });
  });
  afterAll(() => shell.leave());

  test.each(consoleBlocks(readme).map((block) => [block[0]?.command ?? '', block] as const))(
    'shows what the program prints, from `%s` on',
    async (_first, block) => {
      for (const shown of block) {
        expect(`${shown.command}: ${await difference(shell, shown)}`).toBe(`${shown.command}: null`);
      }
    },
  );

  test('has the tables that the program would write', () => {
    expect(refreshReadme(readme)).toBe(readme);
  });

  test('names exactly two set-up commands, and both exist', () => {
    const setUp = /## Set up[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    expect(
      setUp
        .trim()
        .split('\n')
        .map((line) => line.replace(/ +#.*/, '')),
    ).toEqual(['npm ci && npm start', 'npm ci && npm test']);
    const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test']));
  });
});

describe('a comparison with the README', () => {
  test.each([
    [['Created a on local', '  id  9aaea1ed'], 'Created a on local\n  id      0bcdef12\n', true],
    [['Created a on local'], 'Created b on local\n', false],
    [['a', '…', 'd'], 'a\nb\nc\nd\n', true],
    [['a', '…', 'd'], 'a\nb\nc\n', false],
    [['Firing local from …'], 'Firing local from /x/y.db. Ctrl-C stops.\n', true],
    [['next  Sun 22 Nov 03:00'], 'next  Wed 2 Dec 04:00\n', true],
    [['next  Sun 22 Nov 03:00'], 'next  never\n', false],
    [['Sat Nov 21 11:59:43 UTC 2026'], 'Sun Dec  6 01:02:03 UTC 2026\n', true],
    [['ok now, 0 s'], 'ok 2 s ago, 1 s\n', true],
    [[], '', true],
    [[], 'warning\n', false],
    [['one'], 'one\ntwo\n', false],
  ] as const)('%j beside %j', (shown, printed, equal) => {
    expect(compare(shown, printed) === null).toBe(equal);
  });
});
