import { hasCode } from '../database/database-error.js';
import type { JournalEntry, ScheduleState } from './registry.js';
import type { Store } from './store.js';

/** A row of `journal`. */
export interface JournalRow {
  readonly id: string;
  readonly change: number;
  readonly verb: string;
  readonly schedule_id: string;
  readonly schedule_name: string;
  readonly lifecycle_before: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly steps: string;
  readonly step: number;
  readonly phase: JournalEntry['phase'];
  readonly natives: string;
  readonly actor: string;
  readonly host: string;
  readonly pid: number;
  readonly lease_until: number;
  readonly started: number;
  readonly error: string | null;
}

/** How to find out that a holder is gone before its lease is over. */
export interface Holding {
  /** This machine's name, as in `Holder.host`. */
  readonly host: string;
  /** False only when no process has this id. */
  readonly isAlive: (pid: number) => boolean;
}

/** False only when the system says that there is no such process (kill(2): ESRCH). */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** A row as an entry. The lease of a holder that is provably dead reads as run out when the mutation began. */
export function toEntry(store: Store, row: JournalRow, { host, isAlive }: Holding): JournalEntry {
  const json = <Shape extends object>(text: string) => store.json<Shape>(text, 'journal', row.id);
  const dead = row.host === host && !isAlive(row.pid);
  return {
    id: row.id,
    change: row.change,
    verb: row.verb,
    scheduleId: row.schedule_id,
    scheduleName: row.schedule_name,
    before: row.before === null ? null : json<ScheduleState>(row.before),
    after: row.after === null ? null : json<ScheduleState>(row.after),
    steps: json(row.steps),
    step: row.step,
    phase: row.phase,
    natives: json(row.natives),
    holder: { actor: row.actor, host: row.host, pid: row.pid },
    leaseUntil: dead ? Math.min(row.started, row.lease_until) : row.lease_until,
    started: row.started,
    error: row.error,
  };
}
