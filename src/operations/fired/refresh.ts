import type { Connection } from '../../context.js';
import { isSchedError } from '../../errors.js';
import type { UnendedRuns } from '../../registry/firing.js';
import type { Registry } from '../../registry/registry.js';
import type { Instant, NativeRun } from '../../schedule.js';

/** Asks how the unended runs of an orchestrator's agent-fired schedules go, and keeps the answer. */
export async function refreshUnended(registry: Registry, connection: Connection): Promise<void> {
  const { capabilities } = connection.manifest;
  const unended = registry.unendedRuns(connection.orchestrator.id);
  if (unended.length === 0 || !capabilities.includes('runs')) {
    return;
  }
  const seen =
    capabilities.includes('allRuns') && unended.length > 1 ? ofAll(connection, unended) : oneByOne(connection, unended);
  const batch: { scheduleId: string; run: NativeRun }[] = [];
  for await (const each of seen) {
    batch.push(each);
  }
  registry.saveRuns(batch);
}

async function* ofAll(
  { driver }: Connection,
  unended: readonly UnendedRuns[],
): AsyncGenerator<{ scheduleId: string; run: NativeRun }, void, undefined> {
  const known = new Map(unended.map(({ nativeId, scheduleId }) => [nativeId, scheduleId]));
  const starts = unended.map(({ since }) => since);
  const since = starts.reduce<Instant | null>(
    (oldest, start) => (oldest === null || start === null ? null : Math.min(oldest, start)),
    starts[0] ?? null,
  );
  for await (const { nativeId, run } of driver.allRuns({ since })) {
    const scheduleId = known.get(nativeId);
    if (scheduleId !== undefined) {
      yield { scheduleId, run };
    }
  }
}

async function* oneByOne(
  { driver }: Connection,
  unended: readonly UnendedRuns[],
): AsyncGenerator<{ scheduleId: string; run: NativeRun }, void, undefined> {
  for (const { scheduleId, nativeId, since } of unended) {
    try {
      for await (const run of driver.runs(nativeId, { since })) {
        yield { scheduleId, run };
      }
    } catch (error) {
      // A native object that is gone is the audit's to tell.
      if (!isSchedError(error, 'NOT_FOUND')) {
        throw error;
      }
    }
  }
}
