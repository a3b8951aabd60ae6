import type { DatabaseFile } from '../database/database-error.js';
import type { DatabaseHandle } from '../database/open.js';
import { keepStatements, readJson, type Statements, writing } from '../database/statements.js';
import { SchedError } from '../errors.js';
import type { Instant } from '../schedule.js';

/** What the registry's parts share: one open file. */
export interface Store {
  readonly about: DatabaseFile;
  readonly handle: DatabaseHandle;
  readonly sql: Statements;
  /** When the registry was opened. */
  readonly opened: Instant;
  /** One transaction that holds the write lock; joins one that is under way. */
  write<Result>(work: () => Result): Result;
  /** Reads a JSON column; REGISTRY naming table and row when it cannot be read. */
  json<Shape extends object>(text: string, table: string, id: string | number): Shape;
}

/** The shared view of an open file. */
export function createStore(handle: DatabaseHandle, about: DatabaseFile, opened: Instant): Store {
  return {
    about,
    handle,
    sql: keepStatements(handle),
    opened,
    write: (work) => writing(handle, work),
    json: (text, table, id) => readJson(about, text, table, id),
  };
}

/** Values as JSON text for a column; null stays null. */
export function toJson(value: object): string;
export function toJson(value: object | null): string | null;
export function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** A CONFLICT to throw. */
export function conflict(message: string, hint?: string): SchedError {
  return new SchedError('CONFLICT', message, hint === undefined ? {} : { hint });
}

/** A name as one word of a shell command, for hints that are pasted. */
export function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
