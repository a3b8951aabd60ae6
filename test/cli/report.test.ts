import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { type CommandDefinition, command, type Result } from '../../src/cli/command.js';
import type { Output, Signals } from '../../src/cli/streams.js';
import type { Context } from '../../src/context.js';
import { ERROR_CODES, type ErrorCode, SchedError } from '../../src/errors.js';
import { run } from './surface.js';

function doing(work: (context: Context) => Promise<Result>): readonly CommandDefinition[] {
  return [
    command({
      name: 'do',
      summary: 'Do',
      examples: ['sched do'],
      input: () => null,
      run: (_input, context) => work(context),
    }),
  ];
}

function failing(error: unknown): readonly CommandDefinition[] {
  return doing(async () => {
    throw error;
  });
}

const REFUSED = new SchedError('CONFLICT', 'The name a\nb is taken.', {
  hint: 'sched get a',
  detail: 'one\n  two\u001b[2J',
  cause: new Error('SQLITE_BUSY', { cause: new Error('locked') }),
});

describe('an error', () => {
  test('is a sentence with what lies beneath and what helps', async () => {
    expect(await run(['do'], failing(REFUSED))).toEqual({
      status: 5,
      stdout: '',
      stderr: 'error: The name a\\nb is taken.\n  one\n    two\\u001b[2J\n  SQLITE_BUSY: locked\n  sched get a\n',
    });
    const terminal = await run(['do'], failing(REFUSED), { terminal: 80 });
    expect(terminal.stderr).toContain('\u001b[31m✗\u001b[39m The name');
  });

  test('is one line of JSON with -o json', async () => {
    const { stderr, status } = await run(['do', '-o', 'json'], failing(REFUSED));
    expect(status).toBe(5);
    expect(stderr).toMatch(/^[^\n]*\n$/);
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'CONFLICT',
        message: 'The name a\nb is taken.\none\n  two\u001b[2J',
        hint: 'sched get a',
        cause: 'SQLITE_BUSY: locked',
      },
    });
    const bare = await run(['do', '--output=json'], failing(new SchedError('NOT_FOUND', 'No.')));
    expect(JSON.parse(bare.stderr)).toEqual({ error: { code: 'NOT_FOUND', message: 'No.', hint: null, cause: null } });
  });

  test.each([[['nope', '-ojson']], [['do', '--nope', '-o', 'json']], [['--output', 'json', 'do', 'extra']]])(
    'of the command line itself is JSON too: %j',
    async (words) => {
      const { stderr, status } = await run(
        words,
        doing(async () => ({ kind: 'none' })),
      );
      expect(status).toBe(2);
      expect(JSON.parse(stderr).error.code).toBe('USAGE');
    },
  );

  test('words after -- do not choose how it is told', async () => {
    expect((await run(['do', 'x', '--', '-o', 'json'], failing(REFUSED))).stderr).toMatch(/^error: /);
  });

  test.each(Object.keys(ERROR_CODES) as ErrorCode[])('%s ends with its exit status', async (code) => {
    expect((await run(['do'], failing(new SchedError(code, 'It.')))).status).toBe(ERROR_CODES[code].exit);
  });

  test('that is a defect is one line, with the trace only when asked', async () => {
    const { stderr, status } = await run(['do'], failing(new TypeError('x is not a function')));
    expect({ stderr, status }).toEqual({
      status: 1,
      stderr: 'error: internal error: x is not a function\n  --debug shows the trace\n',
    });
    const debugged = await run(['do', '--debug'], failing(new TypeError('x is not a function')));
    expect(debugged.stderr).toMatch(/TypeError: x is not a function\n\s+at /);
    expect((await run(['do'], failing('text'))).stderr).toContain('internal error: text');
  });
});

/** Signals that a test gives. */
function fakeSignals(): Signals & { readonly emitter: EventEmitter; readonly exits: number[] } {
  const emitter = new EventEmitter();
  const exits: number[] = [];
  return {
    emitter,
    exits,
    on: (signal, listener) => emitter.on(signal, listener),
    off: (signal, listener) => emitter.off(signal, listener),
    exit(code) {
      exits.push(code);
      throw new Error('exited');
    },
  };
}

describe('Ctrl-C', () => {
  test.each(['SIGINT', 'SIGTERM'])('%s aborts once, then ends at once', async (name) => {
    const signals = fakeSignals();
    const commands = doing(async ({ signal }) => {
      signals.emitter.emit(name);
      expect(signal.aborted).toBe(true);
      expect(() => signals.emitter.emit(name)).toThrow('exited');
      throw new Error('socket hang up');
    });
    const { status, stderr } = await run(['do'], commands, { signals });
    expect({ status, stderr }).toEqual({ status: 130, stderr: 'error: Interrupted.\n' });
    expect(signals.exits).toEqual([130]);
    expect(signals.emitter.listenerCount(name)).toBe(0);
  });

  test('during work that ends well leaves its own status', async () => {
    const signals = fakeSignals();
    const commands = doing(async () => {
      signals.emitter.emit('SIGTERM');
      return { kind: 'none' };
    });
    expect((await run(['do'], commands, { signals })).status).toBe(0);
  });
});

describe('--timeout', () => {
  test('aborts with TIMED_OUT', async () => {
    const commands = doing(async ({ signal }) => {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
        // Keeps the process alive as work would: the limit's own timer does not.
        setTimeout(resolve, 10_000).unref();
      });
      throw new Error('aborted');
    });
    const { status, stderr } = await run(['do', '--timeout', '1s'], commands);
    expect(status).toBe(7);
    expect(stderr).toContain('It was not done within 1s.');
  });

  test('must be a length of time', async () => {
    expect(
      (
        await run(
          ['do', '--timeout', 'soon'],
          doing(async () => ({ kind: 'none' })),
        )
      ).status,
    ).toBe(2);
  });
});

describe('a question', () => {
  test('that nobody can answer is refused, naming --yes', async () => {
    const asking = doing(async (context) => {
      await context.confirm('Deleting a also removes b.');
      return { kind: 'none' };
    });
    expect(await run(['do'], asking)).toMatchObject({
      status: 2,
      stderr: 'error: Deleting a also removes b. Nobody is there to confirm it: add --yes.\n',
    });
    expect((await run(['do'], asking, { terminal: 80, env: { CI: '1' } })).status).toBe(2);
  });
});

function broken(code: string): Output {
  return {
    write(_data, done) {
      done(Object.assign(new Error(`write ${code}`), { code }));
      return false;
    },
    on: () => undefined,
  };
}

describe('stdout', () => {
  async function* many(): AsyncGenerator<string, void, undefined> {
    for (let index = 0; index < 100; index += 1) {
      yielded += 1;
      yield `${index}\n`;
    }
  }
  let yielded = 0;
  const streaming = doing(async () => ({ kind: 'stream', pieces: many() }));

  test('whose reader has gone is quiet, and the work stops', async () => {
    yielded = 0;
    expect(await run(['do'], streaming, { stdout: broken('EPIPE') })).toMatchObject({ status: 0, stderr: '' });
    expect(yielded).toBe(1);
  });

  test('that is full is an error', async () => {
    const { status, stderr } = await run(['do'], streaming, { stdout: broken('ENOSPC') });
    expect(status).toBe(1);
    expect(stderr).toBe('error: stdout cannot be written.\n  write ENOSPC\n');
  });
});
