/** Runs of which nobody saw the end, and which the orchestrator shows no more. */
import type { Registry, RunRecord, ScheduleRecord } from '../registry/registry.js';
import type { Instant, NativeRun } from '../schedule.js';

/** Why nobody can tell how a run ended. */
export const VANISHED = 'the orchestrator shows it no more';
/** Milliseconds that a run may take to show. */
export const SHOWS_WITHIN_MS = 60_000;

/** Unended runs by schedule. */
export type UnendedBySchedule = ReadonlyMap<string, readonly RunRecord[]>;

/**
 * The runs of schedules that the registry holds as pending or running. To be asked for before the orchestrator is: what is started meanwhile is
 * not among them.
 */
export function unendedOf(registry: Registry, scheduleIds: readonly string[]): UnendedBySchedule {
  const found = new Map<string, RunRecord[]>();
  // No run is as late as this: only those that have not ended are left.
  for (const run of scheduleIds.length === 0 ? [] : registry.recentRuns(scheduleIds, Number.MAX_SAFE_INTEGER)) {
    const own = found.get(run.scheduleId);
    if (own === undefined) {
      found.set(run.scheduleId, [run]);
    } else {
      own.push(run);
    }
  }
  return found;
}

/**
 * Those of the unended runs of a schedule that are not among all that its orchestrator shows, as they are to be kept: `unknown`, or `stopped`
 * where a newer run takes the place of the one before. One that began within the last minute may still show, unless a newer one does.
 */
export function vanishedRuns(
  { spec }: Pick<ScheduleRecord, 'spec'>,
  unended: readonly RunRecord[],
  shown: readonly NativeRun[],
  now: Instant,
): readonly { readonly scheduleId: string; readonly run: NativeRun }[] {
  const ids = new Set(shown.map(({ nativeId }) => nativeId));
  const known = new Set(unended.map(({ nativeId }) => nativeId));
  const hasNew = shown.some((run) => !hasEnded(run) && !known.has(run.nativeId));
  return unended.flatMap((run) => {
    const began = run.started ?? run.scheduled;
    const settled =
      hasNew || began === null || now - began > SHOWS_WITHIN_MS || shown.some(({ started }) => (started ?? 0) > began);
    return ids.has(run.nativeId) || !settled
      ? []
      : [
          {
            scheduleId: run.scheduleId,
            run: {
              ...run,
              status: spec.overlap === 'replace' ? ('stopped' as const) : ('unknown' as const),
              reason: VANISHED,
            },
          },
        ];
  });
}

/** True when nothing more will happen to the run. */
export function hasEnded({ status }: Pick<NativeRun, 'status'>): boolean {
  return status !== 'pending' && status !== 'running';
}
