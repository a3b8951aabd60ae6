/** What becomes of the native object when its record ends. */
import type { Manifest } from '../drivers/driver.js';
import { SchedError } from '../errors.js';
import type { ScheduleRecord, ScheduleState, Step } from '../registry/registry.js';
import { isMarked } from './stamps.js';
import { standsPaused } from './standing.js';

export interface Ending {
  /** Gone; or stopped, or as it is, without our stamp. */
  readonly native: 'remove' | 'pause' | 'leave';
  /** End what is running too, where it is removed. */
  readonly stopRuns: boolean;
}

/** What was made by us goes with its record; what was adopted is only stopped. */
export function usualEnding({ origin }: Pick<ScheduleRecord, 'origin'>): Ending {
  return { native: origin === 'adopted' ? 'pause' : 'remove', stopRuns: false };
}

/** The native steps of an ending. Throws UNSUPPORTED when it is to be stopped where that cannot be done. */
export function endingSteps(
  standing: ScheduleState,
  { native, stopRuns }: Ending,
  { capabilities, title }: Manifest,
  marked: boolean,
): Step[] {
  const { generation } = standing;
  if (native === 'remove') {
    return [{ do: 'remove', generation, ...(stopRuns && { stopRuns }) }];
  }
  const pausing = native === 'pause' && !standsPaused(standing);
  if (pausing && !capabilities.includes('setPaused')) {
    throw new SchedError('UNSUPPORTED', `${title} cannot stop a schedule without removing it.`, {
      hint: '--keep-native lets it go on, --delete-native removes it.',
    });
  }
  return [
    ...(pausing ? [{ do: 'pause', generation } as const] : []),
    ...(marked && capabilities.includes('setStamp') ? [{ do: 'unstamp', generation } as const] : []),
  ];
}

/** True when an ending that leaves the object there cannot take our stamp off it: a tombstone has to say that it is not ours. */
export function keepsStamp(record: ScheduleRecord, { native }: Ending, { capabilities }: Manifest): boolean {
  return native !== 'remove' && isMarked(record) && !capabilities.includes('setStamp');
}
