import { insertRevision } from './changes.js';
import { followFiring } from './firings.js';
import { type Holding, type JournalRow, toEntry } from './journal-entry.js';
import { held, holdExisting, insertNew, requireFreeName, unchanged } from './journal-opening.js';
import type { JournalEntry, Registry, ScheduleRecord, ScheduleState, Settlement, Tombstone } from './registry.js';
import { readSchedule, stateOf, writeSchedule } from './schedules.js';
import { conflict, type Store, toJson } from './store.js';

type JournalMethods = Pick<
  Registry,
  'begin' | 'mark' | 'settle' | 'rollBack' | 'leaveOpen' | 'openEntries' | 'takeOver' | 'revise' | 'tombstones'
>;

/** Mutations, each from its first step to its record, and the changes that have no native step. */
export function journalStore(store: Store, holding: Holding): JournalMethods {
  const rowOf = (entryId: string) =>
    store.sql('SELECT * FROM journal WHERE id = ?').get(entryId) as JournalRow | undefined;

  /** The entry as it stands; CONFLICT when it is closed or another process holds it. */
  const own = (entry: JournalEntry): JournalRow => {
    const row = rowOf(entry.id);
    if (row === undefined) {
      throw conflict(
        `The ${entry.verb} of "${entry.scheduleName}" was ended by another process`,
        '`sched history` shows what it did.',
      );
    }
    if (row.actor !== entry.holder.actor || row.host !== entry.holder.host || row.pid !== entry.holder.pid) {
      throw conflict(
        `The ${entry.verb} of "${entry.scheduleName}" was taken over by ${row.actor} on ${row.host} (pid ${row.pid})`,
      );
    }
    return row;
  };

  const close = (entry: JournalEntry) => store.sql('DELETE FROM journal WHERE id = ?').run(entry.id);

  const setLifecycle = (scheduleId: string, lifecycle: string) =>
    store.sql('UPDATE schedules SET lifecycle = ? WHERE id = ?').run(lifecycle, scheduleId);

  return {
    begin: (request) =>
      store.write(() => {
        const { schedule, after, holder, now } = request;
        const opening =
          schedule.kind === 'new' ? insertNew(store, request) : holdExisting(store, holding, request, schedule);
        const id = crypto.randomUUID();
        store
          .sql(
            `INSERT INTO journal (id, change, verb, schedule_id, schedule_name, reserved_name, lifecycle_before, before, after, steps, step, phase,
              natives, actor, host, pid, lease_until, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 'none', ?, ?, ?, ?, ?, ?)`,
          )
          .run(
            id,
            request.change,
            request.verb,
            schedule.id,
            opening.name,
            opening.reserved,
            opening.lifecycle,
            toJson(opening.before),
            toJson(after),
            toJson(request.steps),
            toJson({ ...nativesOf(opening.before), ...nativesOf(after) }),
            holder.actor,
            holder.host,
            holder.pid,
            now + request.lease,
            now,
          );
        return toEntry(store, rowOf(id) as JournalRow, holding);
      }),

    mark: (entry, { step, phase, nativeId, now, lease }) =>
      store.write(() => {
        const current = toEntry(store, own(entry), holding);
        const generation = current.steps[step]?.generation;
        const natives =
          nativeId === undefined || generation === undefined
            ? current.natives
            : { ...current.natives, [generation]: nativeId };
        store
          .sql('UPDATE journal SET step = ?, phase = ?, natives = ?, lease_until = ? WHERE id = ?')
          .run(step, phase, toJson(natives), now + lease, entry.id);
        return { ...current, step, phase, natives, leaseUntil: now + lease };
      }),

    settle: (entry, settlement) =>
      store.write(() => {
        const current = toEntry(store, own(entry), holding);
        close(entry);
        return settlement.after === null
          ? purge(store, current, settlement)
          : finish(store, current, settlement, settlement.after);
      }),

    rollBack(entry) {
      store.write(() => {
        const row = own(entry);
        close(entry);
        if (row.lifecycle_before === null) {
          store.sql('DELETE FROM schedules WHERE id = ?').run(row.schedule_id);
        } else {
          setLifecycle(row.schedule_id, row.lifecycle_before);
        }
      });
    },

    leaveOpen(entry, error, now) {
      store.write(() => {
        const { actor, host, pid } = entry.holder;
        const { changes } = store
          .sql(
            'UPDATE journal SET error = ?, lease_until = min(lease_until, ?) WHERE id = ? AND actor = ? AND host = ? AND pid = ?',
          )
          .run(error, now, entry.id, actor, host, pid);
        if (changes > 0) {
          setLifecycle(entry.scheduleId, 'broken');
        }
      });
    },

    openEntries(scheduleId) {
      const rows =
        scheduleId === undefined
          ? store.sql('SELECT * FROM journal ORDER BY started, id').all()
          : store.sql('SELECT * FROM journal WHERE schedule_id = ?').all(scheduleId);
      return (rows as JournalRow[]).map((row) => toEntry(store, row, holding));
    },

    takeOver: (entry, holder, now, lease) =>
      store.write(() => {
        const row = rowOf(entry.id);
        if (row === undefined) {
          throw conflict(
            `The ${entry.verb} of "${entry.scheduleName}" was ended by another process`,
            '`sched history` shows what it did.',
          );
        }
        const current = toEntry(store, row, holding);
        if (current.leaseUntil > now) {
          throw held(current, now);
        }
        store
          .sql('UPDATE journal SET actor = ?, host = ?, pid = ?, lease_until = ?, error = NULL WHERE id = ?')
          .run(holder.actor, holder.host, holder.pid, now + lease, entry.id);
        return { ...current, holder, leaseUntil: now + lease, error: null };
      }),

    revise: (change, id, revision, after, now) =>
      store.write(() => {
        const record = unchanged(store, holding, { id, revision, now });
        requireFreeName(store, id, after);
        writeSchedule(store, id, after, { lifecycle: record.lifecycle, revision: revision + 1, updated: now });
        followFiring(store, id, record, after, now);
        insertRevision(store, {
          change,
          scheduleId: id,
          schedule: after.spec.name,
          revision: revision + 1,
          before: stateOf(record),
          after,
        });
        return readSchedule(store, id) as ScheduleRecord;
      }),

    tombstones: (orchestratorId) =>
      store
        .sql(
          `SELECT schedule_id AS scheduleId, name, orchestrator_id AS orchestratorId, native_id AS nativeId, generation, why, at
            FROM tombstones WHERE orchestrator_id = ? ORDER BY at, key`,
        )
        .all(orchestratorId) as Tombstone[],
  };
}

function nativesOf(before: ScheduleState | null): Record<string, string> {
  return before === null || before.nativeId === null ? {} : { [before.generation]: before.nativeId };
}

function finish(store: Store, entry: JournalEntry, settlement: Settlement, after: ScheduleState): ScheduleRecord {
  const { scheduleId, before } = entry;
  const record = readSchedule(store, scheduleId) as ScheduleRecord;
  requireFreeName(store, scheduleId, after);
  const revision = before === null ? record.revision : record.revision + 1;
  writeSchedule(store, scheduleId, after, { lifecycle: 'ready', revision, updated: settlement.now });
  followFiring(store, scheduleId, before, after, settlement.now);
  store
    .sql('UPDATE schedules SET next_run_time = ?, ends_at = ? WHERE id = ?')
    .run(settlement.nextRun, settlement.endsAt, scheduleId);
  store
    .sql('UPDATE documents SET baseline = ? WHERE key = (SELECT key FROM schedules WHERE id = ?)')
    .run(toJson(settlement.baseline), scheduleId);
  insertRevision(store, { change: entry.change, scheduleId, schedule: after.spec.name, revision, before, after });
  if (settlement.tombstone !== undefined) {
    bury(store, entry, record, settlement.tombstone, settlement.now);
  }
  return readSchedule(store, scheduleId) as ScheduleRecord;
}

function purge(store: Store, entry: JournalEntry, { tombstone, now }: Settlement): undefined {
  bury(store, entry, readSchedule(store, entry.scheduleId) as ScheduleRecord, tombstone ?? 'purged', now);
  store.sql('DELETE FROM schedules WHERE id = ?').run(entry.scheduleId);
}

/** Remembers which native object is not ours any more: the one that the record had before. */
function bury(store: Store, entry: JournalEntry, record: ScheduleRecord, why: Tombstone['why'], at: number): void {
  const { spec, orchestratorId, nativeId, generation } = entry.before ?? record;
  store
    .sql(
      'INSERT INTO tombstones (schedule_id, name, orchestrator_id, native_id, generation, why, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    .run(record.id, spec.name, orchestratorId, nativeId ?? entry.natives[generation] ?? null, generation, why, at);
}
