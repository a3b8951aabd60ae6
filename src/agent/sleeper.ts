/** Sleep that ends early. */
export interface Sleeper {
  /** Resolves after the milliseconds, or when woken or aborted. A wake before the call counts. */
  sleep(milliseconds: number): Promise<void>;
  wake(): void;
  /** Lets go of the signals. */
  close(): void;
}

/** A sleeper that `wake` and each of the signals, once, cut short. */
export function sleeper(...signals: readonly (AbortSignal | undefined)[]): Sleeper {
  let awake = false;
  let end: (() => void) | undefined;

  function wake(): void {
    awake = true;
    end?.();
  }

  for (const signal of signals) {
    signal?.addEventListener('abort', wake, { once: true });
  }
  return {
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        if (awake) {
          awake = false;
          setImmediate(resolve);
          return;
        }
        const done = (): void => {
          clearTimeout(timer);
          end = undefined;
          awake = false;
          resolve();
        };
        const timer = setTimeout(done, milliseconds);
        end = done;
      }),
    wake,
    close: () => {
      for (const signal of signals) {
        signal?.removeEventListener('abort', wake);
      }
    },
  };
}
