import { writingDurably } from '../database/statements.js';
import { sameTimetable } from '../projection.js';
import type { Instant, ScheduleSpec } from '../schedule.js';
import { missedWanted, type Settled, settledByChange, settledByResume } from '../time/due.js';
import type { FiringState, FiringStore, OpenOccurrence, UnendedRuns } from './firing.js';
import type { Holding } from './journal-entry.js';
import type { Registry, ScheduleState } from './registry.js';
import type { Store } from './store.js';

/** A row of `firings`, as far as it is settled. */
interface SettledRow {
  readonly considered_until: number;
  readonly missed_until: number;
}

/** Schedules whose occurrences become runs; one that is being deleted starts nothing more. */
const FIRES = "s.desired = 'active' AND s.lifecycle <> 'deleting' AND s.native_id IS NOT NULL";
// CROSS JOIN keeps the order in which SQLite joins: what agents have is little, all schedules may be many.
const OPEN = `SELECT o.schedule_id AS scheduleId, o.at, o.trigger, o.asked, o.native_id AS nativeId, o.tries
  FROM occurrences o CROSS JOIN schedules s ON s.id = o.schedule_id`;

/** Agents' work on the schedules that they fire. */
export function firingStore(
  store: Store,
  { host, isAlive }: Holding,
  { saveRuns }: Pick<Registry, 'saveRuns'>,
): FiringStore {
  const { sql, write } = store;
  return {
    dueFirings: (now, limit) =>
      sql(
        `SELECT f.schedule_id AS scheduleId, s.revision, f.considered_until AS consideredUntil, f.missed_until AS missedUntil, f.fired
          FROM firings f CROSS JOIN schedules s ON s.id = f.schedule_id WHERE f.next_due <= ? AND ${FIRES} ORDER BY f.next_due LIMIT ?`,
      ).all(now, limit) as FiringState[],

    putOffFiring(scheduleId, until) {
      sql('UPDATE firings SET next_due = ? WHERE schedule_id = ? AND next_due IS NOT NULL').run(until, scheduleId);
    },

    noteOccurrences: ({ scheduleId, revision, consideredUntil }, { occurrences, now, next }) =>
      write(() => {
        const { changes } = sql(
          `UPDATE firings SET considered_until = max(considered_until, :now), next_due = :next, fired = fired + :count
            WHERE schedule_id = :scheduleId AND considered_until = :consideredUntil AND next_due <= :now
              AND (SELECT revision FROM schedules WHERE id = :scheduleId) = :revision`,
        ).run({ scheduleId, revision, consideredUntil, now, next, count: occurrences.length });
        for (const { at, trigger } of changes === 0 ? [] : occurrences) {
          sql('INSERT INTO occurrences (schedule_id, at, trigger, due, tries) VALUES (?, ?, ?, ?, 0)').run(
            scheduleId,
            at,
            trigger,
            now,
          );
        }
        if (occurrences.some(({ trigger }) => trigger === 'catchup')) {
          keepWanted(store, scheduleId, now);
        }
        return changes > 0;
      }),

    missOverdue(edge, now) {
      const overdue = sql(
        `SELECT DISTINCT o.schedule_id FROM occurrences o CROSS JOIN schedules s ON s.id = o.schedule_id
          WHERE o.at < ? AND o.asked IS NULL AND o.trigger = 'schedule' AND ${FIRES}`,
      )
        .pluck()
        .all(edge) as string[];
      for (const scheduleId of overdue) {
        write(() => miss(store, scheduleId, edge, now));
      }
    },

    freeOccurrences(now) {
      const held = sql('SELECT DISTINCT pid FROM occurrences WHERE host = ? AND due > ?')
        .pluck()
        .all(host, now) as number[];
      for (const pid of held.filter((one) => !isAlive(one))) {
        sql('UPDATE occurrences SET due = ?, host = NULL, pid = NULL WHERE host = ? AND pid = ?').run(now, host, pid);
      }
    },

    firingOrchestrators: () =>
      sql(
        `SELECT DISTINCT s.orchestrator_id FROM (SELECT schedule_id FROM firings UNION SELECT schedule_id FROM occurrences) f
          CROSS JOIN schedules s ON s.id = f.schedule_id`,
      )
        .pluck()
        .all() as string[],

    openOccurrences: (orchestratorId, now, limit) =>
      sql(
        `${OPEN} WHERE o.due <= ? AND s.orchestrator_id = ? AND (o.asked IS NOT NULL OR (${FIRES}))
          ORDER BY o.asked IS NULL, o.trigger = 'catchup', o.at LIMIT ?`,
      ).all(now, orchestratorId, limit) as OpenOccurrence[],

    askFor: ({ scheduleId, at }, { nativeId, holder, beside, now, lease }) =>
      writingDurably(store.handle, () => {
        const free = sql(
          `${OPEN} WHERE o.schedule_id = :scheduleId AND o.at = :at AND o.due <= :now AND s.native_id = :nativeId AND ${FIRES}
            AND coalesce(o.native_id, :nativeId) = :nativeId
            AND (:beside = 1 OR NOT EXISTS (SELECT 1 FROM occurrences WHERE schedule_id = :scheduleId AND at <> :at AND asked IS NOT NULL))`,
        ).get({ scheduleId, at, nativeId, now, beside: Number(beside) }) as OpenOccurrence | undefined;
        if (free === undefined) {
          return undefined;
        }
        sql(
          `UPDATE occurrences SET asked = coalesce(asked, :now), native_id = :nativeId, host = :host, pid = :pid, due = :until
            WHERE schedule_id = :scheduleId AND at = :at`,
        ).run({ scheduleId, at, nativeId, now, host: holder.host, pid: holder.pid, until: now + lease });
        return { ...free, asked: free.asked ?? now, nativeId };
      }),

    putOffOccurrence({ scheduleId, at }, { due, refused, holder, now }) {
      sql(
        `UPDATE occurrences SET due = :due, tries = tries + 1, host = NULL, pid = NULL,
          asked = CASE WHEN :refused THEN NULL ELSE asked END, native_id = CASE WHEN :refused THEN NULL ELSE native_id END
          WHERE schedule_id = :scheduleId AND at = :at AND CASE WHEN :heldAt IS NULL THEN host IS NULL OR due <= :now ELSE host = :heldAt AND pid = :heldBy END`,
      ).run({
        scheduleId,
        at,
        due,
        refused: Number(refused),
        heldAt: holder?.host ?? null,
        heldBy: holder?.pid ?? null,
        now,
      });
    },

    putOffCatchups(scheduleId, due) {
      sql(
        `UPDATE occurrences SET due = max(due, ?), tries = tries + 1 WHERE schedule_id = ? AND asked IS NULL AND trigger = 'catchup'`,
      ).run(due, scheduleId);
    },

    endOccurrence: (occurrence, run, { counts, now }) =>
      write(() => {
        const { scheduleId, at } = occurrence;
        const { changes } = sql('DELETE FROM occurrences WHERE schedule_id = ? AND at = ?').run(scheduleId, at);
        // Somebody may have given up a run whose answer comes after all.
        sql("DELETE FROM runs WHERE schedule_id = ? AND scheduled = ? AND status = 'unknown' AND started IS NULL").run(
          scheduleId,
          at,
        );
        saveRuns([{ scheduleId, run }]);
        if (!counts) {
          giveBack(store, scheduleId, changes, now);
          return;
        }
        sql('UPDATE firings SET last_run = ?, answered = ? WHERE schedule_id = ?').run(run.nativeId, now, scheduleId);
      }),

    lastAnswer(scheduleId) {
      const row = sql(
        'SELECT last_run AS nativeId, answered AS at FROM firings WHERE schedule_id = ? AND last_run IS NOT NULL',
      ).get(scheduleId);
      return (row as { nativeId: string; at: Instant } | undefined) ?? null;
    },

    unendedRuns: (orchestratorId) =>
      sql(
        `SELECT s.id AS scheduleId, s.native_id AS nativeId, min(coalesce(r.started, r.scheduled)) AS since
          FROM firings f CROSS JOIN schedules s ON s.id = f.schedule_id CROSS JOIN runs r ON r.schedule_id = s.id
          WHERE s.orchestrator_id = ? AND s.native_id IS NOT NULL AND r.status IN ('pending', 'running') GROUP BY s.id`,
      ).all(orchestratorId) as UnendedRuns[],
  };
}

/**
 * Follows a record from one state to the next, so that the agents' part of it changes with it. Part of the caller's transaction.
 * `before`: null for a schedule that is new.
 */
export function followFiring(
  store: Store,
  scheduleId: string,
  before: ScheduleState | null,
  after: ScheduleState,
  now: Instant,
): void {
  if (after.firedBy !== 'agent' || after.desired === 'archived') {
    store.sql('DELETE FROM firings WHERE schedule_id = ?').run(scheduleId);
    store.sql('DELETE FROM occurrences WHERE schedule_id = ? AND asked IS NULL').run(scheduleId);
    return;
  }
  const row = store.sql('SELECT considered_until, missed_until FROM firings WHERE schedule_id = ?').get(scheduleId);
  const stood = before === null || row === undefined ? undefined : settledOf(row as SettledRow);
  const resumes = before !== null && before.desired !== 'active' && after.desired === 'active';
  const settled =
    stood === undefined ? fresh(now) : settledAfter(stood, before?.spec ?? after.spec, after.spec, { resumes, now });
  store
    .sql(
      `INSERT INTO firings (schedule_id, considered_until, missed_until, next_due, fired) VALUES (:scheduleId, :consideredUntil, :missedUntil, :next, 0)
        ON CONFLICT (schedule_id) DO UPDATE SET considered_until = excluded.considered_until, missed_until = excluded.missed_until,
        next_due = excluded.next_due`,
    )
    // What is active is looked at once: the next time is the agents' to find.
    .run({ scheduleId, ...settled, next: after.desired === 'active' ? now : null });
  if (resumes) {
    miss(store, scheduleId, now + 1, now);
  }
}

function settledOf({ considered_until: consideredUntil, missed_until: missedUntil }: SettledRow): Settled {
  return { consideredUntil, missedUntil };
}

function fresh(now: Instant): Settled {
  return { consideredUntil: now, missedUntil: now };
}

function settledAfter(
  stood: Settled,
  before: ScheduleSpec,
  after: ScheduleSpec,
  { resumes, now }: { readonly resumes: boolean; readonly now: Instant },
): Settled {
  const change = { retimed: !sameTimetable(before, after), before: before.catchup, after: after.catchup };
  const changed = settledByChange(stood, change, now);
  return resumes ? settledByResume(changed, after.catchup, now) : changed;
}

/** What was due before `edge` and is not asked for is a catch-up from now on, as far as the policy wants it. */
function miss(store: Store, scheduleId: string, edge: Instant, now: Instant): void {
  store
    .sql("UPDATE occurrences SET trigger = 'catchup' WHERE schedule_id = ? AND at < ? AND asked IS NULL")
    .run(scheduleId, edge);
  keepWanted(store, scheduleId, now);
}

/** Of the catch-ups that wait, keeps the most recent ones that the policy wants; the others are missed. */
function keepWanted(store: Store, scheduleId: string, now: Instant): void {
  const text = store
    .sql('SELECT spec FROM documents WHERE key = (SELECT key FROM schedules WHERE id = ?)')
    .pluck()
    .get(scheduleId) as string;
  const spec = store.json<ScheduleSpec>(text, 'documents', scheduleId);
  const { changes } = store
    .sql(
      `DELETE FROM occurrences WHERE schedule_id = :scheduleId AND asked IS NULL AND at IN
        (SELECT at FROM occurrences WHERE schedule_id = :scheduleId AND trigger = 'catchup' ORDER BY at DESC LIMIT -1 OFFSET :wanted)`,
    )
    .run({ scheduleId, wanted: missedWanted(spec) });
  giveBack(store, scheduleId, changes, now);
}

/** Occurrences that did not become runs do not count towards the maximum: there may be a next one again. */
function giveBack(store: Store, scheduleId: string, count: number, now: Instant): void {
  if (count > 0) {
    store
      .sql(
        `UPDATE firings SET fired = max(0, fired - :count), next_due = coalesce(next_due,
          (SELECT :now FROM schedules WHERE id = :scheduleId AND desired = 'active')) WHERE schedule_id = :scheduleId`,
      )
      .run({ scheduleId, count, now });
  }
}
