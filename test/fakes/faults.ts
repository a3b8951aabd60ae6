/** A fake target's bad luck: what was injected, and what of it befalls a request. */
import type { Fault, Misfortune, Operation } from '../conformance/bench.js';

export interface FaultBox {
  inject(fault: Fault): void;
  /** Forgets every fault. */
  heal(): void;
  /** What befalls the request that is about to be carried out; undefined: nothing. */
  next(operation: Operation): Misfortune | undefined;
}

/** An empty box. A fault counts the requests of its operation from the moment it is injected. */
export function faultBox(): FaultBox {
  const pending: { readonly fault: Fault; seen: number }[] = [];
  return {
    inject(fault) {
      pending.push({ fault, seen: 0 });
    },
    heal() {
      pending.length = 0;
    },
    next(operation) {
      let found: Misfortune | undefined;
      for (const entry of pending) {
        const { on, nth = 1, times = 1 } = entry.fault;
        if (on === operation) {
          entry.seen += 1;
          if (entry.seen >= nth && entry.seen < nth + times) {
            found ??= entry.fault;
          }
        }
      }
      return found;
    },
  };
}
