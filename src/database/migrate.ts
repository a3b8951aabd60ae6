import type Database from 'better-sqlite3';
import { SchedError } from '../errors.js';
import type { DatabaseFile } from './database-error.js';

/** One step forward. Numbers go up in tens; a released one never changes. */
export interface Migration {
  readonly number: number;
  readonly sql: string;
}

/** What a file must be, and how to make it so. */
export interface Schema {
  readonly migrations: readonly Migration[];
  /** SQLite's `application_id`, which tells one program's files from another's. */
  readonly applicationId: number;
  /** Fills a new file, in the transaction that makes its tables. */
  readonly seed?: (handle: Database.Database) => void;
}

/** The version that a fully migrated file has. */
function currentVersion({ migrations }: Schema): number {
  return Math.max(0, ...migrations.map((migration) => migration.number));
}

/**
 * Brings a file that `isCurrent` said is not up to the current version, forward only, in one transaction.
 * Throws REGISTRY as `isCurrent` does; nothing is written then.
 */
export function migrate(handle: Database.Database, schema: Schema, file: DatabaseFile): void {
  const steps = [...schema.migrations].sort((one, other) => one.number - other.number);
  handle
    .transaction(() => {
      // Another process may have migrated while this one waited for the lock.
      if (isCurrent(handle, schema, file)) {
        return;
      }
      const version = readHeader(handle).version;
      for (const step of steps.filter((candidate) => candidate.number > version)) {
        handle.exec(step.sql);
      }
      if (version === 0) {
        schema.seed?.(handle);
        handle.pragma(`application_id = ${schema.applicationId}`);
      }
      handle.pragma(`user_version = ${currentVersion(schema)}`);
    })
    .immediate();
}

/**
 * True when the file is at the current version, false when it is older or empty; waits for nobody.
 * Throws REGISTRY when it is newer than this program or belongs to another one.
 */
export function isCurrent(handle: Database.Database, schema: Schema, { file, kind }: DatabaseFile): boolean {
  const { version, application, empty } = readHeader(handle);
  if (empty) {
    return false;
  }
  if (application !== schema.applicationId) {
    throw new SchedError('REGISTRY', `${file} is another program's database, so it is no ${kind}`, {
      hint: 'Give the right file; this one stays as it is.',
    });
  }
  const newest = currentVersion(schema);
  if (version > newest) {
    throw new SchedError(
      'REGISTRY',
      `The ${kind} ${file} was made by a newer sched: this one reads up to version ${newest}, it has ${version}`,
      {
        hint: 'Upgrade sched; the file stays as it is.',
      },
    );
  }
  return version === newest;
}

/** In one transaction: a file that another process fills between two reads would look like a stranger's. */
function readHeader(handle: Database.Database): { version: number; application: number; empty: boolean } {
  const header =
    'SELECT user_version AS version, application_id AS application FROM pragma_user_version, pragma_application_id';
  return handle.transaction(() => {
    const row = handle.prepare(header).get() as { version: number; application: number };
    const empty = row.application === 0 && handle.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
    return { ...row, empty };
  })();
}
