import { isSchedError, SchedError } from '../errors.js';

/** Longest delay of a Node timer, in milliseconds (Node's documentation of `setTimeout`). */
const LONGEST_TIMER = 2 ** 31 - 1;

export interface Deadline {
  /** The user's: Ctrl-C, or the end of the command's time. */
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeoutMs: number;
  /** Aborted when the work is given up, so that it can stop too. */
  readonly controller: AbortController;
  /** The error of work that takes too long. */
  late(): SchedError;
}

/**
 * The outcome of `work`, or, promptly and whatever the work does, the error of the deadline or of the abort.
 * What the work still does after that is ignored.
 */
export function within<T>({ signal, timeoutMs, controller, late }: Deadline, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (error: SchedError): void => {
      end();
      controller.abort(error);
      reject(error);
    };
    const onAbort = (): void => giveUp(interruption(signal));
    const timer = setTimeout(() => giveUp(late()), Math.min(timeoutMs, LONGEST_TIMER));
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    work().then(
      (value) => {
        end();
        resolve(value);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
  });
}

/** Why a signal was aborted: its own reason when that is a sentence, else INTERRUPTED. */
export function interruption(signal: AbortSignal): SchedError {
  return isSchedError(signal.reason) ? signal.reason : new SchedError('INTERRUPTED', 'Interrupted.');
}
