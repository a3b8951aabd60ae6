import { isatty } from 'node:tty';
import { SchedError } from '../errors.js';

/** The part of a process's output stream that is used here. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(data: string | Uint8Array, done: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Where a command reads from and writes to: the process itself, or a test's own. */
export interface Surface {
  readonly stdin: { readonly isTTY?: boolean | undefined };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: () => number;
  /** Who tells of SIGINT and SIGTERM. */
  readonly signals: Signals | undefined;
}

/** The part of `process` that tells of signals. */
export interface Signals {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): never;
}

/** Where one command line reads and writes. */
export interface Streams {
  readonly surface: Surface;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Tells how errors are to be told, once it is known. */
  readonly noteFormat: (format: string) => void;
}

/** One output stream with what it can show. */
export interface Sink {
  readonly terminal: boolean;
  readonly colour: boolean;
  /** Columns; Infinity in a pipe. */
  readonly width: number;
  /** True when the reader has gone; what is written then is dropped. */
  closed(): boolean;
  /** Resolves when the text has been handed to the system; throws FAILED when that is impossible (a full disk). */
  write(data: string | Uint8Array): Promise<void>;
}

export const COLOUR_CHOICES = ['always', 'never', 'auto'] as const;
export type ColourChoice = (typeof COLOUR_CHOICES)[number];

/** The process's own streams. */
export function processSurface(): Surface {
  return {
    // process.stdin is opened by being looked at, which would cost every command.
    stdin: { isTTY: isatty(0) },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    now: Date.now,
    signals: process,
  };
}

/** Wraps a stream; a reader that has gone (EPIPE) is not an error. */
export function openSink(output: Output, name: string, choice: ColourChoice, env: Surface['env']): Sink {
  let closed = false;
  // The callback of each write reports its error; without a listener the same error would also end the process.
  output.on('error', () => {
    closed = true;
  });
  const terminal = output.isTTY === true;
  return {
    terminal,
    colour: hasColour(terminal, choice, env),
    width: terminal ? output.columns || 80 : Number.POSITIVE_INFINITY,
    closed: () => closed,
    write: (data) =>
      closed || data.length === 0
        ? Promise.resolve()
        : new Promise((resolve, reject) => {
            output.write(data, (error) => {
              if (!error) {
                resolve();
              } else if (isGone(error)) {
                closed = true;
                resolve();
              } else {
                reject(new SchedError('FAILED', `${name} cannot be written.`, { cause: error }));
              }
            });
          }),
  };
}

/** By https://no-color.org and https://force-color.org, each stream for itself; the flag beats both. */
function hasColour(terminal: boolean, choice: ColourChoice, env: Surface['env']): boolean {
  if (choice !== 'auto') {
    return choice === 'always';
  }
  if (env.NO_COLOR) {
    return false;
  }
  if (env.FORCE_COLOR) {
    return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  }
  return terminal && env.TERM !== 'dumb';
}

function isGone(error: Error & { code?: string }): boolean {
  return error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || error.code === 'EOF';
}
