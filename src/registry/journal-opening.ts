import { SchedError } from '../errors.js';
import { type Holding, type JournalRow, toEntry } from './journal-entry.js';
import type { BeginRequest, ExistingSchedule, JournalEntry, ScheduleRecord, ScheduleState } from './registry.js';
import { insertSchedule, readSchedule, stateOf } from './schedules.js';
import { conflict, quoted, type Store } from './store.js';

const UNFINISHED = '`sched audit --fix` finishes it or takes it back.';

/** What a mutation begins with. */
export interface Opening {
  readonly name: string;
  /** The name that the schedule will have, kept free until then. */
  readonly reserved: string | null;
  /** Null for a row that the mutation makes. */
  readonly lifecycle: string | null;
  readonly before: ScheduleState | null;
}

/** Inserts the row of a new schedule. Part of the caller's transaction, as all of these. */
export function insertNew(store: Store, { schedule, after, holder, now }: BeginRequest): Opening {
  if (schedule.kind !== 'new' || after === null) {
    throw new TypeError('a new schedule needs its state');
  }
  requireFreeName(store, schedule.id, after);
  insertSchedule(store, { ...schedule, user: holder.actor }, after, {
    lifecycle: 'creating',
    revision: 1,
    updated: now,
  });
  return { name: after.spec.name, reserved: null, lifecycle: null, before: null };
}

/** Marks the row of a schedule that is to be changed; NOT_FOUND or CONFLICT when it cannot be. */
export function holdExisting(
  store: Store,
  holding: Holding,
  { after, now }: BeginRequest,
  { id, revision, lifecycle }: ExistingSchedule,
): Opening {
  const record = unchanged(store, holding, { id, revision, now });
  let reserved: string | null = null;
  if (after !== null && after.desired !== 'archived') {
    requireFreeName(store, id, after);
    reserved = after.spec.name;
  }
  store.sql('UPDATE schedules SET lifecycle = ? WHERE id = ?').run(lifecycle, id);
  return { name: record.spec.name, reserved, lifecycle: record.lifecycle, before: stateOf(record) };
}

/** The record, when nothing is under way on it and it is at `revision`; NOT_FOUND or CONFLICT otherwise. */
export function unchanged(
  store: Store,
  holding: Holding,
  { id, revision, now }: { id: string; revision: number; now: number },
): ScheduleRecord {
  const record = readSchedule(store, id);
  if (record === undefined) {
    throw new SchedError('NOT_FOUND', `No schedule has the id ${id}`, { hint: '`sched list` shows what there is.' });
  }
  const open = store.sql('SELECT * FROM journal WHERE schedule_id = ?').get(id) as JournalRow | undefined;
  if (open !== undefined) {
    throw held(toEntry(store, open, holding), now);
  }
  if (record.revision !== revision) {
    throw conflict(
      `"${record.spec.name}" was changed meanwhile`,
      `See \`sched history ${quoted(record.spec.name)}\`, then try again.`,
    );
  }
  return record;
}

/** CONFLICT when `state` is live and its name belongs, or is about to belong, to another live schedule. */
export function requireFreeName(store: Store, id: string, { desired, spec: { name } }: ScheduleState): void {
  if (desired === 'archived') {
    return;
  }
  const taken = store
    .sql(
      `SELECT id FROM schedules WHERE name = :name AND desired <> 'archived' AND id <> :id
        UNION ALL SELECT schedule_id FROM journal WHERE reserved_name = :name AND schedule_id <> :id LIMIT 1`,
    )
    .get({ name, id });
  if (taken !== undefined) {
    throw conflict(
      `A schedule named "${name}" exists already`,
      `\`sched get ${quoted(name)}\` shows it; \`sched update ${quoted(name)}\` changes it.`,
    );
  }
}

/** The CONFLICT that names who holds an entry, or left it open. */
export function held(entry: JournalEntry, now: number): SchedError {
  const { actor, host, pid } = entry.holder;
  const who = `${actor} on ${host} (pid ${pid})`;
  if (entry.leaseUntil > now) {
    const seconds = Math.ceil((entry.leaseUntil - now) / 1000);
    return conflict(
      `"${entry.scheduleName}" is being changed by ${who}: ${entry.verb}, for up to ${seconds} s more`,
      'Try again then.',
    );
  }
  const why = entry.error === null ? '' : `: ${entry.error}`;
  return conflict(`"${entry.scheduleName}" has an unfinished ${entry.verb} by ${who}${why}`, UNFINISHED);
}
