import type { ChangeRecord, Registry, RevisionRecord, ScheduleState } from './registry.js';
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
export function changeStore(store: Store): Pick<Registry, 'startChange' | 'changes' | 'change'> {
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
