import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CommandDefinition, command, type Typed } from '../../src/cli/command.js';
import { run } from './surface.js';

interface Seen {
  readonly args: readonly string[];
  readonly rest: readonly string[];
  readonly options: Typed;
}

/** A command that keeps what its `input` was given. */
function spy(seen: Seen[], more: Partial<CommandDefinition> = {}): CommandDefinition {
  return command<Seen>({
    name: 'create',
    aliases: ['make'],
    summary: 'Make a schedule',
    arguments: [{ name: 'name', help: 'its name' }],
    passThrough: true,
    options: [
      { flags: '-c, --cron-expression <text>', help: 'cron' },
      { flags: '--interval-second <seconds>', help: 'interval' },
      { flags: '-l, --label <pair>', help: 'label', repeat: true },
      { flags: '--catchup <policy>', help: 'policy', choices: ['none', 'last', 'all'] },
      { flags: '-y, --yes', help: 'do not ask' },
      { flags: '--no-cache', help: 'no cache' },
      { flags: '--reason <text>', help: 'why' },
    ],
    examples: ['sched create'],
    ...more,
    input: (typed) => typed,
    run: async (input) => {
      seen.push(input);
      return { kind: 'none' };
    },
  });
}

async function typed(words: readonly string[], more?: Partial<CommandDefinition>): Promise<Seen> {
  const seen: Seen[] = [];
  const { status, stderr } = await run(words, [spy(seen, more)]);
  const [first] = seen;
  if (first === undefined) {
    throw new Error(`exit ${status}: ${stderr}`);
  }
  return first;
}

describe('the verb', () => {
  test.each([
    [['create', 'x']],
    [['make', 'x']],
    [['schedule', 'create', 'x']],
    [['pipeline', 'schedule', 'create', 'x']],
    [['pipeline', 'schedule', 'make', 'x']],
    [['--output', 'json', 'schedule', '--no-headers', 'create', 'x']],
    [['-ojson', 'create', 'x']],
  ])('%j reaches it', async (words) => {
    expect((await typed(words)).args).toEqual(['x']);
  });

  test('of a group has two words, and an alias replaces the second', async () => {
    expect((await typed(['schedule', 'registry', 'path'], { name: 'registry path' })).args).toEqual([]);
    expect((await typed(['registry', 'make', 'x'], { name: 'registry path' })).args).toEqual(['x']);
  });

  test.each([
    [['creat'], 'There is no command creat.', 'Did you mean create?'],
    [['pipeline', 'create'], 'There is no command pipeline create.', 'sched --help'],
    [['--', 'create'], 'There is no command', 'sched --help'],
    [['--wrong', 'create', 'x'], "Unknown option '--wrong'.", 'sched create --help'],
    [['--wrong'], "Unknown option '--wrong'.", 'sched --help'],
    [['create', '--cron-expresion', 'x'], "Unknown option '--cron-expresion'.", 'Did you mean --cron-expression?'],
    [['create', 'a', 'b'], 'Too many arguments', 'sched create --help'],
    [['create', '--catchup', 'some'], "argument 'some' is invalid", 'sched create --help'],
    [['create', '--catchup'], 'argument missing', 'sched create --help'],
    [['create', '--reason', '--yes'], '--reason needs a value, and the next word is --yes.', '--reason=--yes'],
    [['create', '--reason', '-y'], '--reason needs a value, and the next word is -y.', '--reason=-y'],
    [['create', '--reason', '--interval_second=5'], '--reason needs a value', '--reason=--interval_second=5'],
    [['create', '--reason', '--'], '--reason needs a value, and the next word is --.', '--reason=--'],
  ])('%j is refused', async (words, message, hint) => {
    const { status, stdout, stderr } = await run(words, [spy([])]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });
});

describe('options', () => {
  test('are spelled with hyphens or underscores, and their values are left alone', async () => {
    const { options } = await typed([
      'create',
      '--cron_expression=a_b --x_y',
      '--interval_second',
      '1_0',
      '--reason',
      'cron_expression',
    ]);
    expect(options).toMatchObject({ cronExpression: 'a_b --x_y', intervalSecond: '1_0', reason: 'cron_expression' });
  });

  test('take a value that begins with a dash when no option is called so', async () => {
    const { options } = await typed(['create', '--reason', '-5 days', '-c', '--5', '-l', '-']);
    expect(options).toMatchObject({ reason: '-5 days', cronExpression: '--5', label: ['-'] });
    expect((await typed(['create', '--reason=--yes'])).options).toMatchObject({ reason: '--yes' });
  });

  test('may be empty, repeated, clustered, and begin with no-', async () => {
    const { options } = await typed(['create', '--reason=', '-yla=1', '--label', 'b=2', '--no-cache']);
    expect(options).toMatchObject({ reason: '', yes: true, label: ['a=1', 'b=2'], noCache: true });
    expect((await typed(['create'])).options).toEqual({});
  });

  test('that every command takes may stand before the verb', async () => {
    const { options } = await typed(['--timeout', '5m', 'create', '-o', 'json']);
    expect(options).toMatchObject({ timeout: '5m', output: 'json' });
  });
});

const word = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '--',
    '-',
    '--help',
    '-h',
    '--yes',
    '--reason',
    '--cron_expression=1',
    '-o',
    'json',
    '$(id)',
    '%',
    'a\nb',
  ),
  fc.constantFrom("'", '"', '`id`', '\\', '-rf', 'שלום', '\u202e', '\u0007', '🙂', 'x'.repeat(10_240)),
);

describe('after --', () => {
  test('every word reaches the command as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(word), async (rest) => {
        expect(await typed(['create', 'x', '--reason', 'y', '--', ...rest])).toEqual({
          args: ['x'],
          rest,
          options: { reason: 'y' },
        });
      }),
    );
  });

  test('a command that runs nothing takes words as names', async () => {
    const none = { passThrough: false };
    expect(await typed(['create', '--', '--yes'], none)).toMatchObject({ args: ['--yes'], rest: [], options: {} });
  });

  test('a value joined to its option is exact', async () => {
    await fc.assert(
      fc.asyncProperty(word, async (value) => {
        expect((await typed(['create', `--reason=${value}`])).options.reason).toBe(value);
      }),
    );
  });
});
