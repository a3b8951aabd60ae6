import { project } from '../../../projection.js';
import type {
  Instant,
  Json,
  NativeRun,
  NativeSchedule,
  RunStatus,
  RunTrigger,
  ScheduleSpec,
} from '../../../schedule.js';

/** A row of `schedules`. */
export interface ScheduleRow {
  readonly native_id: string;
  readonly schedule_id: string;
  readonly registry: string;
  readonly stamp: string;
  readonly generation: number;
  readonly spec: string;
  readonly paused: number;
  readonly version: number;
  readonly considered_until: Instant;
  readonly missed_until: Instant;
  readonly next_due: Instant | null;
  readonly fired: number;
  readonly created: Instant;
  readonly removed: Instant | null;
}

/** A row of `runs`. */
export interface RunRow {
  readonly number: number;
  readonly id: string;
  readonly schedule: string;
  readonly kind: RunTrigger;
  readonly scheduled: Instant | null;
  readonly occurrence: string | null;
  readonly key: string | null;
  readonly parameters: string;
  readonly status: RunStatus;
  readonly attempt: number;
  readonly created: Instant;
  readonly due: Instant;
  readonly waits: number;
  readonly agent: string | null;
  readonly pid: number | null;
  readonly pid_started: string | null;
  readonly attempt_started: Instant | null;
  readonly started: Instant | null;
  readonly finished: Instant | null;
  readonly exit_code: number | null;
  readonly reason: string | null;
  readonly stop: string | null;
}

/** A run with the id, given by its registry, of the schedule it belongs to. */
export interface ScheduledRun {
  readonly scheduleId: string;
  readonly run: NativeRun;
}

/** A run that an agent has claimed and is about to start. */
export interface ClaimedRun extends ScheduledRun {
  /** The native id of its schedule. */
  readonly nativeId: string;
  readonly spec: ScheduleSpec;
  /** The schedule's parameters with the run's own laid over them. */
  readonly parameters: Readonly<Record<string, Json>>;
  readonly created: Instant;
}

/** A run whose process another agent started. */
export interface AdoptedRun extends ScheduledRun {
  readonly nativeId: string;
  readonly pid: number;
  readonly pidStarted: string | null;
  /** When its time is over; null: never. */
  readonly deadline: Instant | null;
}

/** The spec that a row keeps. */
export function specOf(row: ScheduleRow): ScheduleSpec {
  return JSON.parse(row.spec) as ScheduleSpec;
}

/** The schedule as every driver shows it. */
export function nativeSchedule(row: ScheduleRow): NativeSchedule {
  const paused = row.paused === 1;
  return {
    nativeId: row.native_id,
    stamp: { registry: row.registry, schedule: row.stamp, generation: row.generation },
    paused,
    projection: project(specOf(row), paused),
    version: String(row.version),
    url: null,
  };
}

/** The run as every driver shows it. */
export function nativeRun(row: RunRow): NativeRun {
  return {
    nativeId: row.id,
    scheduled: row.scheduled,
    started: row.started,
    finished: row.finished,
    status: row.status,
    trigger: row.kind,
    exitCode: row.exit_code,
    reason: row.reason,
    attempt: row.attempt,
    url: null,
  };
}

/** A run that is to start, with all that starting needs. */
export function claimedRun(run: RunRow, schedule: ScheduleRow): ClaimedRun {
  const spec = specOf(schedule);
  const own = JSON.parse(run.parameters) as Readonly<Record<string, Json>>;
  return {
    scheduleId: schedule.schedule_id,
    nativeId: schedule.native_id,
    run: nativeRun(run),
    spec,
    parameters: { ...spec.parameters, ...own },
    created: run.created,
  };
}
