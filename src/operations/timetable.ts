import type { Manifest } from '../drivers/driver.js';
import type { Instant, ScheduleSpec } from '../schedule.js';
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

function lastOccurrence(spec: ScheduleSpec, manifest: Manifest): Instant | null {
  if (spec.timing.kind === 'once') {
    return spec.timing.at;
  }
  if (spec.end === null) {
    return null;
  }
  return previousInstant(spec, manifest.timing.daylight, spec.end + 1) ?? spec.end;
}
