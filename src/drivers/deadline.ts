import { isSchedError, SchedError } from '../errors.js';

/** Longest delay of a Node timer, in milliseconds (Node's documentation of `setTimeout`). */
const LONGEST_TIMER = 2 ** 31 - 1;

export interface Deadline {
  /** The user's: Ctrl-C, or the end of the command's time. */
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeoutMs: number;
  /** The error of work that takes too long. */
  late(): SchedError;
}

/** Watches pieces of work, one after the other. */
export interface Watch {
  /**
   * The outcome of `work`, or, promptly and whatever the work does, the error of the deadline or of the abort. The time allowed
   * begins anew. What the work still does after it was given up is ignored.
   */
  over<T>(work: () => Promise<T>): Promise<T>;
  end(): void;
}

/** Costs one timer and one listener however many pieces of work there are: lists have many thousand items. */
export function watch({ signal, timeoutMs, late }: Deadline): Watch {
  let since = 0;
  let fail: ((error: SchedError) => void) | undefined;
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    const left = since + timeoutMs - performance.now();
    timer = left <= 0 ? undefined : arm(left);
    if (left <= 0) {
      // Of work that is done it changes nothing.
      fail?.(late());
    }
  }

  function arm(milliseconds: number): NodeJS.Timeout {
    return setTimeout(look, Math.min(milliseconds, LONGEST_TIMER));
  }

  const onAbort = (): void => fail?.(interruption(signal));
  signal.addEventListener('abort', onAbort, { once: true });

  return {
    over: (work) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(interruption(signal));
          return;
        }
        fail = reject;
        since = performance.now();
        timer ??= arm(timeoutMs);
        work().then(resolve, reject);
      }),
    end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

/** Why a signal was aborted: its own reason when that is a sentence, else INTERRUPTED. */
function interruption(signal: AbortSignal): SchedError {
  return isSchedError(signal.reason) ? signal.reason : new SchedError('INTERRUPTED', 'Interrupted.');
}
