import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { commandGroups } from '../../commands/index.js';
import { type CommandGroup, command } from '../../src/cli/command.js';
import { complete } from '../../src/cli/completion/live.js';
import { completionScript } from '../../src/cli/completion/script.js';
import { SHELLS } from '../../src/cli/completion/shells.js';
import { openRegistry } from '../../src/registry/open.js';
import { captured, NOW, surface } from './surface.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Without a stdin that bash would take for a login over the network. */
const QUIET = ['ignore', 'pipe', 'pipe'] satisfies ['ignore', 'pipe', 'pipe'];
const FILES = { bash: 'sched.bash', fish: 'sched.fish', zsh: '_sched' };

test.each(SHELLS)('completions/ holds the script for %s, as `sched completion` prints it', (shell) => {
  const file = join(root, 'completions', FILES[shell]);
  expect(readFileSync(file, 'utf8')).toBe(completionScript(shell, commandGroups));
});

/** Names that a shell would take apart if they were not quoted. */
const NAMES = ['nightly', 'nightly two', 'it\'s $(id) `id` \\ "x"', 'wöchentlich *'];

const groups: readonly CommandGroup[] = [
  {
    heading: 'All',
    commands: [
      command({
        name: 'get',
        aliases: ['describe'],
        summary: 'It’s `quoted` "$here": [x]',
        arguments: [{ name: 'name', help: 'names', many: true, completes: 'schedule' }],
        options: [
          { flags: '--sort-by <order>', help: "it's", completes: ['asc:name', 'desc:name'] },
          { flags: '-c, --columns <names>', help: 'columns' },
          { flags: '--hidden <x>', help: 'hidden', hidden: true },
        ],
        examples: ['sched get'],
        input: () => null,
        run: async () => ({ kind: 'none' }),
      }),
      command({
        name: 'registry path',
        summary: 'Where',
        examples: ['sched registry path'],
        input: () => null,
        run: async () => ({ kind: 'none' }),
      }),
    ],
  },
];

describe('the bash script', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sched-completion-'));
    writeFileSync(join(folder, 'script.bash'), completionScript('bash', groups));
    const program = `#!/bin/bash\nprintf '%s\\n' "$*" >> ${folder}/asked\ncat ${folder}/names\n`;
    writeFileSync(join(folder, 'sched'), program);
    chmodSync(join(folder, 'sched'), 0o755);
    writeFileSync(join(folder, 'names'), NAMES.map((name) => `${name}\n`).join(''));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** What bash offers, given a line and its words as bash takes it apart at blanks, = and :. */
  function offered(line: string, words: readonly string[]): readonly string[] {
    const program = [
      `source "$1/script.bash"; COMP_LINE=$2; COMP_POINT=\${#2}; shift 2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))`,
      `_sched 2>/dev/null; for reply in "\${COMPREPLY[@]}"; do printf "%s\\0" "$reply"; done`,
    ].join('\n');
    const env = { PATH: `${folder}:${process.env.PATH}`, LC_ALL: 'C.UTF-8' };
    const out = execFileSync('bash', ['--norc', '-c', program, 'bash', folder, line, ...words], {
      env,
      encoding: 'utf8',
      stdio: QUIET,
    });
    return out.split('\0').slice(0, -1);
  }

  test.each([
    ['sched ', ['sched', ''], ['get', 'registry', 'help']],
    ['sched pipeline schedule g', ['sched', 'pipeline', 'schedule', 'g'], ['get']],
    ['sched pipeline ', ['sched', 'pipeline', ''], ['schedule']],
    ['sched registry ', ['sched', 'registry', ''], ['path']],
    ['sched --output json g', ['sched', '--output', 'json', 'g'], ['get']],
    ['sched get --so', ['sched', 'get', '--so'], ['--sort-by']],
    ['sched get --hi', ['sched', 'get', '--hi'], []],
    ['sched get --out', ['sched', 'get', '--out'], ['--output']],
    ['sched get --output ', ['sched', 'get', '--output', ''], ['table', 'json', 'yaml', 'csv', 'tsv', 'name']],
    ['sched get --output=j', ['sched', 'get', '--output', '=', 'j'], ['json']],
    ['sched get --output=', ['sched', 'get', '--output', '='], ['table', 'json', 'yaml', 'csv', 'tsv', 'name']],
    ['sched get --sort_by asc:', ['sched', 'get', '--sort_by', 'asc', ':'], ['name']],
    ['sched get --sort-by=desc:n', ['sched', 'get', '--sort-by', '=', 'desc', ':', 'n'], ['name']],
    ['sched get -c x nightly', ['sched', 'get', '-c', 'x', 'nightly'], ['nightly', 'nightly\\ two']],
    ['sched describe nightly\\ t', ['sched', 'describe', 'nightly\\ t'], ['nightly\\ two']],
    ['sched get "nightly t', ['sched', 'get', '"nightly t'], ['nightly two']],
    ["sched get 'nightly t", ['sched', 'get', "'nightly t"], ['nightly two']],
  ])('%j', (line, words, expected) => {
    expect(offered(line, words)).toEqual(expected);
  });

  test.each([
    ['', ''],
    ['"', '"'],
    ["'", "'"],
  ])('a name comes back as it is after quote %j', (opening, closing) => {
    const line = `sched get ${opening}`;
    const replies = offered(line, ['sched', 'get', opening]);
    const read = execFileSync(
      'bash',
      ['-c', `printf '%s\\n' ${replies.map((reply) => opening + reply + closing).join(' ')}`],
      {
        env: { LC_ALL: 'C.UTF-8' },
        encoding: 'utf8',
        stdio: QUIET,
      },
    );
    expect(read.split('\n').slice(0, -1)).toEqual(NAMES);
  });

  test('hands over what was typed and the registry', () => {
    writeFileSync(join(folder, 'asked'), '');
    offered('sched --registry "my file.db" get it', ['sched', '--registry', '"my file.db"', 'get', 'it']);
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('__complete schedule it my file.db\n');
  });
});

describe('live values', () => {
  let folder: string;
  let file: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sched-live-'));
    file = join(folder, 'registry.db');
    const seed = {
      id: '6f1e7f1c-8f6b-4a0e-9a43-1d2f3a4b5c6d',
      name: 'local',
      flavor: 'local',
      settings: {},
      identity: null,
      isDefault: true,
    };
    const registry = openRegistry(file, { mode: 'write', now: NOW, seed });
    registry.addOrchestrator(
      { ...seed, id: '6f1e7f1c-8f6b-4a0e-9a43-1d2f3a4b5c6e', name: 'lab two', isDefault: false },
      NOW,
    );
    registry.startChange({ verb: 'create', actor: 'a@b', reason: null, at: NOW });
    registry.close();
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  async function asked(...words: readonly string[]): Promise<string> {
    const stdout = captured();
    const stderr = captured();
    expect(await complete(words, surface(stdout.output, stderr.output, { cwd: folder }))).toBe(0);
    expect(stderr.text()).toBe('');
    return stdout.text();
  }

  test('are the registry’s, the zones’ and the flavors’', async () => {
    expect(await asked('orchestrator', 'l', file)).toBe('lab two\nlocal\n');
    expect(await asked('orchestrator', 'lo', file)).toBe('local\n');
    expect(await asked('change', '', file)).toBe('1\n');
    expect(await asked('schedule', '', file)).toBe('');
    expect(await asked('timezone', 'Europe/Berl', file)).toBe('Europe/Berlin\n');
    expect(await asked('flavor', 'loc', file)).toBe('local\n');
  });

  test('are none, quietly, when anything is wrong', async () => {
    expect(await asked('schedule', '', join(folder, 'none.db'))).toBe('');
    expect(() => readFileSync(join(folder, 'none.db'))).toThrow('ENOENT');
    writeFileSync(join(folder, 'bad.db'), 'not a database');
    expect(await asked('schedule', '', join(folder, 'bad.db'))).toBe('');
    expect(await asked('nonsense', '', file)).toBe('');
    expect(await asked()).toBe('');
  });
});
