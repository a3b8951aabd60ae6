/** The registry file's own care. */
import { stat } from 'node:fs/promises';
import type { Context } from '../context.js';
import { SchedError } from '../errors.js';

/** Where the registry is. */
export async function registryPath(context: Context): Promise<{ readonly file: string; readonly identity: string }> {
  const { file, identity } = await context.registry();
  return { file, identity };
}

/** What is wrong with the file; empty when all is well. */
export async function checkRegistry(
  context: Context,
): Promise<{ readonly file: string; readonly problems: readonly string[] }> {
  const registry = await context.registry();
  return { file: registry.file, problems: registry.check() };
}

/** A consistent copy while others write. Throws CONFLICT when `file` exists. */
export async function backupRegistry(
  file: string,
  context: Context,
): Promise<{ readonly file: string; readonly bytes: number }> {
  const registry = await context.registry();
  await registry.backup(file);
  return { file, bytes: (await stat(file)).size };
}

/** Gives back space. Throws CONFLICT while mutations are open. */
export async function compactRegistry(
  context: Context,
): Promise<{ readonly file: string; readonly before: number; readonly after: number }> {
  const registry = await context.registry();
  const open = registry.openEntries();
  if (open.length > 0) {
    throw new SchedError('CONFLICT', `${open.length} changes are not finished yet.`, { hint: 'sched audit --fix' });
  }
  return { file: registry.file, ...registry.compact() };
}
