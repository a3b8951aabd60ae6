/** SQLite files: opened, made, migrated. The only room that imports better-sqlite3. */
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { SchedError } from '../errors.js';
import {
  BUSY_TIMEOUT,
  type DatabaseFile,
  errorCode,
  hasCode,
  isReadOnlyError,
  translateDatabaseError,
} from './database-error.js';
import { isCurrent, migrate, type Schema } from './migrate.js';

/** An open SQLite file. */
export type DatabaseHandle = Database.Database;

export interface OpenOptions extends Schema {
  /**
   * `write` makes file and folder when missing, and falls back to reading where nothing may be written; `look` is the same for a file that
   * exists, and makes none: a new one in memory stands for it.
   */
  readonly mode: 'write' | 'look' | 'read';
  readonly kind: DatabaseFile['kind'];
}

/**
 * Opens and migrates a SQLite file: write-ahead log, foreign keys, 10 s of patience with other processes' locks. A new file is
 * 0600 in a folder that is made 0700 when missing; an existing folder keeps its mode. Where the file or its folder may not be
 * written, the handle only reads and each write fails with SQLITE_READONLY. Throws REGISTRY when it cannot be used at all.
 */
export function openDatabase(path: string, { mode, kind, ...schema }: OpenOptions): DatabaseHandle {
  // An absolute path is never one of SQLite's special names (`:memory:`, `file:`).
  const about: DatabaseFile = { file: resolve(path), kind };
  try {
    if (mode === 'look' && !existsSync(about.file)) {
      return openImage(Buffer.alloc(0), schema, about);
    }
    if (mode !== 'read' && prepareFile(about)) {
      return openForWriting(schema, about);
    }
    return openForReading(schema, about);
  } catch (error) {
    throw translateDatabaseError(error, about);
  }
}

/** Makes folder and file when missing; false when they exist and may only be read. */
function prepareFile({ file, kind }: DatabaseFile): boolean {
  if (existsSync(file)) {
    return mayWrite(file) && mayWrite(dirname(file));
  }
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (hasCode(error, 'EEXIST') && existsSync(file)) {
      return true;
    }
    if (isReadOnlyError(error) || hasCode(error, 'ENOTDIR', 'EEXIST', 'ENOENT')) {
      throw new SchedError(
        'REGISTRY',
        `The ${kind} ${file} cannot be made: its folder cannot be written (${errorCode(error)})`,
        {
          cause: error,
          hint:
            kind === 'registry'
              ? 'Name another place with `--registry FILE` or SCHED_REGISTRY.'
              : `Make ${dirname(file)} writable.`,
        },
      );
    }
    throw error;
  }
  return true;
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function openForWriting(schema: Schema, about: DatabaseFile): DatabaseHandle {
  const handle = new Database(about.file, { timeout: BUSY_TIMEOUT });
  try {
    // Refused before anything is written; the header read also finds out what is no database.
    const current = isCurrent(handle, schema, about);
    if (handle.pragma('journal_mode', { simple: true }) !== 'wal') {
      useWriteAheadLog(handle);
    }
    if (!current) {
      migrate(handle, schema, about);
    }
    handle.pragma('synchronous = NORMAL');
    handle.pragma('foreign_keys = ON');
    return handle;
  } catch (error) {
    handle.close();
    throw error;
  }
}

/** Stays in the file once set. SQLite does not wait, as it does elsewhere, for another process that is about to write. */
function useWriteAheadLog(handle: DatabaseHandle): void {
  const patience = Date.now() + BUSY_TIMEOUT;
  for (;;) {
    try {
      handle.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (!hasCode(error, 'SQLITE_BUSY') || Date.now() > patience) {
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function openForReading(schema: Schema, about: DatabaseFile): DatabaseHandle {
  if (!existsSync(about.file)) {
    throw new SchedError('REGISTRY', `There is no ${about.kind} at ${about.file}`);
  }
  const handle = new Database(about.file, { timeout: BUSY_TIMEOUT, readonly: true });
  try {
    if (isCurrent(handle, schema, about)) {
      return handle;
    }
    const image = handle.serialize();
    handle.close();
    return openImage(image, schema, about);
  } catch (error) {
    handle.close();
    // A write-ahead log needs a file beside the database even to be read (https://www.sqlite.org/wal.html, "Read-Only Databases").
    if (hasCode(error, 'SQLITE_CANTOPEN', 'SQLITE_READONLY')) {
      return openImage(readWhole(about), schema, about);
    }
    throw error;
  }
}

/** The bytes of a file that nobody has open; REGISTRY when the last writer died and left some of it in its log. */
function readWhole({ file, kind }: DatabaseFile): Buffer {
  const image = readFileSync(file);
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new SchedError(
      'REGISTRY',
      `The ${kind} ${file} has unfinished writes beside it (${file}-wal) and its folder cannot be written`,
      {
        hint: 'Copy both files to a folder that can be written, and name that copy.',
      },
    );
  }
  return image;
}

/** A database in memory, migrated there when it is older, that refuses to be written. */
function openImage(image: Buffer, schema: Schema, about: DatabaseFile): DatabaseHandle {
  if (image.length > 19) {
    // Format 2 asks for a write-ahead log, which memory cannot have; 1 is the same content without (https://www.sqlite.org/fileformat.html §1.3.3).
    image.fill(1, 18, 20);
  }
  const handle = new Database(image, { timeout: BUSY_TIMEOUT });
  try {
    migrate(handle, schema, about);
    handle.pragma('query_only = ON');
    return handle;
  } catch (error) {
    handle.close();
    throw error;
  }
}
