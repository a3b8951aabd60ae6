import type { Statements } from '../../../database/statements.js';
import type { Instant } from '../../../schedule.js';
import type { DueOccurrence } from '../../../time/due.js';
import {
  type ClaimedRun,
  claimedRun,
  nativeRun,
  type RunRow,
  type ScheduledRun,
  type ScheduleRow,
  specOf,
} from './rows.js';
import { insertRun } from './runs.js';

/** What one schedule's occurrences have become. */
export interface Considered {
  /** Claimed by the asking agent, to be started at once. */
  readonly claimed: readonly ClaimedRun[];
  /** Settled without a process: skipped, or stopped before they began. */
  readonly settled: readonly ScheduledRun[];
}

/** In SQL: a run goes on while it runs, is about to, or waits for another attempt. */
export const GOES_ON = "status IN ('pending', 'running') AND (status = 'running' OR agent IS NOT NULL OR attempt > 1)";

/** Who claims, and when. */
interface Claiming {
  readonly agent: string;
  readonly now: Instant;
}

/** Turns occurrences into runs as overlap says. What catches up comes after what is on time, and waits for its turn. */
export function place(
  sql: Statements,
  row: ScheduleRow,
  occurrences: readonly DueOccurrence[],
  by: Claiming,
): Considered & { fired: number } {
  const { overlap } = specOf(row);
  const punctual = occurrences.filter(({ trigger }) => trigger === 'schedule');
  const late = occurrences.filter(({ trigger }) => trigger === 'catchup');
  const claimed: ClaimedRun[] = [];
  const settled: ScheduledRun[] = [];
  let fired = 0;
  for (const [index, occurrence] of [...punctual, ...late].entries()) {
    const others = overlap === 'allow' ? [] : goingOn(sql, row.native_id, null);
    const blocked = others.length > 0;
    const waits = overlap !== 'allow' && (occurrence.trigger === 'catchup' || overlap === 'replace');
    const run = insertRun(sql, {
      schedule: row.native_id,
      kind: occurrence.trigger,
      scheduled: occurrence.at,
      occurrence: String(occurrence.at),
      key: null,
      parameters: {},
      waits,
      agent: blocked ? null : by.agent,
      now: by.now,
    });
    if (run === undefined) {
      continue;
    }
    const timely = occurrence.trigger === 'schedule';
    const successor = punctual[index + 1];
    if (timely && overlap === 'forbid' && blocked) {
      settled.push(skip(sql, row, run, `the run ${others[0]?.id} still goes on`, by.now));
      continue;
    }
    if (timely && overlap === 'replace' && successor !== undefined) {
      settled.push(skip(sql, row, run, `replaced by the run of ${instantText(successor.at)} before it began`, by.now));
      continue;
    }
    if (timely && overlap === 'replace') {
      const replaced = replaceOthers(sql, row, run, by.now);
      // What never began does not count towards the maximum.
      fired -= replaced.filter((other) => other.run.status === 'skipped').length;
      settled.push(...replaced);
    }
    fired += 1;
    if (!blocked) {
      claimed.push(claimedRun(run, row));
    }
  }
  return { claimed, settled, fired };
}

/** Asks for the end of what runs, and ends what has not begun. */
function replaceOthers(sql: Statements, row: ScheduleRow, run: RunRow, now: Instant): ScheduledRun[] {
  const reason = `replaced by the run of ${instantText(run.scheduled)}`;
  sql(
    "UPDATE runs SET stop = ? WHERE schedule = ? AND id <> ? AND status IN ('pending', 'running') AND agent IS NOT NULL",
  ).run(reason, row.native_id, run.id);
  const idle = sql(
    `UPDATE runs SET status = CASE WHEN attempt > 1 THEN 'stopped' ELSE 'skipped' END, finished = ?, reason = ?
     WHERE schedule = ? AND id <> ? AND status = 'pending' AND agent IS NULL AND (attempt > 1 OR kind = 'schedule') RETURNING *`,
  ).all(now, reason, row.native_id, run.id);
  return (idle as RunRow[]).map((other) => ({ scheduleId: row.schedule_id, run: nativeRun(other) }));
}

function skip(sql: Statements, row: ScheduleRow, run: RunRow, reason: string, now: Instant): ScheduledRun {
  const skipped = sql(
    "UPDATE runs SET status = 'skipped', agent = NULL, reason = ?, finished = ? WHERE id = ? RETURNING *",
  ).get(reason, now, run.id);
  return { scheduleId: row.schedule_id, run: nativeRun(skipped as RunRow) };
}

/** The runs of a schedule that go on, the oldest first. */
export function goingOn(sql: Statements, schedule: string, except: string | null): readonly { id: string }[] {
  return sql(`SELECT id FROM runs WHERE schedule = ? AND id IS NOT ? AND ${GOES_ON} ORDER BY number`).all(
    schedule,
    except,
  ) as { id: string }[];
}

function instantText(instant: Instant | null): string {
  return instant === null ? 'now' : new Date(instant).toISOString();
}
