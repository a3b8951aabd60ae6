import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SchedError } from '../../errors.js';
import type { ScheduleState } from '../../registry/registry.js';
import type { NativeSchedule } from '../../schedule.js';

/** What stood before a repair, enough to bring it back. */
export interface Backup {
  readonly kind: 'sched-backup';
  readonly version: 1;
  readonly registry: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly schedules: readonly { readonly id: string; readonly state: ScheduleState }[];
  readonly natives: readonly {
    readonly orchestrator: string;
    readonly nativeId: string;
    readonly native: NativeSchedule | null;
  }[];
}

/** Writes `audit-<time>.json` (0600, never over an existing file) and gives its path. */
export async function writeBackup(folder: string, backup: Backup): Promise<string> {
  const file = join(folder, `audit-${backup.at.replaceAll(/[:.]/g, '-')}.json`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(`${JSON.stringify(backup, null, 2)}\n`);
    await handle.sync();
    await handle.close();
  } catch (error) {
    throw new SchedError('FAILED', `The backup ${file} cannot be written; nothing was changed.`, {
      cause: error,
      hint: '--backup-folder FOLDER',
    });
  }
  return file;
}

/** States of backups that say nothing of who fires are the orchestrator's. */
function withFirers(backup: Backup): Backup {
  const schedules = backup.schedules.map(({ id, state }) => {
    const { firedBy = 'orchestrator' }: Partial<ScheduleState> = state;
    return { id, state: { ...state, firedBy } };
  });
  return { ...backup, schedules };
}

/** Reads a backup. Throws NOT_FOUND, or USAGE when it is none. */
export async function readBackup(file: string): Promise<Backup> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new SchedError('NOT_FOUND', `The backup ${file} cannot be read.`, { cause: error });
  });
  try {
    const backup = JSON.parse(text) as Partial<Backup> | null;
    if (backup?.kind === 'sched-backup' && backup.version === 1 && Array.isArray(backup.schedules)) {
      return withFirers(backup as Backup);
    }
  } catch {
    // Not JSON at all: the same answer as JSON of another kind.
  }
  throw new SchedError('USAGE', `${file} is not a backup written by sched audit --fix.`);
}
