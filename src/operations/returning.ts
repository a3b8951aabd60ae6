import type { Connection } from '../context.js';
import type { ScheduleRecord, ScheduleState } from '../registry/registry.js';
import type { TransitionRequest } from './transition.js';

/**
 * From where an ended record goes back to `wanted`: where its native object stands still, because it was adopted or kept, that one is taken
 * up again, and never a second one made beside it; everything else begins anew.
 */
export async function returning(
  { driver, manifest }: Connection,
  record: ScheduleRecord,
  wanted: ScheduleState,
): Promise<Pick<TransitionRequest, 'record' | 'seenPaused' | 'stamp'>> {
  const { nativeId, generation } = wanted;
  if (record.desired !== 'archived' || wanted.desired === 'archived' || nativeId === null) {
    return { record };
  }
  const native = await driver.read(nativeId);
  return native === undefined
    ? { record }
    : {
        record: { ...record, desired: wanted.desired, nativeId, generation },
        seenPaused: native.paused,
        stamp: record.origin === 'created' && native.stamp === null && manifest.capabilities.includes('setStamp'),
      };
}
