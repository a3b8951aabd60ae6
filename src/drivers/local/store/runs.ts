import { randomUUID } from 'node:crypto';
import type { DatabaseHandle } from '../../../database/open.js';
import { type Statements, writing } from '../../../database/statements.js';
import { SchedError } from '../../../errors.js';
import type { Instant, Json, NativeRun, RunTrigger } from '../../../schedule.js';
import { nativeRun, type RunRow, specOf } from './rows.js';
import { scheduleRow } from './schedules.js';

/** A run that somebody asks for. */
interface RunRequest {
  readonly key: string;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly trigger: RunTrigger;
  readonly scheduled: Instant | null;
}

/** A page of a schedule's history; hand `next` in again as `before`. */
interface RunPage {
  readonly runs: readonly NativeRun[];
  readonly next: number | null;
}

/** The driver's units of work on runs. */
export interface RunStore {
  /**
   * Adds a run for any agent to start, or gives the one that has the key already. A manual run starts beside whatever is running;
   * a backfilled one waits for its turn unless overlap is `allow`. NOT_FOUND without the schedule.
   */
  trigger(nativeId: string, request: RunRequest, now: Instant): NativeRun;
  /** Newest first, of a removed schedule too, as long as they are kept. `since`: scheduled, started or asked for at or after it. */
  runs(nativeId: string, query: { since: Instant | null; before: number | null; limit: number }): RunPage;
  /** How many attempts a run has had, and how many bytes of each one's output were dropped. NOT_FOUND without the run. */
  output(nativeId: string, runId: string): { readonly attempts: number; readonly dropped: ReadonlyMap<number, number> };
}

/** A run that has not begun; `claimed`: by whom, when it starts at once. */
export interface NewRun {
  readonly schedule: string;
  readonly kind: RunTrigger;
  readonly scheduled: Instant | null;
  readonly occurrence: string | null;
  readonly key: string | null;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly waits: boolean;
  readonly agent: string | null;
  readonly now: Instant;
}

/** Inserts a pending run. Undefined when its occurrence is claimed already. */
export function insertRun(sql: Statements, run: NewRun): RunRow | undefined {
  const row = sql(
    `INSERT INTO runs (id, schedule, kind, scheduled, occurrence, key, parameters, status, attempt, created, due, waits, agent)
     VALUES (@id, @schedule, @kind, @scheduled, @occurrence, @key, @parameters, 'pending', 1, @now, @now, @waits, @agent)
     ON CONFLICT (schedule, occurrence) DO NOTHING RETURNING *`,
  ).get({ ...run, id: randomUUID(), parameters: JSON.stringify(run.parameters), waits: Number(run.waits) });
  return row as RunRow | undefined;
}

/** Builds them over an open file. */
export function runStore(handle: DatabaseHandle, sql: Statements): RunStore {
  return {
    trigger: (nativeId, { key, parameters, trigger, scheduled }, now) =>
      writing(handle, () => {
        const schedule = scheduleRow(sql, nativeId);
        const known = sql('SELECT * FROM runs WHERE schedule = ? AND key = ?').get(nativeId, key);
        const waits = trigger === 'backfill' && specOf(schedule).overlap !== 'allow';
        const row =
          known ??
          insertRun(sql, {
            schedule: nativeId,
            kind: trigger,
            scheduled,
            occurrence: null,
            key,
            parameters,
            waits,
            agent: null,
            now,
          });
        return nativeRun(row as RunRow);
      }),

    runs: (nativeId, { since, before, limit }) => {
      const rows = sql(
        `SELECT * FROM runs WHERE schedule = @nativeId AND number < @before
           AND (scheduled >= @since OR started >= @since OR created >= @since)
         ORDER BY number DESC LIMIT @limit`,
      ).all({
        nativeId,
        before: before ?? Number.MAX_SAFE_INTEGER,
        since: since ?? Number.MIN_SAFE_INTEGER,
        limit,
      }) as RunRow[];
      const last = rows.at(-1);
      return { runs: rows.map(nativeRun), next: last === undefined || rows.length < limit ? null : last.number };
    },

    output: (nativeId, runId) => {
      const row = sql('SELECT attempt FROM runs WHERE schedule = ? AND id = ?').get(nativeId, runId) as
        | { attempt: number }
        | undefined;
      if (row === undefined) {
        throw new SchedError('NOT_FOUND', `The local agent has no run ${runId} of ${nativeId}`);
      }
      const losses = sql('SELECT attempt, bytes FROM output_losses WHERE run = ?').all(runId) as {
        attempt: number;
        bytes: number;
      }[];
      return { attempts: row.attempt, dropped: new Map(losses.map(({ attempt, bytes }) => [attempt, bytes])) };
    },
  };
}
