import { SchedError } from '../errors.js';

/** Which file an error is about, and what users call it. */
export interface DatabaseFile {
  readonly file: string;
  readonly kind: 'registry' | 'agent file';
}

/** How long a statement waits for another process's lock, in milliseconds. */
export const BUSY_TIMEOUT = 10_000;

/** The `code` of a SQLite or system error (`SQLITE_BUSY_SNAPSHOT`, `EACCES`); undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** True when the error says that the file or its folder may not be written. */
export function isReadOnlyError(error: unknown): boolean {
  return hasCode(error, 'SQLITE_READONLY', 'SQLITE_PERM', 'EACCES', 'EPERM', 'EROFS');
}

/** True when the error's code is one of `codes` or an extension of one (`SQLITE_CORRUPT_VTAB` extends `SQLITE_CORRUPT`). */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const found = errorCode(error);
  return found !== undefined && codes.some((code) => found === code || found.startsWith(`${code}_`));
}

/**
 * The `SchedError` REGISTRY that says what a SQLite or system error means for the file, chosen by result code
 * (https://www.sqlite.org/rescode.html). Anything else (a defect of the program, a `SchedError`) comes back as it is.
 */
export function translateDatabaseError(error: unknown, { file, kind }: DatabaseFile): unknown {
  const fail = (message: string, hint?: string) =>
    new SchedError('REGISTRY', message, { cause: error, ...(hint === undefined ? {} : { hint }) });
  if (hasCode(error, 'SQLITE_NOTADB')) {
    return fail(`${file} is not a database, so it is no ${kind}`, 'Give the right file, or move this one away.');
  }
  if (hasCode(error, 'SQLITE_CORRUPT')) {
    return damaged({ file, kind }, error);
  }
  if (isReadOnlyError(error)) {
    return fail(`The ${kind} ${file} cannot be written`, 'The file and its folder must be writable by you.');
  }
  if (hasCode(error, 'SQLITE_FULL', 'ENOSPC', 'EDQUOT')) {
    return fail(`The ${kind} ${file} cannot grow: the disk is full`, 'Nothing was changed; make room and try again.');
  }
  if (hasCode(error, 'SQLITE_BUSY', 'SQLITE_LOCKED')) {
    return fail(
      `The ${kind} ${file} is locked by another process for ${BUSY_TIMEOUT / 1000} s`,
      'Nothing was changed; wait for the other process to end and try again.',
    );
  }
  if (hasCode(error, 'SQLITE_CANTOPEN', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG')) {
    return fail(`The ${kind} ${file} cannot be opened (${errorCode(error)})`);
  }
  if (hasCode(error, 'SQLITE_IOERR', 'EIO')) {
    return fail(
      `The ${kind} ${file} cannot be read or written (${errorCode(error)})`,
      'The disk or the network file system failed.',
    );
  }
  return error;
}

/** REGISTRY for a file whose content is not what was written. */
export function damaged({ file, kind }: DatabaseFile, cause: unknown, detail?: string): SchedError {
  return new SchedError('REGISTRY', `The ${kind} ${file} is damaged; nothing was changed`, {
    cause,
    ...(detail === undefined ? {} : { detail }),
    hint:
      kind === 'registry'
        ? 'See `sched registry check`, then `sched restore BACKUP`.'
        : 'Move it away; the agent makes a new one.',
  });
}

/** The same object with every method throwing (or rejecting with) translated errors. */
export function translated<Methods extends object>(methods: Methods, file: DatabaseFile): Methods {
  const wrapped: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(methods)) {
    wrapped[name] =
      typeof value === 'function' ? translatedFunction(value as (...inputs: unknown[]) => unknown, file) : value;
  }
  return wrapped as Methods;
}

function translatedFunction(method: (...inputs: unknown[]) => unknown, file: DatabaseFile) {
  return (...inputs: unknown[]): unknown => {
    try {
      const result = method(...inputs);
      return result instanceof Promise
        ? result.catch((error: unknown) => {
            throw translateDatabaseError(error, file);
          })
        : result;
    } catch (error) {
      throw translateDatabaseError(error, file);
    }
  };
}
