/** The program in a real terminal: what it asks, what Ctrl-C does at each question, and how it looks there. Needs python3 for the terminal. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { behind, natives } from '../crash/truth.js';
import { enter, type Place, PROGRAM, schedEach } from '../whole/program.js';

const DRIVER = join(dirname(fileURLToPath(import.meta.url)), 'terminal.py');
const CTRL_C = '\u0003';
const ENTER = '\r';

interface Step {
  /** A regular expression for what is waited for. */
  readonly wait: string;
  readonly type: string;
}

interface Session {
  readonly exit: number;
  /** With every control sequence. */
  readonly raw: string;
  readonly shown: string;
  readonly missing: string | null;
}

let place: Place;
beforeEach(async () => {
  place = enter();
  const made = await schedEach(place, [
    ['create', 'one', '--cron', '0 3 * * *', '--timezone', 'UTC', '--', 'true'],
    ['orchestrator', 'register', 'lab', '--flavor', 'local', '--set', `file=${join(place.work, 'lab.db')}`],
  ]);
  expect(made.map(({ exit }) => exit)).toEqual([0, 0]);
});
afterEach(() => place.leave());

/** Runs a command in a terminal. */
function inTerminal(
  argv: readonly string[],
  steps: readonly Step[] = [],
  columns = 100,
  env: Record<string, string> = {},
): Session {
  const task = {
    argv: [process.execPath, PROGRAM, ...argv],
    env: { ...place.env, TERM: 'xterm-256color', ...env },
    cwd: place.work,
    columns,
    steps,
  };
  const { status, stdout, stderr, error } = spawnSync('python3', [DRIVER], {
    input: JSON.stringify(task),
    encoding: 'utf8',
  });
  if (error !== undefined || status !== 0) {
    throw new Error(`the terminal could not be driven: ${error?.message ?? stderr}`);
  }
  const session = JSON.parse(stdout) as Session;
  if (session.missing !== null) {
    throw new Error(`waited in vain for ${session.missing}; the terminal showed:\n${session.shown}`);
  }
  expect(session.shown).not.toMatch(/^ {4}at |internal error|node:internal/m);
  return session;
}

async function names(): Promise<string> {
  const [list] = await schedEach(place, [['list', '-o', 'name', '--sort-by', 'name']]);
  return list?.stdout ?? '';
}

const QUESTIONS = ['What is to run', 'When', 'time zone', 'Where', 'Under which name'];

describe('the guided form', () => {
  test('asks five things and says the one line that does the same', async () => {
    const { exit, shown } = inTerminal(
      ['create'],
      [
        { wait: 'What is to run', type: `echo "a b"${ENTER}` },
        { wait: 'When', type: `30m${ENTER}` },
        { wait: 'time zone', type: `Europe/Berlin${ENTER}` },
        { wait: 'Where', type: ENTER },
        { wait: 'Under which name', type: `guided${ENTER}` },
      ],
    );
    expect(exit).toBe(0);
    expect(shown).toContain('Created guided on');
    const [, line = ''] = /The same as one line: +(sched create .*)/.exec(shown.replaceAll(/\n(?=\S)/g, '\n')) ?? [];
    expect(line).toMatch(/^sched create guided --every 30m --timezone Europe\/Berlin --orchestrator \w+ -- echo 'a b'/);
    expect(await names()).toBe('guided\none\n');
  });

  test.each(QUESTIONS.map((question, index) => [question, index] as const))(
    'Ctrl-C at “%s” makes nothing and ends with 130',
    async (question, index) => {
      const before = QUESTIONS.slice(0, index).map((wait): Step => ({ wait, type: ENTER }));
      const { exit, shown } = inTerminal(['create'], [...before, { wait: question, type: CTRL_C }]);
      expect(exit).toBe(130);
      expect(shown).toMatch(/Interrupted/);
      expect(await names()).toBe('one\n');
    },
  );

  test('says what is wrong where it is typed, and asks again', () => {
    const { shown } = inTerminal(
      ['create'],
      [
        { wait: 'What is to run', type: ENTER },
        { wait: 'When', type: `61 * * * *${ENTER}` },
        { wait: '61 is not|between 0 and 59', type: CTRL_C },
      ],
    );
    expect(shown).toMatch(/between 0 and 59/);
  });
});

describe('a question', () => {
  const drifted = () =>
    behind(place.agentFile, (handle) => handle.exec('UPDATE schedules SET paused = 1 - paused, version = version + 1'));
  const cases: readonly (readonly [string, readonly string[], () => void])[] = [
    ['delete', ['delete', 'one'], () => undefined],
    ['delete --hard', ['delete', 'one', '--hard'], () => undefined],
    ['audit --fix', ['audit', '--fix'], drifted],
    ['backfill', ['backfill', 'one', '--from', '2026-01-01', '--to', '2026-01-03'], () => undefined],
    ['orchestrator delete', ['orchestrator', 'delete', 'lab'], () => undefined],
  ];

  test.each(cases)('of %s: Ctrl-C, Enter alone and n change nothing; y does it', async (name, argv, prepare) => {
    prepare();
    const before = { names: await names(), natives: natives(place) };
    const asked = '\\(y/N\\)';
    const interrupted = inTerminal(argv, [{ wait: asked, type: CTRL_C }]);
    expect([name, interrupted.exit]).toEqual([name, 130]);
    expect(interrupted.shown).toMatch(/Interrupted/);
    for (const answer of [ENTER, `n${ENTER}`]) {
      const refused = inTerminal(argv, [{ wait: asked, type: answer }]);
      expect(refused.exit).not.toBe(0);
      expect(refused.shown).toMatch(/Nothing was|Interrupted/);
    }
    expect({ names: await names(), natives: natives(place) }).toEqual(before);
    expect(readdirSync(place.work).filter((file) => file.startsWith('audit-'))).toEqual([]);
    expect(inTerminal(argv, [{ wait: asked, type: `y${ENTER}` }]).exit).toBe(0);
  });

  test('of restore: Ctrl-C changes nothing', async () => {
    drifted();
    await schedEach(place, [
      ['audit', '--fix', '--yes'],
      ['update', 'one', '--cron', '0 5 * * *'],
    ]);
    const [backup = ''] = readdirSync(place.work).filter((file) => file.startsWith('audit-'));
    const before = natives(place);
    expect(inTerminal(['restore', backup], [{ wait: '\\(y/N\\)', type: CTRL_C }]).exit).toBe(130);
    expect(natives(place)).toEqual(before);
    expect(inTerminal(['restore', backup], [{ wait: '\\(y/N\\)', type: `y${ENTER}` }]).exit).toBe(0);
    expect(natives(place)).not.toEqual(before);
  });

  test('is never asked when CI is set', () => {
    const { exit, shown } = inTerminal(['delete', 'one'], [], 100, { CI: '1' });
    expect(exit).toBe(2);
    expect(shown).toContain('--yes');
  });
});

describe('a terminal', () => {
  test('has colour, and none with NO_COLOR or when it is dumb', () => {
    expect(inTerminal(['list']).raw).toContain('\u001b[');
    expect(inTerminal(['list'], [], 100, { NO_COLOR: '1' }).raw).not.toContain('\u001b[3');
    expect(inTerminal(['list'], [], 100, { TERM: 'dumb' }).raw).not.toContain('\u001b[3');
    expect(inTerminal(['get', 'nobody']).shown).toContain('✗');
  });

  test.each([200, 100, 80, 60, 40, 30])('of %d columns never drops name or state, and no line is wider', (columns) => {
    const { shown } = inTerminal(['list'], [], columns);
    expect(shown).toMatch(/NAME/);
    expect(shown).toMatch(/STATE/);
    expect(shown).toMatch(/unattended/);
    // What is said below the table may wrap; the table may not.
    for (const line of shown.split('\n').slice(0, 2)) {
      expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  test('that is interrupted while a run is waited for: 130, and the run stays', async () => {
    const { exit, shown } = inTerminal(
      ['trigger', 'one', '--wait'],
      [{ wait: 'waiting|No agent|pending', type: CTRL_C }],
    );
    expect(exit).toBe(130);
    expect(shown).toMatch(/goes on; nobody waits for it/);
    const [runs] = await schedEach(place, [['runs', 'one', '-o', 'json']]);
    expect(JSON.parse(runs?.stdout ?? '')).toMatchObject({ items: [{ status: 'pending' }] });
  });

  test('an agent stops at Ctrl-C', () => {
    const { exit } = inTerminal(['agent'], [{ wait: 'Ctrl-C stops', type: CTRL_C }]);
    expect(exit).toBe(0);
  });
});
