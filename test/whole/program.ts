/** The built program as a user starts it: a process of its own, with a home of its own. */
import { type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What is started: `bin/sched.cjs` of this checkout, or of another build that `SCHED_UNDER_TEST` names. */
export const PROGRAM = process.env.SCHED_UNDER_TEST ?? join(ROOT, 'bin', 'sched.cjs');
/** The folder of the build that `PROGRAM` starts. */
export const BUILD = join(dirname(dirname(PROGRAM)), 'dist');

/** A home folder, a working folder and the environment that points there. */
export interface Place {
  readonly folder: string;
  readonly work: string;
  readonly registry: string;
  /** The local orchestrator's own file. */
  readonly agentFile: string;
  readonly env: Readonly<Record<string, string>>;
  leave(): void;
}

/** How a process ended. */
export interface Ended {
  /** The exit status, or the signal's name. */
  readonly exit: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  /** Laid over the place's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What it reads; null: standard input is closed. */
  readonly stdin?: string | null;
  readonly cwd?: string;
  /** Words for node before the program's file. */
  readonly node?: readonly string[];
}

/** An empty place below the system's folder for temporary files. */
export function enter(): Place {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sched-whole-')));
  return placeIn(folder);
}

/** The place in a folder that is there already (a copy of another place's). */
export function placeIn(folder: string): Place {
  const work = join(folder, 'work');
  mkdirSync(work, { recursive: true });
  const data = join(folder, 'data');
  return {
    folder,
    work,
    registry: join(data, 'sched', 'registry.db'),
    agentFile: join(data, 'sched', 'agent', 'agent.db'),
    env: {
      HOME: folder,
      XDG_DATA_HOME: data,
      XDG_CONFIG_HOME: join(folder, 'config'),
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      TZ: 'UTC',
      SCHED_ACTOR: 'anna@lab',
    },
    leave: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Runs a test in an empty place and removes the place. */
export async function inPlace(test: (place: Place) => Promise<void>): Promise<void> {
  const place = enter();
  try {
    await test(place);
  } finally {
    place.leave();
  }
}

/** Runs one command line of the program to its end. */
export function sched(place: Place, argv: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return run(process.execPath, [...(options.node ?? []), PROGRAM, ...argv], place, options);
}

/** Runs any program in a place to its end. */
export function run(
  file: string,
  argv: readonly string[],
  place: Place,
  { env = {}, stdin = '', cwd = place.work }: StartOptions = {},
): Promise<Ended> {
  const merged = Object.entries({ ...place.env, ...env }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  const options: SpawnOptionsWithoutStdio = { cwd, env: Object.fromEntries(merged) };
  return new Promise((resolve, reject) => {
    const child = spawn(file, argv, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    const pieces = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    child.stdout.on('data', (piece: Buffer) => pieces.stdout.push(piece));
    child.stderr.on('data', (piece: Buffer) => pieces.stderr.push(piece));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({
        exit: code ?? signal,
        stdout: Buffer.concat(pieces.stdout).toString(),
        stderr: Buffer.concat(pieces.stderr).toString(),
      }),
    );
    // A program that ends without reading is not this test's concern.
    child.stdin.on('error', () => undefined);
    if (stdin === null) {
      child.stdin.destroy();
    } else {
      child.stdin.end(stdin);
    }
  });
}

/** Runs several command lines one after the other inside one process of the built program; each has its own streams. */
export async function schedEach(
  place: Place,
  lines: readonly (readonly string[])[],
  options: StartOptions = {},
): Promise<readonly Ended[]> {
  const batch = join(ROOT, 'test', 'whole', 'batch.cjs');
  const { exit, stdout, stderr } = await run(process.execPath, [batch, BUILD], place, {
    ...options,
    stdin: JSON.stringify(lines),
  });
  if (exit !== 0) {
    throw new Error(`the batch ended with ${exit}:\n${stderr}`);
  }
  return JSON.parse(stdout) as readonly Ended[];
}

/** Like `sched`, and fails with what it said unless it ends with `exit` (0 unless given). */
export async function expectSched(
  place: Place,
  argv: readonly string[],
  exit: number | string = 0,
  options: StartOptions = {},
): Promise<Ended> {
  const ended = await sched(place, argv, options);
  if (ended.exit !== exit) {
    throw new Error(
      `sched ${argv.join(' ')} ended with ${ended.exit}, not ${exit}\nstdout: ${ended.stdout}\nstderr: ${ended.stderr}`,
    );
  }
  return ended;
}

/** What a command wrote as JSON. */
export async function schedJson<Shape>(
  place: Place,
  argv: readonly string[],
  exit: number | string = 0,
): Promise<Shape> {
  return JSON.parse((await expectSched(place, [...argv, '-o', 'json'], exit)).stdout) as Shape;
}

/** Asks until the answer is yes; fails after `seconds`. */
export async function until(ask: () => boolean | Promise<boolean>, seconds = 15): Promise<void> {
  const patience = performance.now() + seconds * 1000;
  while (!(await ask())) {
    if (performance.now() > patience) {
      throw new Error(`it did not come about within ${seconds} s: ${ask.toString()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
