import type { CommandDefinition, CommandGroup } from '../../src/cli/command.js';
import { runProgram } from '../../src/cli/program.js';
import type { Output, Signals, Surface } from '../../src/cli/streams.js';

export const NOW = Date.parse('2026-11-21T10:00:00Z');

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Columns of a terminal; none: a pipe. */
  readonly terminal?: number;
  readonly cwd?: string;
  readonly signals?: Signals;
  readonly stdout?: Output;
}

/** Runs words against definitions of the test's own, in this process. */
export async function run(
  words: readonly string[],
  commands: readonly CommandDefinition[],
  options: RunOptions = {},
): Promise<Ran> {
  const stdout = captured(options.terminal);
  const stderr = captured(options.terminal);
  const groups: readonly CommandGroup[] = [{ heading: 'All', commands }];
  const status = await runProgram(words, surface(options.stdout ?? stdout.output, stderr.output, options), groups);
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

export function surface(stdout: Output, stderr: Output, options: RunOptions = {}): Surface {
  return {
    stdin: { isTTY: options.terminal !== undefined },
    stdout,
    stderr,
    env: { HOME: '/nowhere', ...options.env },
    cwd: options.cwd ?? '/',
    now: () => NOW,
    signals: options.signals,
  };
}

/** A stream that keeps what is written. */
export function captured(columns?: number): { readonly output: Output; text(): string } {
  const pieces: Buffer[] = [];
  return {
    output: {
      isTTY: columns !== undefined,
      columns,
      write(data, done) {
        pieces.push(Buffer.from(data));
        done();
        return true;
      },
      on: () => undefined,
    },
    text: () => Buffer.concat(pieces).toString(),
  };
}
