/** What the program writes where: keys, pipes, control characters, and the modules it needs for it. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BUILD, type Ended, enter, expectSched, type Place, ROOT, sched, schedEach, schedJson } from './program.js';

let place: Place;
beforeAll(async () => {
  place = enter();
  const long = 'a'.repeat(120);
  const ended = await schedEach(place, [
    ['create', 'plain', '--cron', '0 3 * * *', '--timezone', 'Europe/Berlin', '--', 'true'],
    [
      'create',
      long,
      '--every',
      '45m',
      '--paused',
      '--description',
      `${'word '.repeat(60)}end`,
      '--',
      'echo',
      'x'.repeat(300),
    ],
    [
      'create',
      'wild',
      '--every',
      '1h',
      '--paused',
      '--description',
      'a\u001b[31mred\u0007\r\nb\u202ecd',
      '--label',
      'k=\u001b]0;x\u0007',
      '--',
      'echo',
      '\u001b[2J',
    ],
    ['create', 'later', '--at', '2035-01-01T00:00Z', '--', 'true'],
    ['pause', 'plain', '--reason', 'up\u001b[1mgrade'],
  ]);
  expect(ended.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0]);
});
afterAll(() => place.leave());

/** ZenML's names first, then ours (contract §5). */
const SCHEDULE_KEYS = [
  ...['id', 'name', 'pipeline', 'active', 'cron_expression', 'interval_second', 'start_time', 'end_time'],
  ...['run_once_start_time', 'catchup', 'created', 'updated', 'is_archived', 'user'],
  ...[
    'orchestrator',
    'flavor',
    'timezone',
    'catchup_policy',
    'overlap',
    'max_runs',
    'state',
    'labels',
    'owner',
    'description',
  ],
  ...['next_run_time', 'last_run', 'native_id', 'url', 'fired_by', 'origin', 'revision', 'run'],
];
const RUN_KEYS = [
  ...[
    'id',
    'schedule_id',
    'scheduled_time',
    'started_at',
    'finished_at',
    'status',
    'trigger',
    'exit_code',
    'native_id',
    'url',
  ],
];
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

interface Page {
  readonly items: readonly Record<string, unknown>[];
  readonly pagination: Record<string, number>;
}

describe('JSON', () => {
  test('lists have ZenML’s envelope, and every schedule every key', async () => {
    const { items, pagination, ...more } = await schedJson<Page>(place, ['list', '--sort-by', 'name']);
    expect(more).toEqual({});
    expect(pagination).toEqual({ index: 1, max_size: 20, total_pages: 1, total: 4 });
    for (const item of items) {
      expect(Object.keys(item)).toEqual(expect.arrayContaining(SCHEDULE_KEYS));
      expect(Object.values(item)).not.toContain(undefined);
      for (const [key, value] of Object.entries(item)) {
        if ((key.endsWith('_time') || key === 'created' || key === 'updated') && value !== null) {
          expect([key, value]).toEqual([key, expect.stringMatching(INSTANT)]);
        }
      }
    }
    const [, later, plain] = items;
    expect(later).toMatchObject({ name: 'later', run_once_start_time: '2035-01-01T00:00:00Z', cron_expression: null });
    expect(plain).toMatchObject({
      ...{
        name: 'plain',
        active: false,
        catchup: false,
        is_archived: false,
        timezone: 'Europe/Berlin',
        state: 'paused',
      },
      ...{
        cron_expression: '0 3 * * *',
        interval_second: null,
        next_run_time: null,
        last_run: null,
        url: null,
        owner: null,
      },
    });
  });

  test('a schedule alone has the same keys', async () => {
    expect(Object.keys(await schedJson<object>(place, ['get', 'plain']))).toEqual(
      expect.arrayContaining(SCHEDULE_KEYS),
    );
  });

  test('runs have the contract’s keys', async () => {
    await expectSched(place, ['trigger', 'plain']);
    const { items, pagination } = await schedJson<Page>(place, ['runs', 'plain']);
    expect(Object.keys(items[0] ?? {})).toEqual(expect.arrayContaining(RUN_KEYS));
    expect(items[0]).toMatchObject({ status: 'pending', trigger: 'manual', exit_code: null, started_at: null });
    expect(pagination).toMatchObject({ total: 1 });
  });

  test('every command that shows something answers in JSON', async () => {
    const lines = [
      ...[
        ['next', 'plain'],
        ['history'],
        ['audit'],
        ['validate'],
        ['orchestrator', 'list'],
        ['orchestrator', 'flavors'],
      ],
      ...[
        ['orchestrator', 'get', 'local'],
        ['orchestrator', 'check', 'local'],
        ['registry', 'check'],
        ['registry', 'path'],
      ],
      ...[['version'], ['backfill', 'later', '--from', '-1d', '--dry-run'], ['get', 'plain', 'wild'], ['runs']],
      ...[
        ['update', 'plain', '--every', '2h', '--dry-run'],
        ['delete', 'plain', '--dry-run'],
        ['undo', '5', '--dry-run'],
      ],
    ];
    const ended = await schedEach(
      place,
      lines.map((argv) => [...argv, '-o', 'json']),
    );
    const unreadable = ended.flatMap(({ stdout, stderr }, index) =>
      /^\{.*\}\n$/s.test(stdout) ? [] : [[lines[index], stdout, stderr]],
    );
    expect(unreadable).toEqual([]);
  });
});

describe('a pipe', () => {
  const FORMATS = ['table', 'json', 'yaml', 'csv', 'tsv', 'name'];

  test('gets no colour, no cursor movement and no truncation, whatever the environment says of a terminal', async () => {
    for (const format of FORMATS) {
      const { stdout, stderr } = await sched(
        place,
        ['list', '-o', format, '--columns', 'all', '--name', 'notequals:wild'],
        {
          env: { TERM: 'xterm-256color', COLUMNS: '40', COLORTERM: 'truecolor' },
        },
      );
      expect([format, /(?![\n\t])\p{Cc}/u.test(`${stdout}${stderr}`)]).toEqual([format, false]);
      expect(stdout).toContain('a'.repeat(120));
      expect(stdout).not.toContain('…');
      if (format !== 'name') {
        expect(stdout).toContain(`${'word '.repeat(60)}end`);
        expect(stdout).toContain('x'.repeat(300));
      }
    }
  });

  test('gets colour when it is asked for, and NO_COLOR is heard', async () => {
    const [list] = [['list', '--columns', 'name,state']] as const;
    const coloured = await sched(place, [...list, '--color', 'always']);
    expect(coloured.stdout).toContain('\u001b[');
    expect((await sched(place, list, { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[');
    expect((await sched(place, list, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain('\u001b[');
    expect((await sched(place, [...list, '--color', 'never'], { env: { FORCE_COLOR: '1' } })).stdout).not.toContain(
      '\u001b[',
    );
  });

  test('control characters of a description, a label or a word are spelled out in what people read', async () => {
    const raw = /(?!\n)\p{Cc}|\p{Bidi_Control}/u;
    const shown = await schedEach(place, [
      ['get', 'wild'],
      ['list', '--columns', 'all'],
      ['history'],
      ['pause', 'plain'],
      ['update', 'wild', '--description', '\u001b[5mblink', '--dry-run'],
      ['get', '\u001b[31mnobody'],
    ]);
    for (const { stdout, stderr } of shown) {
      expect(`${stdout}${stderr}`).not.toMatch(raw);
    }
    expect(shown[0]?.stdout).toContain('\\u001b[31mred\\u0007');
    expect(await schedJson<object>(place, ['get', 'wild'])).toMatchObject({
      description: 'a\u001b[31mred\u0007\r\nb\u202ecd',
      labels: { k: '\u001b]0;x\u0007' },
    });
  });
});

test('what goes well is quiet on standard error where data are asked for', async () => {
  const lines = [
    ...[['list'], ['get', 'later'], ['runs'], ['history'], ['next', 'later'], ['orchestrator', 'list'], ['version']],
    ...[
      ['pause', 'later'],
      ['resume', 'later', '--reason', 'x'],
      ['update', 'wild', '--owner', 'me'],
      ['trigger', 'wild'],
    ],
    ...[
      ['delete', 'wild', '--yes'],
      ['registry', 'check'],
    ],
  ];
  const told = (ended: Ended) => ended.stderr.replace(/^warning: No agent is running.*\n/gm, '');
  const ended = await schedEach(
    place,
    lines.map((argv) => [...argv, '-o', 'json']),
  );
  expect(ended.map((one, index) => [lines[index], one.exit, told(one)])).toEqual(lines.map((argv) => [argv, 0, '']));
});

describe('what is loaded', () => {
  const TRACE = ['--require', join(ROOT, 'test', 'whole', 'trace.cjs')];

  /** The packages and files that a command loads, and how many there are in all. */
  async function loaded(
    ...argv: readonly string[]
  ): Promise<{ readonly files: readonly string[]; readonly text: string }> {
    const ended = await sched(place, argv, { node: TRACE, env: { SCHED_TRACE: join(place.work, 'trace') } });
    expect(ended.exit).toBe(0);
    const files = readFileSync(join(place.work, 'trace'), 'utf8').trimEnd().split('\n');
    return { files, text: files.join('\n') };
  }

  /** The files of the build that stand apart because they are seldom needed: prompts, spinner, YAML. */
  function parts(files: readonly string[]): readonly string[] {
    return files
      .filter((file) => file.startsWith(`${BUILD}/`))
      .map((file) => basename(file))
      .filter((name) => name !== 'main.cjs');
  }

  test('--help and --version open no database and load nothing that asks, spins or draws', async () => {
    for (const argv of [['--help'], ['--version'], ['create', '--help']]) {
      const { files, text } = await loaded(...argv);
      expect(text).not.toMatch(/better-sqlite3|node:readline|node:child_process/);
      expect(parts(files)).toEqual([]);
    }
  });

  test('list loads the database and neither driver, prompts, spinner nor YAML', async () => {
    for (const argv of [['list'], ['list', '-o', 'json'], ['list', '-o', 'csv']]) {
      const { files, text } = await loaded(...argv);
      expect(text).toMatch(/better-sqlite3/);
      expect(text).not.toMatch(/node:readline|node:child_process/);
      expect(parts(files)).toEqual([]);
    }
    expect(parts((await loaded('list', '-o', 'yaml')).files)).toEqual([expect.stringMatching(/yaml/)]);
  });

  test('list never opens the agent’s file', async () => {
    const fresh = enter();
    try {
      expect((await sched(fresh, ['list'])).exit).toBe(0);
      expect(readdirSync(join(fresh.registry, '..')).filter((name) => name.startsWith('agent'))).toEqual([]);
    } finally {
      fresh.leave();
    }
  });
});
