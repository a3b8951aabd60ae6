import type { Instant, NativeRun, RunStatus, RunTrigger } from '../schedule.js';
import type { Registry, RunFilter, RunRecord } from './registry.js';
import type { Store } from './store.js';

/** A row of `runs` with its schedule's names. */
export interface RunRow {
  readonly key: number;
  readonly schedule_id: string;
  readonly schedule: string;
  readonly pipeline: string;
  readonly orchestrator: string;
  readonly native_id: string;
  readonly at: number;
  readonly scheduled: number | null;
  readonly started: number | null;
  readonly finished: number | null;
  readonly status: RunStatus;
  readonly trigger: RunTrigger;
  readonly exit_code: number | null;
  readonly reason: string | null;
  readonly attempt: number;
  readonly url: string | null;
}

/** How many runs of one schedule are kept. */
export const RUNS_KEPT = 1_000;
/** How long runs are kept, in milliseconds. A schedule's last run stays for as long as the schedule. */
export const RUN_AGE_KEPT = 30 * 86_400_000;

/** The place in time of a run that has none yet: later than all others. */
const NOT_YET = 8_640_000_000_000_000;
/** One new run in so many looks whether its schedule has too many. */
const PRUNE_EVERY = 64;

/** A row as a record. */
function toRun(row: RunRow): RunRecord {
  return {
    scheduleId: row.schedule_id,
    schedule: row.schedule,
    pipeline: row.pipeline,
    orchestrator: row.orchestrator,
    nativeId: row.native_id,
    scheduled: row.scheduled,
    started: row.started,
    finished: row.finished,
    status: row.status,
    trigger: row.trigger,
    exitCode: row.exit_code,
    reason: row.reason,
    attempt: row.attempt,
    url: row.url,
  };
}

const rank = (status: string) =>
  `CASE WHEN ${status} IN ('pending', 'running') THEN 0 WHEN ${status} = 'unknown' THEN 1 ELSE 2 END`;

// What was read earlier may be saved later: only another attempt takes an ended run back to running. A target that cannot tell which
// occurrence a run stands for takes nothing away from what is known.
const UPSERT = `INSERT INTO runs (schedule_id, native_id, at, scheduled, started, finished, status, trigger, exit_code, reason, attempt, url)
  SELECT :scheduleId, :nativeId, :at, :scheduled, :started, :finished, :status, :trigger, :exitCode, :reason, :attempt, :url
  WHERE EXISTS (SELECT 1 FROM schedules WHERE id = :scheduleId)
  ON CONFLICT (schedule_id, native_id) DO UPDATE SET at = CASE WHEN excluded.at = ${NOT_YET} THEN runs.at ELSE excluded.at END,
    scheduled = coalesce(excluded.scheduled, runs.scheduled), started = excluded.started, finished = excluded.finished, status = excluded.status,
    trigger = CASE WHEN excluded.scheduled IS NULL AND runs.scheduled IS NOT NULL THEN runs.trigger ELSE excluded.trigger END, exit_code = excluded.exit_code,
    reason = excluded.reason, attempt = excluded.attempt, url = excluded.url
  WHERE excluded.attempt > runs.attempt OR (excluded.attempt = runs.attempt AND ${rank('excluded.status')} >= ${rank('runs.status')})`;

const SELECT =
  'SELECT r.*, s.name AS schedule, s.pipeline, s.orchestrator FROM runs r JOIN schedules s ON s.id = r.schedule_id';

/** The runs that were seen. Those of schedules that are gone are not kept. */
export function runStore(store: Store): Pick<Registry, 'saveRuns' | 'runs' | 'recentRuns'> {
  return {
    saveRuns(runs) {
      store.write(() => {
        const touched = new Set<string>();
        const full = new Set<string>();
        for (const { scheduleId, run } of runs) {
          const { changes, lastInsertRowid } = store.sql(UPSERT).run({ ...run, scheduleId, at: placeOf(run) });
          if (changes > 0) {
            touched.add(scheduleId);
          }
          if (changes > 0 && Number(lastInsertRowid) % PRUNE_EVERY === 0) {
            full.add(scheduleId);
          }
        }
        for (const scheduleId of touched) {
          noteLastRun(store, scheduleId);
        }
        for (const scheduleId of full) {
          dropSurplus(store, scheduleId);
        }
      });
    },
    runs(filter) {
      const { where, bound } = runConditions(filter);
      return (
        store.sql(`${SELECT} WHERE ${where} ORDER BY r.at DESC, r.key DESC LIMIT :limit`).all(bound) as RunRow[]
      ).map(toRun);
    },
    recentRuns(scheduleIds, since) {
      return (
        store
          .sql(
            // Two searches with an index each: one with OR goes through all runs of the schedules.
            `${SELECT} WHERE r.key IN (SELECT key FROM runs WHERE schedule_id IN (SELECT value FROM json_each(:ids)) AND at >= :since
                UNION SELECT key FROM runs WHERE schedule_id IN (SELECT value FROM json_each(:ids)) AND status IN ('pending', 'running'))
              ORDER BY r.at DESC, r.key DESC`,
          )
          .all({ ids: JSON.stringify(scheduleIds), since }) as RunRow[]
      ).map(toRun);
    },
  };
}

/** When a run started or was due; a run that has no time yet is the newest. */
function placeOf(run: NativeRun): Instant {
  return run.started ?? run.scheduled ?? run.finished ?? NOT_YET;
}

/** The latest by its start or occurrence; one that has neither only when there is no other. */
function noteLastRun(store: Store, scheduleId: string): void {
  const latest = (bound: Instant) =>
    store
      .sql(
        'SELECT key, coalesce(started, scheduled) AS time FROM runs WHERE schedule_id = ? AND at < ? ORDER BY at DESC, key DESC LIMIT 1',
      )
      .get(scheduleId, bound) as { key: number; time: number | null } | undefined;
  const last = latest(NOT_YET) ?? latest(NOT_YET + 1);
  store
    .sql('UPDATE schedules SET last_run = ?, last_run_time = ? WHERE id = ?')
    .run(last?.key ?? null, last?.time ?? null, scheduleId);
}

function dropSurplus(store: Store, scheduleId: string): void {
  store
    .sql(
      `DELETE FROM runs WHERE schedule_id = :id AND key IN
        (SELECT key FROM runs WHERE schedule_id = :id ORDER BY at DESC, key DESC LIMIT -1 OFFSET :kept)
        AND key IS NOT (SELECT last_run FROM schedules WHERE id = :id)`,
    )
    .run({ id: scheduleId, kept: RUNS_KEPT });
}

/** Drops what is beyond the retention, of all schedules: older than 30 days or more than 1,000. Part of the caller's transaction. */
export function dropOldRuns(store: Store): void {
  const newest = (store.sql('SELECT max(at) FROM runs WHERE at < ?').pluck().get(NOT_YET) ?? 0) as number;
  store
    .sql('DELETE FROM runs WHERE at < ? AND key NOT IN (SELECT last_run FROM schedules WHERE last_run IS NOT NULL)')
    .run(Math.max(newest, store.opened) - RUN_AGE_KEPT);
  const crowded = store
    .sql('SELECT schedule_id FROM runs GROUP BY schedule_id HAVING count(*) > ?')
    .pluck()
    .all(RUNS_KEPT) as string[];
  for (const scheduleId of crowded) {
    dropSurplus(store, scheduleId);
  }
}

function runConditions({ scheduleId, pipeline, orchestrator, statuses, triggers, since, limit }: RunFilter) {
  const bound: Record<string, string | number> = { limit };
  const conditions = ['TRUE'];
  const add = (name: string, condition: string, value: string | number | undefined): void => {
    if (value !== undefined) {
      bound[name] = value;
      conditions.push(condition);
    }
  };
  add('scheduleId', 'r.schedule_id = :scheduleId', scheduleId);
  add('pipeline', 's.pipeline = :pipeline', pipeline);
  add('orchestrator', 's.orchestrator = :orchestrator', orchestrator);
  add('statuses', 'r.status IN (SELECT value FROM json_each(:statuses))', statuses && JSON.stringify(statuses));
  add('triggers', 'r.trigger IN (SELECT value FROM json_each(:triggers))', triggers && JSON.stringify(triggers));
  add('since', 'r.at >= :since', since);
  return { where: conditions.join(' AND '), bound };
}
