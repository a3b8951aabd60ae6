import type { Clock } from '../clock.js';
import type { LocalStore } from '../drivers/local/store/open.js';
import type { Pass } from './pass.js';
import type { Work } from './work.js';

/** One agent at work. */
export interface Shift {
  readonly store: LocalStore;
  readonly clock: Clock;
  readonly pass: Pass;
  readonly work: Work;
  /** Milliseconds between two looks at what other processes have written. */
  readonly poll: number;
  /** Seconds that running programs have after the end of the shift; null: as long as they take. */
  readonly graceSeconds: number | null;
  /** Aborted: running programs are ended at once. */
  readonly terminate: AbortSignal | undefined;
  readonly stopping: () => boolean;
  readonly doChores: () => void;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly problem: (error: unknown) => void;
}

/** Passes whenever something is due, another process may have written, or a program has ended; until it is to stop. */
export async function passOn(shift: Shift): Promise<void> {
  const { store, clock, pass, poll } = shift;
  while (!shift.stopping()) {
    let rest = poll;
    await attempt(shift, async () => {
      await pass.fire();
      const wake = store.nextWake(clock.now());
      rest = wake === null ? poll : Math.min(poll, Math.max(0, wake - clock.now()));
    });
    shift.doChores();
    await shift.sleep(rest);
  }
}

/** One pass, and whatever waited for the runs that it started. Programs of dead agents are not waited for. */
export async function passOnce(shift: Shift): Promise<void> {
  const { clock, pass, work, poll } = shift;
  await attempt(shift, async () => {
    await pass.fire();
    await pass.looked();
  });
  const fired = clock.now();
  while (work.own() + work.unwritten() > 0 && !shift.stopping()) {
    await shift.sleep(poll);
    shift.doChores();
    await attempt(shift, () => pass.startWaiting(fired));
  }
}

/** Waits for what runs: as long as the grace lasts, then ends it; at once when told so. */
export async function drain({ work, graceSeconds, terminate, doChores, sleep, poll }: Shift): Promise<void> {
  const patience = graceSeconds === null ? Number.POSITIVE_INFINITY : performance.now() + graceSeconds * 1000;
  const isOver = () => terminate?.aborted === true || performance.now() >= patience;
  // An end that cannot be written (a full disk) is given up when the time is over; the next agent finds the run.
  while (work.own() + work.adopted() > 0 || (work.unwritten() > 0 && !isOver())) {
    if (isOver()) {
      work.stopAll('the agent was stopped');
    }
    await sleep(poll);
    doChores();
  }
}

async function attempt({ problem }: Shift, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    problem(error);
  }
}
