import type { ChangeRecord, Registry, RevisionRecord, ScheduleState, Turn } from './registry.js';
import { type Store, toJson } from './store.js';

interface ChangeRow {
  readonly number: number;
  readonly verb: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly at: number;
}

interface RevisionRow {
  readonly change: number;
  readonly schedule_id: string;
  readonly schedule: string;
  readonly revision: number;
  readonly before: string | null;
  readonly after: string | null;
}

/** Who did what, when and why, with what each schedule was before and after. */
export function changeStore(store: Store): Pick<Registry, 'startChange' | 'changes' | 'change' | 'turns'> {
  const state = (text: string | null, row: RevisionRow): ScheduleState | null =>
    text === null ? null : store.json<ScheduleState>(text, 'revisions', `${row.schedule_id} ${row.revision}`);

  const toRevision = (row: RevisionRow): RevisionRecord => ({
    change: row.change,
    scheduleId: row.schedule_id,
    schedule: row.schedule,
    revision: row.revision,
    before: state(row.before, row),
    after: state(row.after, row),
  });

  const toChange = (row: ChangeRow): ChangeRecord => ({
    number: row.number,
    verb: row.verb,
    actor: row.actor,
    reason: row.reason,
    at: row.at,
    revisions: (
      store.sql('SELECT * FROM revisions WHERE change = ? ORDER BY schedule, revision').all(row.number) as RevisionRow[]
    ).map(toRevision),
  });

  return {
    startChange({ verb, actor, reason, at }) {
      return Number(
        store.sql('INSERT INTO changes (verb, actor, reason, at) VALUES (?, ?, ?, ?)').run(verb, actor, reason, at)
          .lastInsertRowid,
      );
    },
    changes({ scheduleId, limit }) {
      const rows =
        scheduleId === undefined
          ? store.sql('SELECT * FROM changes ORDER BY number DESC LIMIT ?').all(limit)
          : store
              .sql(
                'SELECT * FROM changes WHERE number IN (SELECT change FROM revisions WHERE schedule_id = ?) ORDER BY number DESC LIMIT ?',
              )
              .all(scheduleId, limit);
      return (rows as ChangeRow[])
        .map(toChange)
        .map((change) =>
          scheduleId === undefined
            ? change
            : { ...change, revisions: change.revisions.filter((one) => one.scheduleId === scheduleId) },
        );
    },
    change(number) {
      const row = store.sql('SELECT * FROM changes WHERE number = ?').get(number) as ChangeRow | undefined;
      return row && toChange(row);
    },
    turns(scheduleIds, since) {
      const rows = store
        .sql(
          `SELECT r.schedule_id AS id, r.revision, c.at, r.after FROM json_each(?) wanted
            JOIN revisions r ON r.schedule_id = wanted.value JOIN changes c ON c.number = r.change
            WHERE r.after IS NOT NULL ORDER BY r.schedule_id, r.revision`,
        )
        .all(JSON.stringify(scheduleIds)) as { id: string; revision: number; at: number; after: string }[];
      const turns = new Map<string, Turn[]>();
      for (const [index, { id, revision, at, after }] of rows.entries()) {
        const following = rows[index + 1];
        // Only what still held at `since` or came later is read: a document is large.
        if (following === undefined || following.id !== id || following.at >= since) {
          const state = store.json<ScheduleState>(after, 'revisions', `${id} ${revision}`);
          turns.set(id, [...(turns.get(id) ?? []), { at, state }]);
        }
      }
      return turns;
    },
  };
}

/** Adds a revision. Part of the caller's transaction. */
export function insertRevision(
  store: Store,
  { change, scheduleId, schedule, revision, before, after }: RevisionRecord,
): void {
  store
    .sql('INSERT INTO revisions (change, schedule_id, schedule, revision, before, after) VALUES (?, ?, ?, ?, ?, ?)')
    .run(change, scheduleId, schedule, revision, toJson(before), toJson(after));
}
