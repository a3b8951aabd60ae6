import { ERROR_CODES, isSchedError } from '../../errors.js';
import { PatienceError } from './patience.js';

/** How often a call is made at most. */
const ATTEMPTS = 5;
/** Milliseconds before the second attempt; doubled for each next one. */
const FIRST_PAUSE = 250;

/**
 * When a call may be made again: after every error that the table of error codes calls worth it; only when the target refused
 * before doing anything (RATE_LIMITED); never.
 */
export type Again = 'always' | 'when-refused' | 'never';

export interface RetryLimits {
  readonly again: Again;
  /** Ends the waiting between attempts. */
  readonly signal: AbortSignal;
  /** Of `performance.now()`: no attempt begins after it. */
  readonly until: number;
  debug(message: string): void;
}

/**
 * Makes a call until it succeeds, fails in a way that `again` excludes, was made five times (more often where the target says when to come back), or has no time left. Waits a random
 * 125–250 ms, doubled each time, after what the target asks for.
 */
export async function retrying<T>(work: () => Promise<T>, { again, signal, until, debug }: RetryLimits): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const pause = pauseAfter(error, attempt);
      // Who says when to come back is taken at its word, for as long as there is time.
      const often = attempt >= ATTEMPTS && !(error instanceof PatienceError);
      if (!mayRepeat(error, again) || often || performance.now() + pause >= until || signal.aborted) {
        throw error;
      }
      debug(
        `attempt ${attempt} failed (${isSchedError(error) ? error.message : String(error)}), again in ${Math.round(pause)} ms`,
      );
      await wait(pause, signal);
      if (signal.aborted) {
        throw error;
      }
    }
  }
}

function mayRepeat(error: unknown, again: Again): boolean {
  return again === 'always'
    ? isSchedError(error) && ERROR_CODES[error.code].retry
    : again === 'when-refused' && isSchedError(error, 'RATE_LIMITED');
}

function pauseAfter(error: unknown, attempt: number): number {
  const ceiling = FIRST_PAUSE * 2 ** (Math.min(attempt, ATTEMPTS) - 1);
  const pause = ceiling / 2 + (Math.random() * ceiling) / 2;
  // Whoever was told the same patience should not come back at the same moment.
  return error instanceof PatienceError ? error.retryAfter + pause : pause;
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
