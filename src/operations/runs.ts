import { setTimeout } from 'node:timers/promises';
import type { Connection, Context } from '../context.js';
import { isSchedError, SchedError } from '../errors.js';
import type { Registry, RunFilter, RunRecord, ScheduleRecord } from '../registry/registry.js';
import type { Instant, NativeRun } from '../schedule.js';
import { orchestratorOf, reach } from './connection.js';
import { hasEnded, SHOWS_WITHIN_MS, unendedOf, VANISHED, vanishedRuns } from './vanished.js';

export interface RunsInput {
  /** Null: of all schedules, from what the registry has seen. */
  readonly name: string | null;
  readonly filter: Omit<RunFilter, 'scheduleId'>;
}

/** Runs, newest first. Of a named schedule the orchestrator is asked, and what it shows is kept. */
export async function runs(input: RunsInput, context: Context): Promise<readonly RunRecord[]> {
  const registry = await context.registry();
  if (input.name === null) {
    return registry.runs(input.filter);
  }
  const record = registry.schedule(input.name);
  await refreshRuns(context, registry, record, input.filter.since ?? null);
  return registry.runs({ ...input.filter, scheduleId: record.id });
}

/**
 * Asks the orchestrator for a schedule's runs since an instant, for all of them while any has not ended, and keeps them. What had not ended and
 * is shown no more is kept as such. Quietly nothing where there is no native object or no history.
 */
export async function refreshRuns(
  context: Context,
  registry: Registry,
  record: ScheduleRecord,
  since: Instant | null,
): Promise<void> {
  if (record.nativeId === null) {
    return;
  }
  const { driver, manifest } = await reach(context, registry, orchestratorOf(registry, record));
  if (!manifest.capabilities.includes('runs')) {
    return;
  }
  const unended = unendedOf(registry, [record.id]).get(record.id) ?? [];
  const seen = await collect(driver.runs(record.nativeId, { since: unended.length > 0 ? null : since }));
  registry.saveRuns([
    ...seen.map((run) => ({ scheduleId: record.id, run })),
    ...vanishedRuns(record, unended, seen, context.clock.now()),
  ]);
}

/** Runs by schedule, or why they could not be read. */
export type ListedRuns = ReadonlyMap<string, readonly NativeRun[] | SchedError>;

/**
 * Asks one orchestrator for the runs of many schedules and keeps them, in one go where it can: `listed` are the native ids that its list
 * gave, and only those are in its list of all runs. What had not ended and is shown no more at `now` is kept as such. What cannot be read is
 * told schedule by schedule; only an interruption is thrown.
 */
export async function refreshAll(
  registry: Registry,
  { driver, manifest }: Connection,
  records: readonly ScheduleRecord[],
  listed: ReadonlySet<string>,
  now: Instant,
): Promise<ListedRuns> {
  const found = new Map<string, readonly NativeRun[] | SchedError>();
  const standing = records.filter(({ nativeId }) => nativeId !== null);
  if (!manifest.capabilities.includes('runs')) {
    return found;
  }
  const together = manifest.capabilities.includes('allRuns')
    ? standing.filter(({ nativeId }) => listed.has(nativeId ?? ''))
    : [];
  // One question for a few schedules would be answered with the runs of all others too.
  const batch = together.length > manifest.concurrency ? together : [];
  const single = batch.length === 0 ? standing : standing.filter(({ nativeId }) => !listed.has(nativeId ?? ''));
  const ran = standing.filter(({ lastRun }) => lastRun !== null).map(({ id }) => id);
  const unended = unendedOf(registry, ran);
  await Promise.all([
    batch.length === 0 ? null : readTogether(driver, batch, found),
    ...single.map(async (record) => {
      const { id, nativeId } = record;
      found.set(id, await attempt(() => collect(driver.runs(nativeId ?? '', { since: null }))));
    }),
  ]);
  const seen = [...found].flatMap(([scheduleId, runs]) =>
    isSchedError(runs) ? [] : runs.map((run) => ({ scheduleId, run })),
  );
  const gone = standing.flatMap((record) => {
    const runs = found.get(record.id);
    const own = unended.get(record.id);
    return runs === undefined || isSchedError(runs) || own === undefined ? [] : vanishedRuns(record, own, runs, now);
  });
  if (seen.length + gone.length > 0) {
    registry.saveRuns([...seen, ...gone]);
  }
  return found;
}

async function readTogether(
  driver: Connection['driver'],
  records: readonly ScheduleRecord[],
  found: Map<string, readonly NativeRun[] | SchedError>,
): Promise<void> {
  const byNative = new Map(records.map(({ id, nativeId }): [string, string] => [nativeId ?? '', id]));
  const runs = new Map<string, NativeRun[]>(records.map(({ id }): [string, NativeRun[]] => [id, []]));
  const all = await attempt(async () => {
    for await (const { nativeId, run } of driver.allRuns({ since: null })) {
      runs.get(byNative.get(nativeId) ?? '')?.push(run);
    }
    return [];
  });
  for (const [id, own] of runs) {
    found.set(id, isSchedError(all) ? all : own);
  }
}

async function attempt(read: () => Promise<readonly NativeRun[]>): Promise<readonly NativeRun[] | SchedError> {
  try {
    return await read();
  } catch (error) {
    if (isSchedError(error) && error.code !== 'INTERRUPTED') {
      return error;
    }
    throw error;
  }
}

async function collect(runs: AsyncIterable<NativeRun>): Promise<readonly NativeRun[]> {
  const found: NativeRun[] = [];
  for await (const run of runs) {
    found.push(run);
  }
  return found;
}

export interface LogsInput {
  readonly name: string;
  /** Run id or a prefix of it; null: the latest run that started. */
  readonly run: string | null;
}

export interface Logs {
  readonly run: RunRecord;
  readonly output: AsyncIterable<Uint8Array>;
}

/** A run's output. Throws NOT_FOUND when there is no such run, UNSUPPORTED where the orchestrator keeps no output. */
export async function logs(input: LogsInput, context: Context): Promise<Logs> {
  const registry = await context.registry();
  const record = registry.schedule(input.name);
  await refreshRuns(context, registry, record, null);
  const run = pick(registry, record, input.run);
  const { driver } = await reach(context, registry, orchestratorOf(registry, record));
  return { run, output: driver.logs(record.nativeId ?? formerNativeId(registry, record), run.nativeId) };
}

/** What a deleted schedule was called natively: its output may outlive it. */
function formerNativeId(registry: Registry, record: ScheduleRecord): string {
  const revisions = registry.changes({ scheduleId: record.id, limit: 100 }).flatMap((change) => change.revisions);
  return (
    revisions.flatMap(({ scheduleId, before }) => (scheduleId === record.id ? (before?.nativeId ?? []) : []))[0] ?? ''
  );
}

function pick(registry: Registry, record: ScheduleRecord, wanted: string | null): RunRecord {
  const known = registry.runs({ scheduleId: record.id, limit: 1_000 });
  const fitting =
    wanted === null
      ? known.filter(({ started }) => started !== null)
      : known.filter(({ nativeId }) => nativeId.startsWith(wanted));
  const [run, another] = fitting;
  if (run === undefined) {
    throw new SchedError(
      'NOT_FOUND',
      wanted === null ? `${record.spec.name} has not run yet.` : `${record.spec.name} has no run ${wanted}.`,
      { hint: wanted === null ? `sched trigger ${record.spec.name}` : `sched runs ${record.spec.name}` },
    );
  }
  if (wanted !== null && another !== undefined && run.nativeId !== wanted) {
    throw new SchedError('AMBIGUOUS', `Several runs begin with ${wanted}.`, {
      detail: fitting.map(({ nativeId }) => nativeId).join('\n'),
    });
  }
  return run;
}

/** Follows a run until it has ended, or until its orchestrator has not shown it for a minute. Throws TIMED_OUT after `timeoutMs` (null: never) and INTERRUPTED when aborted. */
export async function waitForRun(
  context: Context,
  connection: Connection,
  nativeId: string,
  run: NativeRun,
  timeoutMs: number | null,
): Promise<NativeRun> {
  const { driver } = connection;
  const until = timeoutMs === null ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
  let shown = performance.now();
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 2_000)) {
    for await (const seen of driver.runs(nativeId, { since: null })) {
      if (seen.nativeId === run.nativeId) {
        if (hasEnded(seen)) {
          return seen;
        }
        shown = performance.now();
        break;
      }
    }
    if (performance.now() - shown > SHOWS_WITHIN_MS) {
      return { ...run, status: 'unknown', reason: VANISHED };
    }
    if (performance.now() > until) {
      throw new SchedError('TIMED_OUT', `Run ${run.nativeId} goes on; the time allowed for waiting is over.`);
    }
    await setTimeout(pause, undefined, { signal: context.signal }).catch(() => {
      throw new SchedError('INTERRUPTED', `Run ${run.nativeId} goes on; nobody waits for it any more.`);
    });
  }
}
