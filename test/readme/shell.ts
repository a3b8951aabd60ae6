import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compare, type Shown } from './console.js';

const PROGRAM = join(import.meta.dirname, '../../bin/sched.cjs');

/** A user's shell in a scratch home, where `sched` is the built program. */
export interface Shell {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a line to its end; its output is stdout and stderr together, as in a terminal. */
  run(line: string): Promise<{ readonly status: number | null; readonly output: string }>;
  /** Starts a line that goes on; gives what it has printed so far. */
  start(line: string): () => string;
  /** Ends what was started and removes the home. */
  leave(): Promise<void>;
}

/**
 * What differs between what is shown of a line and what it prints; null when nothing does. What only looks is asked again for a while:
 * others are at work meanwhile, and may be so at that very moment.
 */
export async function difference(shell: Shell, { command, output }: Shown): Promise<string | null> {
  const started = command.endsWith(' &') ? shell.start(command.slice(0, -2)) : undefined;
  const look = async (): Promise<string> => started?.() ?? (await shell.run(command)).output;
  const attempts = started !== undefined || /^sched (runs|logs|list) /.test(`${command} `) ? 25 : 1;
  let different = compare(output, await look());
  for (let attempt = 1; attempt < attempts && different !== null; attempt += 1) {
    await sleep(300);
    different = compare(output, await look());
  }
  return different;
}

export function openShell(more: Readonly<Record<string, string>> = {}): Shell {
  const home = mkdtempSync(join(tmpdir(), 'sched-readme-'));
  const folder = join(home, 'bin');
  mkdirSync(folder);
  const shim = join(folder, 'sched');
  writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  chmodSync(shim, 0o755);
  const path = `${folder}${delimiter}${more.PATH ?? process.env.PATH ?? ''}`;
  const env = { TZ: 'UTC', LANG: 'C', ...more, HOME: home, PATH: path };
  const going: ChildProcess[] = [];
  let outputs = 0;

  function launch(line: string): { readonly child: ChildProcess; readonly file: string } {
    outputs += 1;
    const file = join(home, `output-${outputs}.txt`);
    const descriptor = openSync(file, 'w');
    const child = spawn('sh', ['-c', line], { cwd: home, env, stdio: ['ignore', descriptor, descriptor] });
    closeSync(descriptor);
    return { child, file };
  }

  return {
    home,
    env,
    async run(line) {
      const { child, file } = launch(line);
      const status = await ended(child);
      return { status, output: readFileSync(file, 'utf8') };
    },
    start(line) {
      const { child, file } = launch(`exec ${line}`);
      going.push(child);
      return () => readFileSync(file, 'utf8');
    },
    async leave() {
      for (const child of going) {
        const end = ended(child);
        child.kill('SIGTERM');
        await end;
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve(child.exitCode);
    }
    child.once('exit', resolve);
  });
}
