import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { commandGroups } from '../../commands/index.js';
import { readFlag } from '../../src/cli/flags.js';
import { GLOBAL_OPTIONS } from '../../src/cli/global-options.js';
import { parse } from '../../src/cli/parser.js';
import { locate, prepare } from '../../src/cli/words.js';
import { VERSION } from '../../src/version.js';
import { NOW } from './surface.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const commands = commandGroups.flatMap((group) => group.commands);

/** A command line in words, as a shell without variables would take it apart, without what comes after a redirection. */
function shellWords(line: string): readonly string[] {
  const words = [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replace(/["']/g, ''));
  const end = words.findIndex((word) => /^[<>|]/.test(word));
  return words.slice(0, end === -1 ? words.length : end);
}

const JOB = 'template: {spec: {containers: [{image: acme/report}]}}';
const examples = commands.flatMap(({ name, examples: lines }) => lines.map((line) => [name, line] as const));

test('every file of commands/ is in the list', () => {
  const index = readFileSync(join(root, 'commands/index.ts'), 'utf8');
  const files = readdirSync(join(root, 'commands'), { recursive: true, encoding: 'utf8' })
    .filter(
      (file) =>
        file.endsWith('.ts') &&
        file !== 'index.ts' &&
        readFileSync(join(root, 'commands', file), 'utf8').includes('command'),
    )
    .filter((file) => /\bcommand(<\w+>)?\(\{/.test(readFileSync(join(root, 'commands', file), 'utf8')));
  const missing = files.filter((file) => !index.includes(`'./${file.replace(/\.ts$/, '.js')}'`));
  expect(missing).toEqual([]);
  expect(files.length).toBeGreaterThan(0);
});

test('no two commands have the same name', () => {
  const names = commands.flatMap(({ name, aliases = [] }) => [
    name,
    ...aliases.map((alias) => [...name.split(' ').slice(0, -1), alias].join(' ')),
  ]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

describe.each(commands.map((definition) => [definition.name, definition] as const))(
  '%s',
  (_name, { options = [], ...definition }) => {
    test('says what it does, with examples', () => {
      expect(definition.summary).toMatch(/^[A-Z][^\n]*[^.]$/);
      expect(definition.examples.length).toBeGreaterThan(0);
    });

    test('has options that can be read, with help, none of them twice', () => {
      const flags = [...options.map(readFlag)];
      const spellings = flags.flatMap(({ long, short }) => (short === undefined ? [long] : [long, short]));
      expect(spellings.filter((one, index) => spellings.indexOf(one) !== index)).toEqual([]);
      expect(
        options.filter(({ help }) => help.trim() === '' || help.endsWith('.')).map((option) => option.flags),
      ).toEqual([]);
      const shared = new Set(GLOBAL_OPTIONS.map(readFlag).flatMap(({ long, short }) => [long, short ?? long]));
      expect(spellings.filter((one) => shared.has(one) && one !== '--columns')).toEqual([]);
    });
  },
);

test.each(examples)('an example of %s is a line that it takes: %s', async (name, line) => {
  const words = shellWords(line);
  expect(words[0]).toBe('sched');
  const located = locate(words.slice(1), commandGroups);
  expect(located.command?.name).toBe(name);
  if (located.command !== undefined) {
    const parsed = parse(located.command, prepare([...located.leading, ...located.words], located.command));
    const input = async () =>
      await located.command?.input(parsed, {
        now: NOW,
        cwd: '/',
        env: { PATH: '/bin', HOME: '/nowhere' },
        timezone: { name: 'UTC', source: 'the test' },
        naming: undefined,
        readText: (path) => (path === '/job.yaml' ? JOB : '{}'),
        interactive: false,
      });
    await expect(input()).resolves.not.toBeUndefined();
  }
});

test('the version is the package’s', () => {
  expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version).toBe(VERSION);
});
