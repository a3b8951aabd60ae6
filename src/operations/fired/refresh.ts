import type { Connection } from '../../context.js';
import { isSchedError } from '../../errors.js';
import type { UnendedRuns } from '../../registry/firing.js';
import type { Registry } from '../../registry/registry.js';
import type { Instant, NativeRun } from '../../schedule.js';
import { unendedOf, vanishedRuns } from '../vanished.js';

interface SeenRun {
  readonly scheduleId: string;
  readonly run: NativeRun;
}

/** Asks how the unended runs of an orchestrator's agent-fired schedules go, and keeps the answer, also that it shows one no more. */
export async function refreshUnended(registry: Registry, connection: Connection, now: Instant): Promise<void> {
  const { capabilities } = connection.manifest;
  const unended = registry.unendedRuns(connection.orchestrator.id);
  if (unended.length === 0 || !capabilities.includes('runs')) {
    return;
  }
  const known = unendedOf(
    registry,
    unended.map(({ scheduleId }) => scheduleId),
  );
  const seen =
    capabilities.includes('allRuns') && unended.length > 1 ? ofAll(connection, unended) : oneByOne(connection, unended);
  const batch: SeenRun[] = [];
  for await (const each of seen) {
    batch.push(each);
  }
  registry.saveRuns(batch);
  for (const { scheduleId, nativeId } of unended) {
    const record = registry.scheduleById(scheduleId);
    const own = known.get(scheduleId) ?? [];
    const shown = batch.filter((each) => each.scheduleId === scheduleId).map(({ run }) => run);
    if (record !== undefined && vanishedRuns(record, own, shown, now).length > 0) {
      // A part of its history proves nothing: it is asked for all of it.
      const all = await runsOf(connection, nativeId, null);
      registry.saveRuns(all === undefined ? [] : vanishedRuns(record, own, all, now));
    }
  }
}

/** Undefined when the native object is gone: that is the audit's to tell. */
async function runsOf(
  { driver }: Connection,
  nativeId: string,
  since: Instant | null,
): Promise<readonly NativeRun[] | undefined> {
  const found: NativeRun[] = [];
  try {
    for await (const run of driver.runs(nativeId, { since })) {
      found.push(run);
    }
  } catch (error) {
    if (!isSchedError(error, 'NOT_FOUND')) {
      throw error;
    }
    return undefined;
  }
  return found;
}

async function* ofAll(
  { driver }: Connection,
  unended: readonly UnendedRuns[],
): AsyncGenerator<SeenRun, void, undefined> {
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
  connection: Connection,
  unended: readonly UnendedRuns[],
): AsyncGenerator<SeenRun, void, undefined> {
  for (const { scheduleId, nativeId, since } of unended) {
    for (const run of (await runsOf(connection, nativeId, since)) ?? []) {
      yield { scheduleId, run };
    }
  }
}
