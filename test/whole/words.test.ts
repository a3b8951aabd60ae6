/** Whatever is typed arrives at the program that runs, byte for byte, or is refused; nothing of it reaches a shell. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Ended, enter, expectSched, type Place, ROOT, sched, schedEach } from './program.js';

const SEED = Number(process.env.SCHED_FUZZ_SEED ?? Date.now());
const CASES = 120;
const CAPTURE = join(ROOT, 'test', 'whole', 'capture.cjs');

let place: Place;
let out: string;
beforeEach(() => {
  place = enter();
  out = join(place.work, 'out');
  mkdirSync(out);
});
afterEach(() => place.leave());

const NASTY = [
  ...[
    '$(touch canary)',
    '`touch canary`',
    '; touch canary #',
    '| touch canary',
    '&& touch canary',
    '> canary',
    '$CANARY',
  ],
  ...[
    '%',
    '%%',
    '%s',
    '%n',
    '"',
    "'",
    "'\\''",
    '\\',
    '\\n',
    '\n',
    '\r\n',
    '\t',
    ' ',
    '',
    '*',
    '?',
    '~',
    '!',
    '!!',
    '#',
    '-',
    '--',
  ],
  ...[
    '-rf',
    '--help',
    '-o',
    '--output=json',
    '--',
    '-1',
    '=',
    'a=b',
    '{',
    '}',
    '{}',
    '{{}}',
    '{nobody}',
    '${',
    '$',
    '$$',
  ],
  ...[
    '\u202eRTL\u202c',
    'עברית',
    'عربى',
    '👩‍👩‍👧',
    '🏳️‍🌈',
    'é',
    'e\u0301',
    '\u0000'.slice(1),
    '\u001b[31m',
    '\u007f',
    '\ufeff',
    '\u2028',
  ],
  ...['x'.repeat(10_240), 'ü'.repeat(5_000), '\n'.repeat(500)],
];

/** Text that a process may be given: anything without NUL. */
const piece = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);
const typed = fc
  .array(piece, { maxLength: 3 })
  .map((pieces) => pieces.join(''))
  .filter((text) => !text.includes('\u0000') && Buffer.from(text).toString() === text);

interface Sample {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

const sample: fc.Arbitrary<Sample> = fc.record({
  words: fc.array(typed, { maxLength: 4 }),
  env: fc.dictionary(
    fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/).map((name) => `X_${name}`),
    typed,
    { maxKeys: 2 },
  ),
  parameters: fc.dictionary(
    fc.stringMatching(/^[a-z]{1,8}$/).map((name) => `p_${name}`),
    typed,
    { maxKeys: 2 },
  ),
});

/** `${NAME}` is filled in when a schedule is made; doubled, it stays. */
function kept(value: string): string {
  return value.replaceAll(/\$(?=\{[A-Za-z_][A-Za-z0-9_]*\})/g, '$$$$');
}

function create(name: string, { words, env, parameters }: Sample, file: string): readonly string[] {
  return [
    ...['create', name, '--at', '2035-01-01T00:00Z'],
    ...Object.entries(env).map(([key, value]) => `--env=${key}=${kept(value)}`),
    ...Object.entries(parameters).map(([key, value]) => `--param=${key}=${kept(value)}`),
    ...['--', process.execPath, CAPTURE, file, ...words],
  ];
}

interface Captured {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

function captured(file: string): Captured {
  return JSON.parse(readFileSync(file, 'utf8')) as Captured;
}

/** Nobody ran any of it. */
function noCanary(): void {
  for (const folder of [place.work, place.folder, out]) {
    expect(readdirSync(folder)).not.toContain('canary');
  }
}

describe(`words, variables and parameters (SCHED_FUZZ_SEED=${SEED})`, () => {
  test('arrive as they were typed', async () => {
    const samples = fc.sample(sample, { seed: SEED, numRuns: CASES });
    const file = (index: number) => join(out, String(index));
    const made = await schedEach(
      place,
      samples.map((one, index) => create(`n${index}`, one, file(index))),
    );
    expect(made.flatMap(({ exit, stderr }, index) => (exit === 0 ? [] : [[samples[index], stderr]]))).toEqual([]);
    const started = await schedEach(
      place,
      samples.map((_, index) => ['trigger', `n${index}`]),
    );
    expect(started.filter(({ exit }) => exit !== 0)).toEqual([]);
    await expectSched(place, ['agent', '--once']);
    for (const [index, { words, env, parameters }] of samples.entries()) {
      const got = captured(file(index));
      expect([index, got.words]).toEqual([index, words]);
      expect(got.env).toMatchObject(env);
      expect(JSON.parse(got.env.PIPELINE_PARAMS ?? '')).toEqual(parameters);
      expect(got.cwd).toBe(place.work);
    }
    // Nothing but what was typed, what was captured for it, and what the agent says of the run.
    const [first] = samples;
    const known = [
      'PATH',
      'PIPELINE_NAME',
      'PIPELINE_PARAMS',
      'SCHED_RUN_ID',
      'SCHED_SCHEDULE',
      'SCHED_SCHEDULED_TIME',
    ];
    expect(Object.keys(captured(file(0)).env).sort()).toEqual([...known, ...Object.keys(first?.env ?? {})].sort());
    noCanary();
  }, 120_000);

  test('are shown as they are in JSON', async () => {
    const samples = fc.sample(sample, { seed: SEED + 1, numRuns: CASES });
    await schedEach(
      place,
      samples.map((one, index) => create(`n${index}`, one, 'file')),
    );
    const [json] = await schedEach(place, [['list', '-o', 'json', '--size', '1000', '--sort-by', 'asc:created']]);
    const { items } = JSON.parse(json?.stdout ?? '') as {
      items: readonly { name: string; run: { argv: readonly string[]; env: object }; parameters: object }[];
    };
    const byName = new Map(items.map((item) => [item.name, item]));
    for (const [index, { words, env, parameters }] of samples.entries()) {
      const item = byName.get(`n${index}`);
      expect(item?.run.argv).toEqual([process.execPath, CAPTURE, 'file', ...words]);
      expect(item?.run.env).toMatchObject(env);
      expect(item?.parameters).toEqual(parameters);
    }
  }, 60_000);

  test('reach the program through a real command line too', async () => {
    const words = fc.sample(typed, { seed: SEED + 2, numRuns: CASES });
    const file = join(out, 'real');
    await expectSched(place, create('real', { words: [...NASTY, ...words], env: {}, parameters: {} }, file));
    await expectSched(place, ['trigger', 'real']);
    await expectSched(place, ['agent', '--once']);
    expect(captured(file).words).toEqual([...NASTY, ...words]);
    noCanary();
  }, 60_000);
});

describe(`names (SCHED_FUZZ_SEED=${SEED})`, () => {
  test('are kept exactly or refused with 2, and never run', async () => {
    const names = [
      ...new Set(
        fc.sample(fc.oneof(typed, fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,127}$/)), {
          seed: SEED,
          numRuns: 200,
        }),
      ),
    ].filter(
      // Words that are not names to any command line.
      (name) => !/^-(-$|[ho]|-help|-output)/.test(name),
    );
    const made = await schedEach(
      place,
      names.map((name) => ['create', '--at=2035-01-01T00:00Z', name, '--', 'true']),
    );
    const allowed = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,127}$/;
    const wrong = made.flatMap(({ exit, stderr }, index) => {
      const name = names[index] ?? '';
      return exit === (allowed.test(name) ? 0 : 2) ? [] : [[name, exit, stderr]];
    });
    expect(wrong).toEqual([]);
    const [list] = await schedEach(place, [['list', '-o', 'json', '--size', '1000', '--columns', 'name']]);
    const { items } = JSON.parse(list?.stdout ?? '') as { items: readonly { name: string }[] };
    expect(items.map(({ name }) => name).sort()).toEqual(names.filter((name) => allowed.test(name)).sort());
    noCanary();
  }, 60_000);

  test('of schedules that do not exist are looked up, whatever they are', async () => {
    const names = fc.sample(typed, { seed: SEED + 3, numRuns: CASES });
    const looked: readonly Ended[] = await schedEach(
      place,
      names.map((name) => ['get', '--', name]),
    );
    expect(
      looked.flatMap(({ exit, stderr }, index) => (exit === 3 || exit === 2 ? [] : [[names[index], exit, stderr]])),
    ).toEqual([]);
    expect(looked.filter(({ stderr }) => /internal error/.test(stderr))).toEqual([]);
  }, 60_000);
});

describe('NUL, which no system hands to a program', () => {
  const lines: Readonly<Record<string, (nul: string) => readonly string[]>> = {
    'in a word': (nul) => ['create', 'n', '--every', '1h', '--', 'echo', nul],
    'in a variable': (nul) => ['create', 'n', '--every', '1h', `--env=A=${nul}`, '--', 'true'],
    'in the working folder': (nul) => ['create', 'n', '--every', '1h', `--working-directory=/tmp/${nul}`, '--', 'true'],
    'in a file of variables': () => ['create', 'n', '--every', '1h', '--env-file=vars', '--', 'true'],
  };
  test.each(Object.entries(lines))('%s is refused with 2', async (_where, line) => {
    writeFileSync(join(place.work, 'vars'), 'A=x\u0000y\n');
    const [made, list] = await schedEach(place, [line('a\u0000b'), ['list', '-o', 'name']]);
    expect([made?.exit, list?.stdout]).toEqual([2, '']);
    expect(made?.stderr).not.toMatch(/internal error/);
  });

  test('in a parameter that a word asks for: the run fails and says why, the agent goes on', async () => {
    const params = ['--params', '{"p":"x\\u0000y"}'];
    const [made] = await schedEach(place, [['create', 'n', '--every', '1h', ...params, '--', 'echo', '{p}']]);
    if (made?.exit !== 2) {
      await schedEach(place, [['trigger', 'n']]);
      await expectSched(place, ['agent', '--once']);
      const [runs] = await schedEach(place, [['runs', 'n', '-o', 'json']]);
      expect(JSON.parse(runs?.stdout ?? '')).toMatchObject({
        items: [{ status: 'failed', reason: expect.any(String) }],
      });
    }
  });
});

test('a shell runs only when it is asked for by name', async () => {
  await sched(place, ['create', 'n', '--every', '1h', '--', 'touch canary']);
  await expectSched(place, ['trigger', 'n']);
  await expectSched(place, ['agent', '--once']);
  const [runs] = await schedEach(place, [['runs', 'n', '-o', 'json']]);
  expect(JSON.parse(runs?.stdout ?? '')).toMatchObject({
    items: [{ status: 'failed', reason: expect.stringContaining('touch canary') }],
  });
  noCanary();
  expect(existsSync(join(place.work, 'canary'))).toBe(false);
});
