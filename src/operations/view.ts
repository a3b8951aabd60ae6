/** A record as users see it: the stored part and what is derived from it. */

import { manifestOf } from '../drivers/index.js';
import type { OrchestratorRecord, Registry, RunRecord, ScheduleRecord } from '../registry/registry.js';
import type { Instant, Json } from '../schedule.js';
import { isoUtc } from '../time/format.js';
import { intervalSeconds } from '../time/interval.js';
import { nextInstant } from '../time/occurrences.js';

export type State = 'active' | 'paused' | 'ended' | 'unattended' | 'creating' | 'broken' | 'archived';

export interface ScheduleView {
  readonly record: ScheduleRecord;
  readonly state: State;
  /** Null while paused, ended, or not computable. */
  readonly nextRun: Instant | null;
}

/** Whether an agent has been seen within the last minute; it gives a sign every ten seconds. */
export function agentAlive(registry: Registry, now: Instant): boolean {
  const beat = registry.lastHeartbeat();
  return beat !== null && now - beat <= 60_000;
}

/** True when nothing fires without `sched agent`. */
export function needsAgent(record: Pick<ScheduleRecord, 'flavor' | 'firedBy'>): boolean {
  return record.firedBy === 'agent' || manifestOf(record.flavor).needsAgent;
}

/** Derives state and next run of one record at `now`. */
export function view(registry: Registry, record: ScheduleRecord, now: Instant): ScheduleView {
  return viewer(registry, now)(record);
}

/** As `view`, for many: the registry is asked once whether an agent is alive. */
export function viewer(registry: Registry, now: Instant): (record: ScheduleRecord) => ScheduleView {
  const attended = agentAlive(registry, now);
  return (record) => {
    const state = stateOf(record, attended, now);
    return { record, state, nextRun: state === 'active' || state === 'unattended' ? upcoming(record, now) : null };
  };
}

/** The stored next run; computed anew where nobody has moved it on since it passed. */
function upcoming(record: ScheduleRecord, now: Instant): Instant | null {
  const { nextRun, spec, flavor } = record;
  return nextRun !== null && nextRun <= now ? nextInstant(spec, manifestOf(flavor).timing.daylight, now) : nextRun;
}

function stateOf(record: ScheduleRecord, attended: boolean, now: Instant): State {
  if (record.desired === 'archived') {
    return 'archived';
  }
  if (record.lifecycle === 'creating' || record.lifecycle === 'broken') {
    return record.lifecycle;
  }
  if (record.endsAt !== null && record.endsAt <= now) {
    return 'ended';
  }
  if (record.desired === 'paused') {
    return 'paused';
  }
  return needsAgent(record) && !attended ? 'unattended' : 'active';
}

/** ZenML's field names and ours; instants in UTC with `Z`; null, never absent. */
export function scheduleJson({ record, state, nextRun }: ScheduleView): Readonly<Record<string, Json>> {
  const { spec } = record;
  const { timing } = spec;
  return {
    id: record.id,
    name: spec.name,
    pipeline: spec.pipeline,
    active: record.desired === 'active' && state !== 'ended',
    cron_expression: timing.kind === 'cron' ? timing.expression : null,
    interval_second: timing.kind === 'interval' ? intervalSeconds(timing.count, timing.unit) : null,
    start_time: instant(spec.start ?? (timing.kind === 'interval' ? timing.anchor : null)),
    end_time: instant(spec.end),
    run_once_start_time: timing.kind === 'once' ? instant(timing.at) : null,
    catchup: spec.catchup === 'all',
    created: instant(record.created),
    updated: instant(record.updated),
    is_archived: record.desired === 'archived',
    user: record.user,
    orchestrator: record.orchestrator,
    orchestrator_id: record.orchestratorId,
    flavor: record.flavor,
    timezone: spec.timezone,
    timing: timing as unknown as Json,
    catchup_policy: spec.catchup,
    catchup_limit: spec.catchupLimit,
    overlap: spec.overlap,
    max_runs: spec.maxRuns,
    timeout_seconds: spec.timeoutSeconds,
    retry: spec.retry as unknown as Json,
    state,
    pause:
      record.pause === null
        ? null
        : { ...record.pause, at: instant(record.pause.at), until: instant(record.pause.until) },
    labels: spec.labels,
    owner: spec.owner,
    description: spec.description,
    parameters: spec.parameters,
    next_run_time: instant(nextRun),
    last_run_time: instant(record.lastRun === null ? null : (record.lastRun.started ?? record.lastRun.scheduled)),
    last_run_status: record.lastRun?.status ?? null,
    last_run: record.lastRun === null ? null : lastRunJson(record.lastRun),
    native_id: record.nativeId,
    url: null,
    fired_by: record.firedBy,
    origin: record.origin,
    revision: record.revision,
    run: spec.run as unknown as Json,
  };
}

/** The part of a run that tells how it went. */
function lastRunJson({ nativeId, status, trigger, scheduled, started, finished, exitCode }: RunRecord): Json {
  return {
    id: nativeId,
    status,
    trigger,
    scheduled_time: instant(scheduled),
    started_at: instant(started),
    finished_at: instant(finished),
    exit_code: exitCode,
  };
}

export function runJson(run: RunRecord): Readonly<Record<string, Json>> {
  return {
    id: run.nativeId,
    schedule_id: run.scheduleId,
    schedule: run.schedule,
    pipeline: run.pipeline,
    orchestrator: run.orchestrator,
    scheduled_time: instant(run.scheduled),
    started_at: instant(run.started),
    finished_at: instant(run.finished),
    status: run.status,
    trigger: run.trigger,
    exit_code: run.exitCode,
    reason: run.reason,
    attempt: run.attempt,
    native_id: run.nativeId,
    url: run.url,
  };
}

export function orchestratorJson(record: OrchestratorRecord): Readonly<Record<string, Json>> {
  return {
    id: record.id,
    name: record.name,
    flavor: record.flavor,
    default: record.isDefault,
    settings: record.settings,
    identity: record.identity,
    created: instant(record.created),
    updated: instant(record.updated),
  };
}

export function instant(value: Instant | null): string | null {
  return value === null ? null : isoUtc(value);
}
