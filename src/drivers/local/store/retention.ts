import type { DatabaseHandle } from '../../../database/open.js';
import { type Statements, writing } from '../../../database/statements.js';
import type { Instant } from '../../../schedule.js';

/** Finished runs are kept this long, in milliseconds (30 days). */
const KEPT_FOR = 30 * 86_400_000;
/** And at most this many of one schedule. */
const KEPT_RUNS = 1_000;

/** A run that is no longer kept: its output files are to go. */
interface DroppedRun {
  readonly nativeId: string;
  readonly runId: string;
  readonly attempts: number;
}

/** The unit of work that keeps the file small. */
export interface RetentionStore {
  /** True for the first who asks within an hour: that one is to forget what is old. */
  beginForgetting(now: Instant): boolean;
  /** Forgets at most `limit` runs that are too old or too many, ended agents, and removed schedules without runs. */
  dropOld(now: Instant, limit: number): readonly DroppedRun[];
}

/** Builds it over an open file. */
export function retentionStore(handle: DatabaseHandle, sql: Statements): RetentionStore {
  return {
    beginForgetting: (now) => {
      const { changes } = sql(
        `INSERT INTO meta (name, value) VALUES ('forgotten', @now) ON CONFLICT (name) DO UPDATE SET value = excluded.value
         WHERE abs(CAST(value AS INTEGER) - @now) >= 3600000`,
      ).run({ now: String(now) });
      return changes === 1;
    },

    dropOld: (now, limit) =>
      writing(handle, () => {
        const old = sql(
          `SELECT schedule AS nativeId, id AS runId, attempt AS attempts FROM runs
           WHERE status NOT IN ('pending', 'running') AND created < ? LIMIT ?`,
        ).all(now - KEPT_FOR, limit) as DroppedRun[];
        const many = sql('SELECT schedule, count(*) AS held FROM runs GROUP BY schedule HAVING held > ?').all(
          KEPT_RUNS,
        ) as {
          schedule: string;
        }[];
        const surplus = many.flatMap(({ schedule }) => {
          const edge = sql('SELECT number FROM runs WHERE schedule = ? ORDER BY number DESC LIMIT 1 OFFSET ?').get(
            schedule,
            KEPT_RUNS,
          ) as {
            number: number;
          };
          return sql(
            `SELECT schedule AS nativeId, id AS runId, attempt AS attempts FROM runs
             WHERE schedule = ? AND number <= ? AND status NOT IN ('pending', 'running') LIMIT ?`,
          ).all(schedule, edge.number, limit) as DroppedRun[];
        });
        const dropped = new Map([...old, ...surplus].slice(0, limit).map((run) => [run.runId, run]));
        for (const runId of dropped.keys()) {
          sql('DELETE FROM runs WHERE id = ?').run(runId);
        }
        sql(
          `DELETE FROM agents WHERE stopped < ? AND NOT EXISTS
             (SELECT 1 FROM runs WHERE runs.agent = agents.id AND status IN ('pending', 'running'))`,
        ).run(now - 86_400_000);
        sql(
          'DELETE FROM schedules WHERE removed IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE schedule = native_id)',
        ).run();
        return [...dropped.values()];
      }),
  };
}
