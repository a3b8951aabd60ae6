/** What marks a record's native object, and what it shows of that. */
import { differences, fieldOf, type NativeDifference, project } from '../projection.js';
import type { ScheduleRecord } from '../registry/registry.js';
import type { NativeSchedule, Projection, ScheduleSpec, Stamp } from '../schedule.js';
import { formatStamp, stampOfSchedule } from '../stamp.js';

/** The stamp of a record's current generation. */
export function stampFor(
  registry: string,
  { id, generation }: Pick<ScheduleRecord, 'id' | 'generation'>,
): Stamp & { readonly registry: string; readonly generation: number } {
  return { registry, schedule: stampOfSchedule(id), generation };
}

/** True when what was seen is `ours`, as far as the target has room to say. */
export function isStamp(seen: Stamp | null, ours: ReturnType<typeof stampFor>): boolean {
  return (
    seen !== null &&
    seen.schedule === ours.schedule &&
    (seen.registry ?? ours.registry) === ours.registry &&
    (seen.generation ?? ours.generation) === ours.generation
  );
}

/** A stamp as text; `*` for what the target has no room for. */
function stampText(stamp: Stamp): string {
  return `s1-${stamp.registry ?? '*'}-${stamp.schedule}-${stamp.generation ?? '*'}`;
}

/** What is kept of a native object as the baseline: its projection and its stamp. */
export function baselineOf({ projection, stamp }: NativeSchedule): Projection {
  return { ...projection, stamp: stamp === null ? null : stampText(stamp) };
}

/** Whether the native object is to carry a stamp: what was made by us always, what was adopted when it was stamped then. */
export function isMarked({ origin, baseline }: Pick<ScheduleRecord, 'origin' | 'baseline'>): boolean {
  return origin === 'created' || typeof baseline?.stamp === 'string';
}

/** The stamp as a difference, where the object does not carry the one it should; empty otherwise. */
export function stampDifference(registry: string, record: ScheduleRecord, seen: Stamp | null): NativeDifference[] {
  if (record.origin === 'created') {
    const ours = stampFor(registry, record);
    return isStamp(seen, ours) ? [] : [difference(formatStamp(ours), seen)];
  }
  const before = record.baseline?.stamp;
  return before === undefined || before === (seen === null ? null : stampText(seen))
    ? []
    : [difference(typeof before === 'string' ? before : null, seen)];
}

function difference(expected: string | null, seen: Stamp | null): NativeDifference {
  return { field: 'stamp', expected, actual: seen === null ? null : stampText(seen), changedBy: null };
}

/**
 * The fields that a native object shows otherwise than a spec can say (a start deadline, a zone that is nobody's): taken over as they
 * stood when it was adopted, and left as they are.
 */
export function carriedBy(spec: ScheduleSpec, baseline: Projection | null): readonly string[] {
  if (baseline === null) {
    return [];
  }
  const expected = project(spec, baseline.paused === true);
  return [...new Set(differences(expected, baseline).map(fieldOf))];
}
