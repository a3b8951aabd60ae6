import type { Connection, Context } from '../context.js';
import { isSchedError, type SchedError } from '../errors.js';
import { attributed, differences, except, type NativeDifference } from '../projection.js';
import type { Registry, ScheduleRecord } from '../registry/registry.js';
import type { NativeSchedule } from '../schedule.js';
import { orchestratorOf, reach } from './connection.js';
import { stampDifference } from './stamps.js';

/** What the orchestrator shows of a record right now. */
export interface Live {
  readonly state: 'as written' | 'drifted' | 'gone' | 'unchecked';
  readonly native: NativeSchedule | null;
  /** Against the baseline: what somebody else changed, and who, where the target tells. */
  readonly differences: readonly NativeDifference[];
  /** Why it could not be looked at. */
  readonly error: SchedError | null;
}

/** Asks the orchestrator. A target that cannot be reached is `unchecked`, never thrown. */
export async function look(context: Context, registry: Registry, record: ScheduleRecord): Promise<Live> {
  try {
    const { driver, manifest } = await reach(context, registry, orchestratorOf(registry, record));
    const native = record.nativeId === null ? undefined : await driver.read(record.nativeId);
    if (native === undefined) {
      return { state: 'gone', native: null, differences: [], error: null };
    }
    const changed = changedNatively(registry.identity, record, native, manifest);
    return { state: changed.length === 0 ? 'as written' : 'drifted', native, differences: changed, error: null };
  } catch (error) {
    if (!isSchedError(error) || error.code === 'INTERRUPTED') {
      throw error;
    }
    return { state: 'unchecked', native: null, differences: [], error };
  }
}

/** The comparable fields in which a native object is not as our last write left it; its stamp is one of them. */
export function changedNatively(
  registryId: string,
  record: ScheduleRecord,
  native: NativeSchedule,
  { notComparable }: Connection['manifest'],
): readonly NativeDifference[] {
  if (record.baseline === null) {
    return [];
  }
  const changed = except(differences(record.baseline, native.projection), notComparable);
  return [...attributed(changed, native), ...stampDifference(registryId, record, native.stamp)];
}
