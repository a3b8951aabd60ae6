/** Records against what stands on one orchestrator. */
import type { Connection } from '../../context.js';
import { isSchedError } from '../../errors.js';
import { type Finding, finding } from '../../findings.js';
import { attributed, differences, except } from '../../projection.js';
import type { JournalEntry, Registry, ScheduleRecord } from '../../registry/registry.js';
import type { NativeSchedule, Projection } from '../../schedule.js';
import { stampOfSchedule } from '../../stamp.js';
import { carriedBy, stampDifference } from '../stamps.js';
import { standing } from '../standing.js';
import { listForeign } from './foreign.js';

export interface Comparison {
  readonly findings: readonly Finding[];
  /** Native ids of everything that was listed. */
  readonly listed: ReadonlySet<string>;
  readonly onlyHere: number;
  readonly onlyThere: number;
  readonly union: number;
  readonly notComparable: number;
}

/**
 * Compares the live records of an orchestrator with everything it lists. `missing` is only said after a direct read answered *not found*;
 * what cannot be read is `unchecked`. With `foreign` it also tells what stands there without a stamp, where the target can list that.
 * Throws when the listing itself fails: then nothing may be concluded.
 */
export async function compare(
  registry: Registry,
  connection: Connection,
  records: readonly ScheduleRecord[],
  { open, foreign }: { readonly open: ReadonlyMap<string, JournalEntry>; readonly foreign: boolean },
): Promise<Comparison> {
  const recorded = new Map(records.map((record): [string | null, ScheduleRecord] => [record.nativeId, record]));
  const listed = new Set<string>();
  const strangers = new Map<string, NativeSchedule>();
  const judged = new Map<string, readonly Finding[]>();
  // What is as recorded is not kept: only what there is something to say about.
  let others: ReturnType<typeof listForeign> | undefined;
  for await (const native of connection.driver.list()) {
    // Both lists go on beside each other, once the first answer has proven that the place is there.
    others ??= foreign ? listForeign(connection) : undefined;
    listed.add(native.nativeId);
    const record = recorded.get(native.nativeId);
    if (record === undefined) {
      strangers.set(native.nativeId, native);
    } else {
      judged.set(record.id, open.has(record.id) ? [] : judgeShown(registry, connection, record, native));
    }
  }
  others ??= foreign ? listForeign(connection) : undefined;
  const unseen = records.filter(({ id }) => !open.has(id) && !judged.has(id));
  await Promise.all(
    unseen.map(async (record) => judged.set(record.id, await judge(registry, connection, record, undefined))),
  );
  const findings: Finding[] = [];
  const claimed = new Set<string | null>([...recorded.keys(), ...listed]);
  for (const record of records) {
    const entry = open.get(record.id);
    findings.push(...(entry === undefined ? (judged.get(record.id) ?? []) : [unfinished(record, entry)]));
    // What the open change made or is about to remove belongs to it.
    for (const nativeId of Object.values(entry?.natives ?? {})) {
      strangers.delete(nativeId);
      claimed.add(nativeId);
    }
  }
  const unclaimed = strangers.size === 0 ? [] : explain(registry, connection, records, open, [...strangers.values()]);
  const onlyHere = findings.filter((found) => found.class === 'missing').length;
  const onlyThere = unclaimed.filter((found) => found.class === 'orphan' || found.class === 'duplicate').length;
  const elsewhere = unclaimed.filter((found) => found.class === 'elsewhere' || found.class === 'foreign').length;
  const unlisted = unseen.filter(({ id }) => judged.get(id)?.every((found) => found.class === 'drifted')).length;
  return {
    findings: [...findings, ...unclaimed, ...((await others)?.(claimed) ?? [])],
    listed,
    onlyHere,
    onlyThere,
    union: listed.size - elsewhere + unlisted + onlyHere,
    notComparable: connection.manifest.notComparable.length * records.length,
  };
}

/** What is wrong with one record, by its native object as it was listed, or read now when it was not. */
export async function judge(
  registry: Registry,
  connection: Connection,
  record: ScheduleRecord,
  listed: NativeSchedule | undefined,
): Promise<readonly Finding[]> {
  const about = { scheduleId: record.id, name: record.spec.name, nativeId: record.nativeId };
  if (record.nativeId === null) {
    return [finding('missing', record.orchestrator, 'has no native object', { ...about, hint: 'sched audit --fix' })];
  }
  let native = listed;
  if (native === undefined) {
    try {
      native = await connection.driver.read(record.nativeId);
    } catch (error) {
      if (isSchedError(error) && error.code !== 'INTERRUPTED') {
        return [finding('unchecked', record.orchestrator, error.message, { ...about, hint: error.hint ?? null })];
      }
      throw error;
    }
  }
  return native === undefined
    ? [finding('missing', record.orchestrator, 'gone', { ...about, hint: 'sched audit --fix creates it again' })]
    : judgeShown(registry, connection, record, native);
}

/** Drift: the comparable fields that are not as recorded, and a stamp that is not the one it should carry. */
function judgeShown(
  registry: Registry,
  { manifest }: Connection,
  record: ScheduleRecord,
  native: NativeSchedule,
): readonly Finding[] {
  const fields = [
    ...attributed(except(differences(expectedOf(record), native.projection), manifest.notComparable), native),
    ...stampDifference(registry.identity, record, native.stamp),
  ];
  return fields.length === 0
    ? NOTHING
    : [
        finding('drifted', record.orchestrator, 'changed natively', {
          scheduleId: record.id,
          name: record.spec.name,
          nativeId: record.nativeId,
          fields,
          hint: 'sched audit --fix',
        }),
      ];
}

const NOTHING: readonly Finding[] = [];

/** What a record says, and of an adopted one, where it cannot say what stands there, what stood there after our last write. */
function expectedOf(record: ScheduleRecord): Projection {
  const expected = standing(record);
  if (record.origin === 'created') {
    return expected;
  }
  const { baseline } = record;
  const carried = carriedBy(record.spec, baseline);
  return { ...expected, ...Object.fromEntries(carried.map((field) => [field, baseline?.[field] ?? null])) };
}

function unfinished(record: ScheduleRecord, entry: JournalEntry): Finding {
  const where = `${entry.verb} by ${entry.holder.actor}, step ${entry.step + 1} of ${Math.max(entry.steps.length, 1)}`;
  return finding('unfinished', record.orchestrator, entry.error === null ? where : `${where}: ${entry.error}`, {
    scheduleId: record.id,
    name: record.spec.name,
    nativeId: record.nativeId,
    since: entry.started,
    hint: 'sched audit --fix finishes it or rolls it back',
  });
}

/** Objects that no record points at. */
function explain(
  registry: Registry,
  { orchestrator }: Connection,
  records: readonly ScheduleRecord[],
  open: ReadonlyMap<string, JournalEntry>,
  strangers: readonly NativeSchedule[],
): Finding[] {
  const bySchedule = new Map(records.map((record): [string, ScheduleRecord] => [stampOfSchedule(record.id), record]));
  const kept = new Set(
    registry
      .tombstones(orchestrator.id)
      .flatMap(({ nativeId, why }) => (why === 'kept-native' ? (nativeId ?? []) : [])),
  );
  return strangers.flatMap(({ nativeId, stamp, paused }): Finding[] => {
    if (stamp === null || kept.has(nativeId)) {
      return [finding('foreign', orchestrator.name, 'not ours', { nativeId })];
    }
    if (stamp.registry !== null && stamp.registry !== registry.identity) {
      return [finding('elsewhere', orchestrator.name, `belongs to registry ${stamp.registry}`, { nativeId })];
    }
    const record = bySchedule.get(stamp.schedule);
    if (record === undefined) {
      const detail = `ours, no record; ${paused ? 'paused' : 'firing'}`;
      return [finding('orphan', orchestrator.name, detail, { nativeId, hint: 'sched audit --fix --delete-orphans' })];
    }
    if (open.has(record.id)) {
      return [];
    }
    const { name } = record.spec;
    return [
      finding(
        'duplicate',
        orchestrator.name,
        `${nativeId} is a second one beside ${record.nativeId}, the recorded one`,
        {
          nativeId,
          scheduleId: record.id,
          name,
          hint: 'sched audit --fix removes it',
        },
      ),
    ];
  });
}
