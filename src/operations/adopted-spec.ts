/** A native object that is not ours, as a spec. */
import { otherReading } from '../drivers/dialects.js';
import type { Manifest } from '../drivers/driver.js';
import { isSchedError, SchedError } from '../errors.js';
import { pipelineOf } from '../naming.js';
import { specOf } from '../projection.js';
import type { PauseNote } from '../registry/registry.js';
import type { Instant, NativeSchedule, RunSpec, ScheduleSpec } from '../schedule.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,127}$/;
const CATCHUP_LIMIT = 100;

/** What was typed to complete it. */
export type AdoptTyped = { readonly [Key in 'name' | 'timezone' | 'pipeline']: string | null };

/** The spec of a native object as it tells it. Throws USAGE when its own name cannot be a schedule's, UNSUPPORTED when it tells too little. */
export function adoptedSpec(
  { nativeId, projection }: NativeSchedule,
  manifest: Manifest,
  typed: AdoptTyped,
): ScheduleSpec {
  const told = projection.timezone;
  if (typed.timezone !== null && typeof told === 'string' && told !== typed.timezone) {
    throw new SchedError('USAGE', `${nativeId} has the zone ${told}: adopting changes nothing there.`, {
      hint: `Leave --timezone out; sched update … --timezone ${typed.timezone} changes it afterwards.`,
    });
  }
  const name = typed.name ?? nativeId.slice(nativeId.lastIndexOf('/') + 1);
  if (!NAME.test(name)) {
    throw new SchedError('USAGE', `${JSON.stringify(name)} cannot be a schedule’s name.`, { hint: '--name NAME' });
  }
  const spec = specOf(projection, {
    name,
    pipeline: projection.run === undefined ? name : pipelineOf(projection.run as unknown as RunSpec),
    timezone: typed.timezone ?? 'UTC',
    catchup: manifest.catchup.default,
    catchupLimit: CATCHUP_LIMIT,
    overlap: manifest.overlap.default,
  });
  return readable({ ...spec, pipeline: typed.pipeline ?? spec.pipeline }, manifest);
}

/**
 * An expression that means other days there is recorded as one that means the same days here; one that only the target can read as its own
 * dialect, because what cannot be told here is not guessed.
 */
function readable(spec: ScheduleSpec, { flavor, timing: { cron } }: Manifest): ScheduleSpec {
  const { timing } = spec;
  if (timing.kind !== 'cron') {
    return spec;
  }
  try {
    const other = otherReading(timing.expression, cron);
    return other === null ? spec : { ...spec, timing: { kind: 'cron', expression: other.theirs } };
  } catch (error) {
    if (isSchedError(error, 'USAGE')) {
      return { ...spec, timing: { kind: 'native', dialect: flavor, text: timing.expression } };
    }
    throw error;
  }
}

/** The note of a pause that was there already: somebody else's, where the target tells, else told under `by`. */
export function pauseFound({ changedBy }: NativeSchedule, by: string, now: Instant): PauseNote {
  const author = changedBy?.paused;
  return {
    by: author?.name ?? by,
    at: author?.at ?? now,
    reason: 'paused there when it was adopted',
    until: null,
  };
}
