import type { Instant } from './schedule.js';

/** The only road to the present time, so that tests can move it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z, by the machine's clock. */
  now(): Instant;
}

export const systemClock: Clock = { now: () => Date.now() };
