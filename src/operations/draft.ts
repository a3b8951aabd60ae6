/** A spec as it was typed: what the orchestrator or its manifest decides is still open. */
import type { Connection } from '../context.js';
import type { Manifest } from '../drivers/driver.js';
import { SchedError } from '../errors.js';
import type { RetryPolicy, RunSpec, ScheduleSpec } from '../schedule.js';

/** What something runs that stands on the orchestrator already, under the target's own name for it. */
export interface BorrowedRun {
  readonly kind: 'borrowed';
  readonly nativeId: string;
}

export type DraftRun = RunSpec | BorrowedRun;

/** Null stands for the pace that the target retries at. */
export interface DraftRetry {
  readonly count: number;
  readonly delaySeconds: number | null;
  readonly factor: number | null;
}

export type DraftSpec = Omit<ScheduleSpec, 'run' | 'retry'> & {
  readonly run: DraftRun;
  readonly retry: DraftRetry | null;
};

/** Where a target leaves the pace to us: a minute, then twice as long each time. */
const PACE = { delaySeconds: 60, factor: 2 };

/** The retries in full: what was left open is the target's one pace, or else a minute and twice as long each time. Pure. */
export function completeRetry(
  retry: DraftRetry | null,
  { retryPace }: Pick<Manifest, 'retryPace'>,
): RetryPolicy | null {
  const pace = retryPace ?? PACE;
  return retry === null
    ? null
    : {
        count: retry.count,
        delaySeconds: retry.delaySeconds ?? pace.delaySeconds,
        factor: retry.factor ?? pace.factor,
      };
}

/**
 * The run itself; one that is borrowed is read from the orchestrator, which is reached for that alone. Throws NOT_FOUND when nothing stands
 * there, UNSUPPORTED when the target cannot tell what it runs, and whatever the target refuses with.
 */
export async function completeRun(run: DraftRun, connect: () => Promise<Connection>): Promise<RunSpec> {
  if (run.kind !== 'borrowed') {
    return run;
  }
  const { driver, manifest, orchestrator } = await connect();
  const native = await driver.read(run.nativeId);
  if (native === undefined) {
    throw new SchedError('NOT_FOUND', `There is no ${manifest.noun} ${run.nativeId} on ${orchestrator.name}.`, {
      hint: 'A name alone is looked for where the orchestrator’s schedules stand.',
    });
  }
  const shown = native.projection.run;
  if (!isRun(shown)) {
    throw new SchedError('UNSUPPORTED', `${manifest.title} does not tell what ${run.nativeId} runs.`, {
      hint: 'Say what is to run.',
    });
  }
  return shown;
}

/** A driver projects the run of what it reads as a `RunSpec`, or leaves it out. */
function isRun(value: unknown): value is RunSpec {
  return value !== null && typeof value === 'object' && 'kind' in value;
}
