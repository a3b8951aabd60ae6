/** Places for a fixed number of calls at once; the others wait in the order in which they came. */
export interface Slots {
  /** Resolves with the function that gives the place back, or with undefined when `signal` is aborted while waiting. */
  take(signal: AbortSignal): Promise<(() => void) | undefined>;
}

/** `most` places, at least one. */
export function slots(most: number): Slots {
  let free = Math.max(1, most);
  const waiting = new Set<() => void>();

  function giveBack(): void {
    const [next] = waiting;
    if (next === undefined) {
      free += 1;
    } else {
      waiting.delete(next);
      next();
    }
  }

  function place(): () => void {
    let held = true;
    return () => {
      if (held) {
        held = false;
        giveBack();
      }
    };
  }

  return {
    take(signal) {
      if (signal.aborted) {
        return Promise.resolve(undefined);
      }
      if (free > 0) {
        free -= 1;
        return Promise.resolve(place());
      }
      return new Promise((resolve) => {
        const onAbort = (): void => {
          waiting.delete(begin);
          resolve(undefined);
        };
        const begin = (): void => {
          signal.removeEventListener('abort', onAbort);
          resolve(place());
        };
        waiting.add(begin);
        signal.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}
