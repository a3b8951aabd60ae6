import type { DatabaseHandle } from '../../../database/open.js';
import { type Statements, writing, writingDurably } from '../../../database/statements.js';
import type { Instant, ScheduleSpec } from '../../../schedule.js';
import { runsLeft } from '../../../time/due.js';
import type { SeenFile } from '../folder.js';
import { type ClaimedRun, claimedRun, type ScheduleRow, specOf } from './rows.js';
import { insertRun } from './runs.js';
import { writeBaseline } from './schedules.js';

/** A file that changed is looked at again after this many milliseconds (or the polling interval, when shorter). */
const SETTLING = 2_000;

/** A folder that is to be looked into. */
export interface FolderLook {
  readonly nativeId: string;
  readonly folder: string;
}

/** The agent's units of work on watched folders. The look itself lies between the two, in no transaction. */
export interface FolderStore {
  /** Claims the look that is due, so that one agent makes it; undefined when another one was faster. */
  beginLook(nativeId: string, now: Instant): FolderLook | undefined;
  /**
   * Compares a look with what is known. A new or modified file is noted first, and becomes a run when the next look, two
   * seconds later, sees it unchanged: a file that is still being written does not fire. One run for each (file, size, time of
   * modification), ever. The catch-up policy binds what changed before a resume; `path` gives a file's absolute path.
   */
  applyLook(
    nativeId: string,
    look: { readonly files: readonly SeenFile[]; readonly path: (name: string) => string },
    agent: string,
    now: Instant,
  ): readonly ClaimedRun[];
}

interface WatchedRow {
  readonly name: string;
  readonly size: number;
  readonly modified: string;
  readonly settled: number;
}

/** Builds them over an open file. */
export function folderStore(handle: DatabaseHandle, sql: Statements): FolderStore {
  return {
    beginLook: (nativeId, now) =>
      writing(handle, () => {
        const row = sql('SELECT * FROM schedules WHERE native_id = ? AND next_due <= ?').get(nativeId, now) as
          | ScheduleRow
          | undefined;
        const spec = row === undefined ? undefined : specOf(row);
        if (row === undefined || spec?.timing.kind !== 'change') {
          return undefined;
        }
        const next = now + spec.timing.pollSeconds * 1000;
        setNext(sql, nativeId, spec, { next, fired: row.fired });
        return { nativeId, folder: spec.timing.folder };
      }),

    applyLook: (nativeId, { files, path }, agent, now) =>
      writingDurably(handle, () => {
        const row = sql('SELECT * FROM schedules WHERE native_id = ? AND paused = 0 AND removed IS NULL').get(
          nativeId,
        ) as ScheduleRow | undefined;
        const spec = row === undefined ? undefined : specOf(row);
        if (row === undefined || spec?.timing.kind !== 'change') {
          return [];
        }
        const { parameter, pollSeconds } = spec.timing;
        sql('UPDATE schedules SET considered_until = max(considered_until, ?) WHERE native_id = ?').run(now, nativeId);
        if (spec.start !== null && row.considered_until < spec.start) {
          // What came before the schedule's start does not count.
          writeBaseline(sql, nativeId, files);
          return [];
        }
        const { settled, moving } = compare(sql, nativeId, files);
        const wanted = afterPause(spec, row, settled).slice(0, runsLeft({ timetable: spec, fired: row.fired }));
        const claimed: ClaimedRun[] = [];
        let fired = 0;
        for (const file of wanted) {
          const blocked = spec.overlap !== 'allow' && (claimed.length > 0 || isBusy(sql, nativeId));
          const run = insertRun(sql, {
            schedule: nativeId,
            kind: late(row, file) ? 'catchup' : 'schedule',
            scheduled: now,
            occurrence: `file:${file.modified}:${file.size}:${file.name}`,
            key: null,
            parameters: { [parameter]: path(file.name) },
            // A skipped run would be a lost file: they wait for their turn instead.
            waits: spec.overlap !== 'allow',
            agent: blocked ? null : agent,
            now,
          });
          fired += run === undefined ? 0 : 1;
          if (run !== undefined && !blocked) {
            claimed.push(claimedRun(run, row));
          }
        }
        const interval = pollSeconds * 1000;
        setNext(sql, nativeId, spec, {
          next: now + (moving ? Math.min(interval, SETTLING) : interval),
          fired: row.fired + fired,
        });
        return claimed;
      }),
  };
}

/** Notes what a look saw. `settled`: new or modified, and the same as at the last look; `moving`: some other file changed. */
function compare(
  sql: Statements,
  nativeId: string,
  files: readonly SeenFile[],
): { settled: SeenFile[]; moving: boolean } {
  const known = new Map(
    (sql('SELECT name, size, modified, settled FROM watched WHERE schedule = ?').all(nativeId) as WatchedRow[]).map(
      (row) => [row.name, row],
    ),
  );
  const note = sql(
    `INSERT INTO watched (schedule, name, size, modified, settled) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (schedule, name) DO UPDATE SET size = excluded.size, modified = excluded.modified, settled = excluded.settled`,
  );
  const settled: SeenFile[] = [];
  let moving = false;
  for (const file of files) {
    const before = known.get(file.name);
    known.delete(file.name);
    const same = before !== undefined && before.size === file.size && before.modified === file.modified;
    if (!same) {
      moving = true;
      note.run(nativeId, file.name, file.size, file.modified, 0);
    } else if (before.settled === 0) {
      settled.push(file);
      note.run(nativeId, file.name, file.size, file.modified, 1);
    }
  }
  for (const gone of known.keys()) {
    sql('DELETE FROM watched WHERE schedule = ? AND name = ?').run(nativeId, gone);
  }
  return { settled, moving };
}

/** What changed during a pause is held to the catch-up policy: `none` has a new baseline already. */
function afterPause(
  { catchup, catchupLimit }: ScheduleSpec,
  row: ScheduleRow,
  settled: readonly SeenFile[],
): readonly SeenFile[] {
  const limit = catchup === 'last' ? 1 : catchupLimit;
  const missed = settled.filter((file) => late(row, file));
  const dropped = new Set(missed.slice(0, Math.max(0, missed.length - limit)));
  return settled.filter((file) => !dropped.has(file));
}

function late(row: ScheduleRow, { modified }: SeenFile): boolean {
  return row.missed_until > row.created && BigInt(modified) <= BigInt(row.missed_until) * 1_000_000n;
}

function isBusy(sql: Statements, nativeId: string): boolean {
  return (
    sql("SELECT 1 FROM runs WHERE schedule = ? AND status IN ('pending', 'running') LIMIT 1").get(nativeId) !==
    undefined
  );
}

function setNext(
  sql: Statements,
  nativeId: string,
  spec: ScheduleSpec,
  { next, fired }: { next: number; fired: number },
): void {
  const over = (spec.end !== null && next > spec.end) || runsLeft({ timetable: spec, fired }) === 0;
  sql('UPDATE schedules SET next_due = ?, fired = ? WHERE native_id = ?').run(over ? null : next, fired, nativeId);
}
