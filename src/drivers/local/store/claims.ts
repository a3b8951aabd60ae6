import type { DatabaseHandle } from '../../../database/open.js';
import { type Statements, writing, writingDurably } from '../../../database/statements.js';
import type { Instant, RunStatus } from '../../../schedule.js';
import { dueOccurrences, nextDue } from '../../../time/due.js';
import { manifest } from '../manifest.js';
import { type Considered, GOES_ON, goingOn, place } from './overlap.js';
import {
  type ClaimedRun,
  claimedRun,
  nativeRun,
  type RunRow,
  type ScheduledRun,
  type ScheduleRow,
  specOf,
} from './rows.js';

/** How an attempt has ended. */
export interface Ending {
  readonly status: Extract<RunStatus, 'succeeded' | 'failed' | 'timed_out' | 'stopped' | 'unknown'>;
  readonly exitCode: number | null;
  readonly reason: string | null;
  /** Null where nobody saw it end. */
  readonly finished: Instant | null;
}

/** An attempt of a run, as its agent holds it. */
export interface HeldAttempt {
  readonly runId: string;
  readonly attempt: number;
  readonly agent: string;
}

/** The agent's units of work: from an occurrence to a settled run. */
export interface ClaimStore {
  /** Native ids of schedules to be looked at, the most overdue first: `timed` by their timetable, `folders` by a look. */
  due(now: Instant, limit: number): { readonly timed: readonly string[]; readonly folders: readonly string[] };
  /** Settles every occurrence of one schedule up to `now`, each exactly once under any number of agents. */
  consider(nativeId: string, agent: string, now: Instant): Considered;
  /** Puts off the next look at a schedule that cannot be read, so that others have their turn. */
  putOff(nativeId: string, until: Instant): void;
  /** Ids of runs that may start now and that nobody has claimed, in their order. */
  startable(now: Instant, limit: number): readonly string[];
  /** Claims one; undefined when another agent was faster, or it has to wait. */
  take(runId: string, agent: string, now: Instant): ClaimedRun | undefined;
  /** When there is something to do next, as far as this file knows; null: nothing. */
  nextWake(now: Instant): Instant | null;
  /** Writes down the process of a claimed run. Undefined when the run is not the agent's any more. */
  begin(held: HeldAttempt, process: { pid: number; started: string | null }, now: Instant): ScheduledRun | undefined;
  /**
   * Writes an attempt's end. With attempts left, and unless it was stopped, the run waits for the next one; else it is finished.
   * Undefined when the run is not the agent's any more.
   */
  settle(held: HeldAttempt, ending: Ending, now: Instant): ScheduledRun | undefined;
  /** The agent's running runs that are to be stopped, with the reason. */
  stopRequests(agent: string): readonly { readonly runId: string; readonly reason: string }[];
  /** Adds to the bytes of output that were dropped. */
  noteDropped(runId: string, attempt: number, bytes: number): void;
}

/** Builds them over an open file. */
export function claimStore(handle: DatabaseHandle, sql: Statements): ClaimStore {
  return {
    due: (now, limit) => {
      const rows = sql(
        `SELECT native_id AS nativeId, json_extract(spec, '$.timing.kind') = 'change' AS folder
         FROM schedules WHERE next_due <= ? ORDER BY next_due LIMIT ?`,
      ).all(now, limit) as { nativeId: string; folder: number }[];
      const pick = (folder: number) => rows.filter((row) => row.folder === folder).map((row) => row.nativeId);
      return { timed: pick(0), folders: pick(1) };
    },

    consider: (nativeId, agent, now) => writingDurably(handle, () => consider(sql, nativeId, agent, now)),

    putOff: (nativeId, until) => {
      sql('UPDATE schedules SET next_due = ? WHERE native_id = ? AND next_due IS NOT NULL').run(until, nativeId);
    },

    startable: (now, limit) => {
      const rows = sql(
        `SELECT id FROM runs AS waiting WHERE status = 'pending' AND agent IS NULL AND due <= ? AND (waits = 0 OR NOT EXISTS
           (SELECT 1 FROM runs WHERE schedule = waiting.schedule AND id <> waiting.id AND ${GOES_ON}))
         ORDER BY due, number LIMIT ?`,
      ).all(now, limit);
      return (rows as { id: string }[]).map(({ id }) => id);
    },

    take: (runId, agent, now) =>
      writingDurably(handle, () => {
        const row = sql("SELECT * FROM runs WHERE id = ? AND status = 'pending' AND agent IS NULL AND due <= ?").get(
          runId,
          now,
        ) as RunRow | undefined;
        if (row === undefined || (row.waits === 1 && goingOn(sql, row.schedule, row.id).length > 0)) {
          return undefined;
        }
        const schedule = sql('SELECT * FROM schedules WHERE native_id = ?').get(row.schedule) as ScheduleRow;
        sql('UPDATE runs SET agent = ? WHERE id = ?').run(agent, runId);
        return claimedRun(row, schedule);
      }),

    nextWake: (now) => {
      const row = sql(
        `SELECT min(at) AS at FROM (
           SELECT min(next_due) AS at FROM schedules WHERE next_due IS NOT NULL
           UNION ALL SELECT min(due) FROM runs WHERE status = 'pending' AND agent IS NULL AND due > ?)`,
      ).get(now);
      return (row as { at: Instant | null }).at;
    },

    begin: ({ runId, attempt, agent }, { pid, started }, now) => {
      const row = sql(
        `UPDATE runs SET status = 'running', pid = ?, pid_started = ?, started = coalesce(started, ?), attempt_started = ?, reason = NULL
         WHERE id = ? AND agent = ? AND attempt = ? AND status = 'pending' RETURNING *`,
      ).get(pid, started, now, now, runId, agent, attempt);
      return row === undefined ? undefined : scheduled(sql, row as RunRow);
    },

    settle: ({ runId, attempt, agent }, ending, now) =>
      writing(handle, () => {
        const row = sql(
          "SELECT * FROM runs WHERE id = ? AND agent = ? AND attempt = ? AND status IN ('pending', 'running')",
        ).get(runId, agent, attempt);
        return row === undefined ? undefined : settleAttempt(sql, row as RunRow, ending, now);
      }),

    stopRequests: (agent) =>
      sql(
        `SELECT id AS runId, stop AS reason FROM runs
         WHERE agent = ? AND status IN ('pending', 'running') AND status = 'running' AND stop IS NOT NULL`,
      ).all(agent) as { runId: string; reason: string }[],

    noteDropped: (runId, attempt, bytes) => {
      sql(
        `INSERT INTO output_losses (run, attempt, bytes) VALUES (?, ?, ?)
         ON CONFLICT (run, attempt) DO UPDATE SET bytes = bytes + excluded.bytes`,
      ).run(runId, attempt, bytes);
    },
  };
}

/** Ends an attempt of a run inside a transaction; see `ClaimStore.settle`. */
export function settleAttempt(sql: Statements, row: RunRow, ending: Ending, now: Instant): ScheduledRun {
  const schedule = sql('SELECT * FROM schedules WHERE native_id = ?').get(row.schedule) as ScheduleRow;
  sql(
    'INSERT INTO attempts (run, attempt, status, started, finished, exit_code, reason) VALUES (?, ?, ?, ?, ?, ?, ?)',
  ).run(row.id, row.attempt, ending.status, row.attempt_started, ending.finished, ending.exitCode, ending.reason);
  const { retry } = specOf(schedule);
  const again = retry !== null && row.attempt <= retry.count && schedule.removed === null && row.stop === null;
  if (!again || ending.status === 'succeeded' || ending.status === 'stopped') {
    const done = sql(
      'UPDATE runs SET status = ?, exit_code = ?, reason = ?, finished = ? WHERE id = ? RETURNING *',
    ).get(ending.status, ending.exitCode, ending.reason, ending.finished, row.id);
    return { scheduleId: schedule.schedule_id, run: nativeRun(done as RunRow) };
  }
  const due = now + Math.round(retry.delaySeconds * retry.factor ** (row.attempt - 1) * 1000);
  const reason = `attempt ${row.attempt} of ${retry.count + 1}: ${ending.reason ?? ending.status}; the next one at ${new Date(due).toISOString()}`;
  const waiting = sql(
    `UPDATE runs SET status = 'pending', attempt = attempt + 1, due = ?, waits = 0, agent = NULL, pid = NULL, pid_started = NULL,
       attempt_started = NULL, reason = ? WHERE id = ? RETURNING *`,
  ).get(due, reason, row.id);
  return { scheduleId: schedule.schedule_id, run: nativeRun(waiting as RunRow) };
}

function consider(sql: Statements, nativeId: string, agent: string, now: Instant): Considered {
  const row = sql('SELECT * FROM schedules WHERE native_id = ? AND next_due <= ?').get(nativeId, now) as
    | ScheduleRow
    | undefined;
  if (row === undefined) {
    return { claimed: [], settled: [] };
  }
  const spec = specOf(row);
  const state = {
    timetable: spec,
    daylight: manifest.timing.daylight,
    catchup: spec.catchup,
    catchupLimit: spec.catchupLimit,
    consideredUntil: row.considered_until,
    missedUntil: row.missed_until,
    fired: row.fired,
  };
  const placed = place(sql, row, dueOccurrences(state, now), { agent, now });
  // Due means that `now` lies behind what was considered before: it never moves back.
  const consideredUntil = now;
  const fired = row.fired + placed.fired;
  const next = nextDue({ ...state, consideredUntil, fired });
  sql('UPDATE schedules SET considered_until = ?, next_due = ?, fired = ? WHERE native_id = ?').run(
    consideredUntil,
    next,
    fired,
    nativeId,
  );
  return placed;
}

function scheduled(sql: Statements, row: RunRow): ScheduledRun {
  const schedule = sql('SELECT schedule_id AS id FROM schedules WHERE native_id = ?').get(row.schedule) as {
    id: string;
  };
  return { scheduleId: schedule.id, run: nativeRun(row) };
}
