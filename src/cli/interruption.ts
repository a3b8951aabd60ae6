import { ERROR_CODES, SchedError } from '../errors.js';
import type { Signals } from './streams.js';

export interface Interruption {
  readonly signal: AbortSignal;
  /** Aborted by the second signal, of a patient command. */
  readonly terminate: AbortSignal;
  /** Ends with TIMED_OUT after so many milliseconds. */
  limit(milliseconds: number, said: string): void;
  /** Takes the listeners and the timer away. */
  release(): void;
}

/**
 * One signal for everything that ends a command early: the first SIGINT or SIGTERM (INTERRUPTED) and the time allowed (TIMED_OUT).
 * The next one ends the process; of a patient command it first aborts `terminate`, and only the third ends the process.
 */
export function watchInterruptions(signals: Signals | undefined, patient: boolean): Interruption {
  const controller = new AbortController();
  const terminate = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    const [next] = patient
      ? [controller, terminate].filter(({ signal }) => !signal.aborted)
      : controller.signal.aborted
        ? []
        : [controller];
    if (next === undefined) {
      signals?.exit(ERROR_CODES.INTERRUPTED.exit);
    }
    next?.abort(new SchedError('INTERRUPTED', 'Interrupted.'));
  };
  signals?.on('SIGINT', interrupt);
  signals?.on('SIGTERM', interrupt);
  return {
    signal: controller.signal,
    terminate: terminate.signal,
    limit(milliseconds, said) {
      timer = setTimeout(() => {
        controller.abort(
          new SchedError('TIMED_OUT', `It was not done within ${said}.`, {
            hint: 'Allow more with --timeout, or look at what was done: sched history',
          }),
        );
      }, milliseconds);
      timer.unref();
    },
    release() {
      clearTimeout(timer);
      signals?.off('SIGINT', interrupt);
      signals?.off('SIGTERM', interrupt);
    },
  };
}
