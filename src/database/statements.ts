import type Database from 'better-sqlite3';
import { type DatabaseFile, damaged } from './database-error.js';

/** Gives the prepared statement for a text, prepared when first asked for and kept for the handle's life. */
export type Statements = (sql: string) => Database.Statement<unknown[], unknown>;

/** A keeper of prepared statements. The number of different texts must be bounded: values are bound, never written into them. */
export function keepStatements(handle: Database.Database): Statements {
  const kept = new Map<string, Database.Statement<unknown[], unknown>>();
  return (sql) => {
    const known = kept.get(sql);
    if (known !== undefined) {
      return known;
    }
    const statement = handle.prepare<unknown[], unknown>(sql);
    kept.set(sql, statement);
    return statement;
  };
}

/** Runs `work` in one transaction that holds the write lock from its start; inside another one it is part of that. */
export function writing<Result>(handle: Database.Database, work: () => Result): Result {
  return handle.transaction(work).immediate();
}

/**
 * As `writing`, and on the disk when it returns, so that it outlives a loss of power. Elsewhere the last moments may be lost
 * (https://www.sqlite.org/pragma.html#pragma_synchronous). Not inside another transaction.
 */
export function writingDurably<Result>(handle: Database.Database, work: () => Result): Result {
  handle.pragma('synchronous = FULL');
  try {
    return writing(handle, work);
  } finally {
    handle.pragma('synchronous = NORMAL');
  }
}

/** Reads a JSON column: an object or an array. REGISTRY naming table and row when it is neither. */
export function readJson<Shape extends object>(
  file: DatabaseFile,
  text: string,
  table: string,
  id: string | number,
): Shape {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(file, error, `table ${table}, row ${id}: unreadable JSON`);
  }
  if (typeof value !== 'object' || value === null) {
    throw damaged(file, undefined, `table ${table}, row ${id}: JSON that is no object`);
  }
  return value as Shape;
}
