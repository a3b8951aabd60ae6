import type { Manifest } from '../drivers/driver.js';
import { manifestOf } from '../drivers/index.js';
import type { Registry, ScheduleRecord } from '../registry/registry.js';
import { type Instant, RUN_STATUSES, type ScheduleSpec } from '../schedule.js';
import { nextInstant, previousInstant } from '../time/occurrences.js';

/**
 * What a record keeps of its timetable, so that lists need no arithmetic: the next occurrence after `now` by the
 * orchestrator's own rule (null while paused or when none is left), and the last one of all (null when open-ended).
 */
export function horizon(
  spec: ScheduleSpec,
  active: boolean,
  manifest: Manifest,
  now: Instant,
): { readonly nextRun: Instant | null; readonly endsAt: Instant | null } {
  const rule = manifest.timing.daylight;
  return { nextRun: active ? nextInstant(spec, rule, now) : null, endsAt: lastOccurrence(spec, manifest) };
}

/** A record's horizon for `noteNext`, cut short where the maximum of runs is reached; what was skipped does not count. */
export function aheadOf(
  registry: Registry,
  { spec, id, desired, flavor }: ScheduleRecord,
  now: Instant,
): { readonly id: string; readonly nextRun: Instant | null; readonly endsAt: Instant | null } {
  const { nextRun, endsAt } = horizon(spec, desired === 'active', manifestOf(flavor), now);
  const statuses = RUN_STATUSES.filter((status) => status !== 'skipped');
  const counted =
    spec.maxRuns === null
      ? 0
      : registry.runs({ scheduleId: id, triggers: ['schedule', 'catchup'], statuses, limit: spec.maxRuns }).length;
  return spec.maxRuns !== null && counted >= spec.maxRuns
    ? { id, nextRun: null, endsAt: Math.min(endsAt ?? now, now) }
    : { id, nextRun, endsAt };
}

function lastOccurrence(spec: ScheduleSpec, manifest: Manifest): Instant | null {
  if (spec.timing.kind === 'once') {
    return spec.timing.at;
  }
  if (spec.end === null) {
    return null;
  }
  return previousInstant(spec, manifest.timing.daylight, spec.end + 1) ?? spec.end;
}
