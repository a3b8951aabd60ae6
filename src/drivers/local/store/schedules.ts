import type { DatabaseHandle } from '../../../database/open.js';
import { type Statements, writing } from '../../../database/statements.js';
import { SchedError } from '../../../errors.js';
import { sameTimetable } from '../../../projection.js';
import type { ChangeTiming, Instant, NativeSchedule, ScheduleSpec } from '../../../schedule.js';
import { formatStamp } from '../../../stamp.js';
import { nextDue, runsLeft, type Settled, settledByChange, settledByResume } from '../../../time/due.js';
import type { SeenFile } from '../folder.js';
import { manifest } from '../manifest.js';
import { nativeSchedule, type ScheduleRow, specOf } from './rows.js';

/** What is to be kept of a new schedule. */
interface NewEntry {
  readonly spec: ScheduleSpec;
  readonly paused: boolean;
  readonly scheduleId: string;
  readonly stamp: { readonly registry: string; readonly schedule: string; readonly generation: number };
}

/** The driver's units of work on schedules. All of them throw NOT_FOUND where a schedule is needed and there is none. */
export interface ScheduleStore {
  /**
   * Keeps a schedule under its stamp and gives the native id; one that stands already is left as it is. Nothing before `now`
   * ever fires, and none of the files in `baseline` does.
   */
  create(entry: NewEntry, now: Instant, baseline: readonly SeenFile[]): string;
  /** Undefined when there is none, or it is removed. */
  read(nativeId: string): NativeSchedule | undefined;
  /** Undefined as `read`. */
  spec(nativeId: string): ScheduleSpec | undefined;
  /** At most `limit` schedules whose native id comes after `after`, in the order of native ids. */
  list(after: string, limit: number): readonly NativeSchedule[];
  /** Takes it away; runs that have not begun are stopped, others go on, and history stays until it is too old. */
  remove(nativeId: string, now: Instant): void;
  /**
   * Writes the new spec; CONFLICT when `version` is given and is not the present one. A changed timetable starts at `now`, and a
   * changed folder with the files in `baseline`.
   */
  update(
    nativeId: string,
    change: { spec: ScheduleSpec; version: string | null },
    now: Instant,
    baseline: readonly SeenFile[] | null,
  ): void;
  /**
   * Resuming drops what was missed under catch-up `none` (files: those in `baseline`); under `last` and `all` what came due since
   * the pause is missed, and left to the agent.
   */
  setPaused(nativeId: string, paused: boolean, now: Instant, baseline: readonly SeenFile[] | null): void;
  /** The folders that are watched, each once. */
  folders(): readonly string[];
  /** The latest instant that any schedule's occurrences are settled up to; null without schedules. */
  consideredUntil(): Instant | null;
}

/** The schedule's row. Throws NOT_FOUND when there is none, or it is removed. */
export function scheduleRow(sql: Statements, nativeId: string): ScheduleRow {
  const row = sql('SELECT * FROM schedules WHERE native_id = ? AND removed IS NULL').get(nativeId);
  if (row === undefined) {
    throw new SchedError('NOT_FOUND', `The local agent has no entry ${nativeId}`);
  }
  return row as ScheduleRow;
}

/** When an active schedule has to be looked at next. */
function nextLook(
  spec: ScheduleSpec,
  state: { consideredUntil: Instant; fired: number; now: Instant },
): Instant | null {
  if (spec.timing.kind !== 'change') {
    return nextDue({ timetable: spec, daylight: manifest.timing.daylight, ...state });
  }
  const at = Math.max(state.now + spec.timing.pollSeconds * 1000, spec.start ?? 0);
  const over = (spec.end !== null && at > spec.end) || runsLeft({ timetable: spec, fired: state.fired }) === 0;
  return over ? null : at;
}

/** Makes `files` the whole of what is known of a schedule's folder. */
export function writeBaseline(sql: Statements, nativeId: string, files: readonly SeenFile[]): void {
  sql('DELETE FROM watched WHERE schedule = ?').run(nativeId);
  const insert = sql('INSERT INTO watched (schedule, name, size, modified, settled) VALUES (?, ?, ?, ?, 1)');
  for (const file of files) {
    insert.run(nativeId, file.name, file.size, file.modified);
  }
}

/** Builds them over an open file. */
export function scheduleStore(handle: DatabaseHandle, sql: Statements): ScheduleStore {
  function insert({ spec, paused, scheduleId, stamp }: NewEntry, now: Instant): void {
    const state = { consideredUntil: now, fired: 0, now };
    sql(
      `INSERT INTO schedules (native_id, schedule_id, registry, stamp, generation, spec, paused, version, considered_until,
         missed_until, next_due, fired, created, removed)
       VALUES (@nativeId, @scheduleId, @registry, @schedule, @generation, @spec, @paused, 1, @now, @now, @next, 0, @now, NULL)
       ON CONFLICT (native_id) DO UPDATE SET schedule_id = excluded.schedule_id, spec = excluded.spec, paused = excluded.paused,
         version = version + 1, considered_until = excluded.considered_until, missed_until = excluded.missed_until,
         next_due = excluded.next_due, fired = 0, created = excluded.created, removed = NULL`,
    ).run({
      nativeId: formatStamp(stamp),
      scheduleId,
      ...stamp,
      spec: JSON.stringify(spec),
      paused: Number(paused),
      now,
      next: paused ? null : nextLook(spec, state),
    });
  }

  return {
    create: (entry, now, baseline) =>
      writing(handle, () => {
        const nativeId = formatStamp(entry.stamp);
        if (sql('SELECT 1 FROM schedules WHERE native_id = ? AND removed IS NULL').get(nativeId) === undefined) {
          insert(entry, now);
          writeBaseline(sql, nativeId, baseline);
        }
        return nativeId;
      }),

    read: (nativeId) => {
      const row = sql('SELECT * FROM schedules WHERE native_id = ? AND removed IS NULL').get(nativeId);
      return row === undefined ? undefined : nativeSchedule(row as ScheduleRow);
    },

    spec: (nativeId) => {
      const row = sql('SELECT * FROM schedules WHERE native_id = ? AND removed IS NULL').get(nativeId);
      return row === undefined ? undefined : specOf(row as ScheduleRow);
    },

    list: (after, limit) => {
      const rows = sql(
        'SELECT * FROM schedules WHERE native_id > ? AND removed IS NULL ORDER BY native_id LIMIT ?',
      ).all(after, limit);
      return (rows as ScheduleRow[]).map(nativeSchedule);
    },

    remove: (nativeId, now) =>
      writing(handle, () => {
        sql('UPDATE schedules SET removed = ?, next_due = NULL WHERE native_id = ? AND removed IS NULL').run(
          now,
          nativeId,
        );
        sql(
          `UPDATE runs SET status = 'stopped', finished = ?, reason = 'its schedule was deleted'
           WHERE schedule = ? AND status = 'pending' AND agent IS NULL`,
        ).run(now, nativeId);
        sql('DELETE FROM watched WHERE schedule = ?').run(nativeId);
      }),

    update: (nativeId, { spec, version }, now, baseline) =>
      writing(handle, () => {
        const row = scheduleRow(sql, nativeId);
        if (version !== null && version !== String(row.version)) {
          throw new SchedError(
            'CONFLICT',
            `The entry ${nativeId} was changed meanwhile: it is at version ${row.version}, not ${version}`,
          );
        }
        const before = specOf(row);
        const stood = settledOf(row);
        const change = { retimed: !sameTimetable(before, spec), before: before.catchup, after: spec.catchup };
        const settled = settledByChange(stood, change, now);
        const anew = settled !== stood;
        const { consideredUntil, missedUntil } = settled;
        const kept =
          row.paused === 1
            ? null
            : anew || row.next_due === null
              ? nextLook(spec, { consideredUntil, fired: row.fired, now })
              : row.next_due;
        sql(
          `UPDATE schedules SET spec = ?, version = version + 1, considered_until = ?, missed_until = ?, next_due = ?
           WHERE native_id = ?`,
        ).run(JSON.stringify(spec), consideredUntil, missedUntil, kept, nativeId);
        if (baseline !== null) {
          writeBaseline(sql, nativeId, baseline);
        }
      }),

    setPaused: (nativeId, paused, now, baseline) =>
      writing(handle, () => {
        const row = scheduleRow(sql, nativeId);
        if ((row.paused === 1) === paused) {
          return;
        }
        const spec = specOf(row);
        const stood = settledOf(row);
        const { consideredUntil, missedUntil } = paused ? stood : settledByResume(stood, spec.catchup, now);
        sql(
          'UPDATE schedules SET paused = ?, version = version + 1, considered_until = ?, missed_until = ?, next_due = ? WHERE native_id = ?',
        ).run(
          Number(paused),
          consideredUntil,
          missedUntil,
          paused ? null : resumed(spec, { consideredUntil, fired: row.fired, now }),
          nativeId,
        );
        if (!paused && baseline !== null) {
          writeBaseline(sql, nativeId, baseline);
        }
      }),

    folders: () => {
      const rows = sql(
        `SELECT DISTINCT json_extract(spec, '$.timing') AS timing FROM schedules
         WHERE removed IS NULL AND json_extract(spec, '$.timing.kind') = 'change'`,
      ).all();
      return [
        ...new Set((rows as { timing: string }[]).map(({ timing }) => (JSON.parse(timing) as ChangeTiming).folder)),
      ].sort();
    },

    consideredUntil: () => {
      const row = sql('SELECT max(considered_until) AS latest FROM schedules WHERE removed IS NULL').get();
      return (row as { latest: Instant | null }).latest;
    },
  };
}

/** A folder that was left alone during a pause is looked at without delay. */
function resumed(spec: ScheduleSpec, state: { consideredUntil: Instant; fired: number; now: Instant }): Instant | null {
  const next = nextLook(spec, state);
  return spec.timing.kind === 'change' && next !== null && spec.catchup !== 'none'
    ? Math.max(state.now, spec.start ?? 0)
    : next;
}

function settledOf({ considered_until: consideredUntil, missed_until: missedUntil }: ScheduleRow): Settled {
  return { consideredUntil, missedUntil };
}
