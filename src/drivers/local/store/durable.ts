import type { DatabaseHandle } from '../../../database/open.js';
import { writing } from '../../../database/statements.js';

/**
 * As `writing`, and on the disk when it returns, so that a claim outlives a loss of power and nothing is started twice. Elsewhere the
 * last moments may be lost (https://www.sqlite.org/pragma.html#pragma_synchronous): a run then ends `unknown`.
 */
export function claiming<Result>(handle: DatabaseHandle, work: () => Result): Result {
  handle.pragma('synchronous = FULL');
  try {
    return writing(handle, work);
  } finally {
    handle.pragma('synchronous = NORMAL');
  }
}
