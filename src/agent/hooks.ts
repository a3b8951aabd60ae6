import type { ScheduledRun } from '../drivers/local/store/rows.js';
import type { Instant } from '../schedule.js';

/** What others want to hear from an agent. Neither may be slow: while one is at work it is not called again. */
export interface Hooks {
  /** Runs that began, ended or were skipped, about once a second; a run that changed twice comes twice. */
  readonly onRuns?: (batch: readonly ScheduledRun[]) => void | Promise<void>;
  /** About once a second, and at the end of `once`: for what else has to happen by the clock. */
  readonly onPass?: (now: Instant) => void | Promise<void>;
  /** What went wrong without stopping the agent: a folder that cannot be read, a disk that is full, an error of a hook. */
  readonly onProblem?: (error: unknown) => void;
}

/** Calls hooks so that their errors and their slowness do not reach the agent. */
export interface HookCaller {
  report(run: ScheduledRun): void;
  problem(error: unknown): void;
  /** Calls them, unless they are still at work. */
  call(now: Instant): void;
  /** Calls them for the last time, and waits. */
  last(now: Instant): Promise<void>;
}

/** Wraps the hooks of one agent. */
export function callHooks({ onRuns, onPass, onProblem }: Hooks): HookCaller {
  let batch: ScheduledRun[] = [];
  let atWork: Promise<void> | undefined;

  function problem(error: unknown): void {
    onProblem?.(error);
  }

  async function work(now: Instant): Promise<void> {
    const runs = batch;
    batch = [];
    try {
      if (runs.length > 0) {
        await onRuns?.(runs);
      }
      await onPass?.(now);
    } catch (error) {
      problem(error);
    }
  }

  return {
    report: (run) => {
      if (onRuns !== undefined) {
        batch.push(run);
      }
    },
    problem,
    call: (now) => {
      atWork ??= work(now).finally(() => {
        atWork = undefined;
      });
    },
    last: async (now) => {
      await atWork;
      await work(now);
    },
  };
}
