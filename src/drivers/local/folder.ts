import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from './system-error.js';

/** A file directly inside a watched folder, as one look saw it. */
export interface SeenFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Nanoseconds since 1970, as text: more digits than a number holds. */
  readonly modified: string;
}

/**
 * The regular files directly inside a folder (links to files count as files, subfolders do not), oldest change first.
 * Null when the folder does not exist. Files that vanish meanwhile, and names that are no UTF-8, are left out.
 * Throws the system's error when the folder cannot be read.
 */
export async function lookInto(folder: string): Promise<SeenFile[] | null> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) {
      return null;
    }
    throw error;
  }
  const files: SeenFile[] = [];
  for (const name of names) {
    const found = await stat(join(folder, name), { bigint: true }).catch(() => undefined);
    if (found?.isFile()) {
      files.push({ name, size: Number(found.size), modified: String(found.mtimeNs) });
    }
  }
  return files.sort(byAge);
}

function byAge(one: SeenFile, other: SeenFile): number {
  const difference = BigInt(one.modified) - BigInt(other.modified);
  return difference < 0n ? -1 : difference > 0n ? 1 : one.name < other.name ? -1 : 1;
}
