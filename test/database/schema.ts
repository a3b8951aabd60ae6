import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenOptions, openDatabase } from '../../src/database/open.js';
import { writing } from '../../src/database/statements.js';

/** Two versions of a small schema. */
export const FIRST = { number: 10, sql: 'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;' };
export const SECOND = { number: 20, sql: "ALTER TABLE notes ADD COLUMN author TEXT NOT NULL DEFAULT 'nobody';" };

/** How a test opens a file with that schema. */
export function options(overrides: Partial<OpenOptions> = {}): OpenOptions {
  return { mode: 'write', kind: 'agent file', applicationId: 0x1234, migrations: [FIRST], ...overrides };
}

/** Runs a test in a new folder that is removed afterwards. */
export async function inScratch(test: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sched-database-'));
  try {
    await test(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `work` throws, as far as users see it; fails when it throws nothing. */
export function failure(work: () => unknown): { code?: unknown; message: string; hint?: unknown; detail?: unknown } {
  try {
    work();
  } catch (error) {
    const { code, message, hint, detail } = error as Error & { code?: unknown; hint?: unknown; detail?: unknown };
    return { code, message, hint, detail };
  }
  throw new Error('it did not fail');
}

/** A file with some notes in it, cleanly closed. */
export function fill(file: string, count = 1): void {
  const handle = openDatabase(file, options());
  const insert = handle.prepare('INSERT INTO notes (text) VALUES (?)');
  writing(handle, () => {
    for (let index = 0; index < count; index += 1) {
      insert.run('x'.repeat(count === 1 ? 1 : 500));
    }
  });
  handle.close();
}
