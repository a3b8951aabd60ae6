import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { EntryOptions } from './agent-entry.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Bundles the agent's entry into a folder and gives the file. */
export async function buildAgent(folder: string): Promise<string> {
  const outfile = join(folder, 'agent.mjs');
  await build({
    entryPoints: [join(root, 'test/agent/agent-entry.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    logLevel: 'silent',
    plugins: [
      {
        name: 'native-package-by-path',
        setup: ({ onResolve }) => {
          onResolve({ filter: /^better-sqlite3$/ }, () => ({
            path: join(root, 'node_modules/better-sqlite3/lib/index.js'),
            external: true,
          }));
        },
      },
    ],
  });
  return outfile;
}

/** A running agent process. */
export interface AgentProcess {
  readonly process: ChildProcess;
  /** What it wrote to stderr so far. */
  problems(): string;
  /** Sends a signal and waits for its end; gives the exit status, or the signal's name. */
  end(signal: NodeJS.Signals): Promise<number | string | null>;
  /** Waits for its end. */
  ended(): Promise<number | string | null>;
}

/** Starts an agent process on a file. */
export function startAgent(program: string, file: string, options: EntryOptions = {}): AgentProcess {
  const child = spawn(process.execPath, [program, file, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let problems = '';
  child.stderr.on('data', (text) => {
    problems += String(text);
  });
  const exit = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string | null);
  return {
    process: child,
    problems: () => problems,
    ended: () => exit,
    end: (signal) => {
      child.kill(signal);
      return exit;
    },
  };
}

/** Asks until the answer is there; fails after `seconds`. */
export async function eventually<T>(
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 10,
): Promise<T> {
  const patience = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) {
      return answer;
    }
    if (performance.now() > patience) {
      throw new Error(`it did not come about within ${seconds} s: ${ask.toString()}`);
    }
    await sleep(30);
  }
}
