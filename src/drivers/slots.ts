/** Places for a fixed number of calls at once; the others wait in the order in which they came. */
export interface Slots {
  /** A place that is free at once, as the function that gives it back. */
  takeFree(): (() => void) | undefined;
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

  function takeFree(): (() => void) | undefined {
    if (free === 0) {
      return undefined;
    }
    free -= 1;
    return place();
  }

  return {
    takeFree,
    take(signal) {
      const release = signal.aborted ? undefined : takeFree();
      if (signal.aborted || release !== undefined) {
        return Promise.resolve(release);
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
