import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

/** Compiles a worker (a TypeScript file below `test/`) into `folder`, for child processes to run; returns its path there. */
export async function buildWorker(source: string, folder: string): Promise<string> {
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const outfile = join(folder, `${basename(source, '.ts')}.mjs`);
  await build({
    entryPoints: [resolve(source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['better-sqlite3'],
    logLevel: 'warning',
  });
  return outfile;
}

/** A worker that runs. */
export interface Worker {
  readonly child: ChildProcess;
  /** What it printed, as JSON; rejects with its stderr when its exit status is not 0. */
  readonly result: Promise<unknown>;
}

/** Starts a worker with arguments. */
export function startWorker(worker: string, ...inputs: readonly string[]): Worker {
  const child = spawn(process.execPath, [worker, ...inputs], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const result = new Promise<unknown>((done, failed) => {
    child.on('close', (status) =>
      status === 0 ? done(JSON.parse(printed || 'null')) : failed(new Error(`exit ${status}: ${complaints}`)),
    );
  });
  return { child, result };
}

/** Waits for a file that a worker makes. */
export async function fileAppears(file: string): Promise<void> {
  const patience = Date.now() + 10_000;
  while (!existsSync(file)) {
    if (Date.now() > patience) {
      throw new Error(`${file} does not appear`);
    }
    await new Promise((done) => setTimeout(done, 5));
  }
}
