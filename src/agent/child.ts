import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { Clock } from '../clock.js';
import type { Ending } from '../drivers/local/store/claims.js';
import { systemErrorCode } from '../drivers/local/system-error.js';
import { alarm } from './alarm.js';
import type { ReadyCommand } from './command.js';
import { endGroup } from './group.js';
import { openOutput } from './output-file.js';
import { processStart } from './processes.js';

/** How to start a program. */
export interface ChildOptions {
  /** Receives stdout and stderr, in the order they are written. */
  readonly output: string;
  /** Its time, in seconds; null: as long as it takes. */
  readonly timeoutSeconds: number | null;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly grace: number;
  readonly clock: Clock;
}

/** A program that was started, or could not be. */
export interface Child {
  /** Null when it could not be started. */
  readonly process: { readonly pid: number; readonly started: string | null } | null;
  /** Never rejects. */
  readonly ended: Promise<Ending>;
  /** Ends its process group; the run is `stopped` for that reason. Does nothing when it is being ended already. */
  stop(reason: string): void;
}

/**
 * Starts a program by its argument array in a process group of its own, its input empty. Never throws: what keeps a program from
 * starting is the end of its run (exit code 127 when there is no such program, 126 when it cannot be run).
 */
export function startChild(command: ReadyCommand, options: ChildOptions): Child {
  let descriptor: number;
  try {
    descriptor = openOutput(options.output);
  } catch (error) {
    return stillborn(
      { exitCode: null, reason: `its output file cannot be written: ${messageOf(error)}` },
      options.clock,
    );
  }
  try {
    const child = spawn(command.program, command.args, {
      cwd: command.cwd,
      env: command.env,
      stdio: ['ignore', descriptor, descriptor],
      detached: true,
    });
    return child.pid === undefined ? unborn(child, command, options.clock) : running(child, child.pid, options);
  } catch (error) {
    return stillborn(
      { exitCode: 126, reason: `${command.program} cannot be started: ${messageOf(error)}` },
      options.clock,
    );
  } finally {
    closeSync(descriptor);
  }
}

/** A run that ends before it has a process. */
export function stillborn(why: { exitCode: number | null; reason: string }, clock: Clock): Child {
  const ending: Ending = { status: 'failed', ...why, finished: clock.now() };
  return { process: null, ended: Promise.resolve(ending), stop: () => undefined };
}

function running(child: ChildProcess, pid: number, { timeoutSeconds, grace, clock }: ChildOptions): Child {
  let verdict: (Pick<Ending, 'reason'> & { status: 'timed_out' | 'stopped' }) | undefined;
  let groupEnded: Promise<void> = Promise.resolve();

  function end(why: NonNullable<typeof verdict>): void {
    if (verdict === undefined) {
      verdict = why;
      groupEnded = endGroup(pid, grace);
    }
  }

  const deadline =
    timeoutSeconds === null
      ? undefined
      : alarm(timeoutSeconds * 1000, () =>
          end({ status: 'timed_out', reason: `it took longer than ${timeoutSeconds} s` }),
        );
  const ended = new Promise<Ending>((resolve) => {
    // A signal that cannot be sent is reported here too; the exit still comes.
    child.on('error', () => undefined);
    child.once('exit', (code, signal) => {
      deadline?.cancel();
      const finished = clock.now();
      const status = exitStatus(code, signal);
      void groupEnded.then(() => resolve({ ...status, ...verdict, finished }));
    });
  });
  return {
    process: { pid, started: processStart(pid) },
    ended,
    stop: (reason) => end({ status: 'stopped', reason }),
  };
}

function unborn(child: ChildProcess, { program, cwd }: ReadyCommand, clock: Clock): Child {
  const ended = new Promise<Ending>((resolve) => {
    child.once('error', (error) => {
      const finished = clock.now();
      resolve({ status: 'failed', ...whyUnborn(error, program, cwd), finished });
    });
  });
  return { process: null, ended, stop: () => undefined };
}

function whyUnborn(error: Error, program: string, cwd: string): { exitCode: number | null; reason: string } {
  const code = systemErrorCode(error);
  if (code === 'ENOENT' && !existsSync(cwd)) {
    return { exitCode: null, reason: `the working directory ${cwd} does not exist` };
  }
  if (code === 'ENOENT') {
    return { exitCode: 127, reason: `${program}: no such program` };
  }
  return { exitCode: 126, reason: `${program} cannot be started (${code ?? error.message})` };
}

/** As shells tell it: a program that a signal ends has 128 and the signal's number. */
function exitStatus(
  code: number | null,
  signal: NodeJS.Signals | null,
): Pick<Ending, 'status' | 'exitCode' | 'reason'> {
  if (signal !== null) {
    return { status: 'failed', exitCode: 128 + constants.signals[signal], reason: `ended by ${signal}` };
  }
  return code === 0
    ? { status: 'succeeded', exitCode: 0, reason: null }
    : { status: 'failed', exitCode: code, reason: `exit ${code}` };
}

function messageOf(error: unknown): string {
  return systemErrorCode(error) ?? String(error);
}
