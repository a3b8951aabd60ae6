import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { OUTPUT_LIMIT } from '../drivers/local/output.js';
import { isSystemError } from '../drivers/local/system-error.js';

/** Opens the file that a program's output is appended to, 0600 in folders of 0700. Throws the system's error. */
export function openOutput(file: string): number {
  try {
    return openSync(file, 'a', 0o600);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) {
      throw error;
    }
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return openSync(file, 'a', 0o600);
  }
}

/** Removes an output file, and its folder when it was the last one there. Gone already is fine. */
export function removeOutput(file: string): void {
  rmSync(file, { force: true });
  try {
    rmdirSync(dirname(file));
  } catch (error) {
    if (!isSystemError(error, 'ENOTEMPTY', 'ENOENT', 'EEXIST')) {
      throw error;
    }
  }
}

/**
 * Keeps an output file that has grown beyond `limit` bytes to its newer half, while its program goes on writing at its end.
 * Gives the bytes dropped, 0 when it is within the limit or gone.
 */
export function trimOutput(file: string, limit = OUTPUT_LIMIT): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= limit) {
    return 0;
  }
  const half = Math.floor(limit / 2);
  const descriptor = openSync(file, 'r+');
  try {
    let from = size - half;
    let to = 0;
    const piece = Buffer.alloc(64 * 1024);
    // What is appended meanwhile is copied too; only a write between the last read and the cut is lost, and counted.
    for (let read = readSync(descriptor, piece, 0, piece.length, from); read > 0 && to < limit; ) {
      writeSync(descriptor, piece, 0, read, to);
      from += read;
      to += read;
      read = readSync(descriptor, piece, 0, piece.length, from);
    }
    const last = fstatSync(descriptor).size;
    ftruncateSync(descriptor, to);
    return last - to;
  } finally {
    closeSync(descriptor);
  }
}
