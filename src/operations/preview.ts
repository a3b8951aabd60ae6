import { unreliableChange } from '../drivers/dialects.js';
import type { Manifest } from '../drivers/driver.js';
import type { Instant, Timetable } from '../schedule.js';
import { daylightWarning } from '../time/daylight-warning.js';
import { forward, type Occurrence } from '../time/occurrences.js';

export interface Preview {
  /** The next few occurrences; empty when there are none, or when they are not known here. */
  readonly next: readonly Instant[];
  /** The first gap or fold that a fixed time meets. */
  readonly daylight: ReturnType<typeof daylightWarning>;
  /** The first change of clocks around which the orchestrator itself loses or adds occurrences. */
  readonly miscounted: Instant | null;
}

/** The next `count` occurrences after `now`, by the orchestrator's own rule. */
export function preview(timetable: Timetable, manifest: Manifest, now: Instant, count = 3): Preview {
  const rule = manifest.timing.daylight;
  const most = Math.min(count, timetable.maxRuns ?? count);
  const next = take(forward(timetable, rule, now + 1), most).flatMap(({ instant }) =>
    instant === null ? [] : [instant],
  );
  return {
    next,
    daylight: daylightWarning(timetable, rule, now),
    miscounted: unreliableChange(timetable, manifest.timing.cron, now),
  };
}

/** The first `count` occurrences that run. */
function take(occurrences: Iterable<Occurrence>, count: number): Occurrence[] {
  const taken: Occurrence[] = [];
  if (count <= 0) {
    return taken;
  }
  for (const occurrence of occurrences) {
    if (occurrence.instant !== null && taken.push(occurrence) >= count) {
      break;
    }
  }
  return taken;
}
