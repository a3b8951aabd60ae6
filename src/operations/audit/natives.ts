/** Records against what stands on one orchestrator. */
import type { Connection } from '../../context.js';
import { isSchedError } from '../../errors.js';
import { type Finding, finding } from '../../findings.js';
import { differences, project } from '../../projection.js';
import type { JournalEntry, Registry, ScheduleRecord } from '../../registry/registry.js';
import type { NativeSchedule } from '../../schedule.js';
import { stampOfSchedule } from '../../stamp.js';

export interface Comparison {
  readonly findings: readonly Finding[];
  readonly onlyHere: number;
  readonly onlyThere: number;
  readonly union: number;
  readonly notComparable: number;
}

/**
 * Compares the live records of an orchestrator with everything it lists. `missing` is only said after a direct read answered *not found*;
 * what cannot be read is `unchecked`. Throws when the listing itself fails: then nothing may be concluded.
 */
export async function compare(
  registry: Registry,
  connection: Connection,
  records: readonly ScheduleRecord[],
  open: ReadonlyMap<string, JournalEntry>,
): Promise<Comparison> {
  const strangers = new Map<string, NativeSchedule>();
  for await (const native of connection.driver.list()) {
    strangers.set(native.nativeId, native);
  }
  const there = strangers.size;
  const findings: Finding[] = [];
  for (const record of records) {
    const entry = open.get(record.id);
    const listed = record.nativeId === null ? undefined : strangers.get(record.nativeId);
    if (listed !== undefined) {
      strangers.delete(listed.nativeId);
    }
    if (entry === undefined) {
      findings.push(...(await judge(connection, record, listed)));
    } else {
      findings.push(unfinished(record, entry));
      // What the open change made or is about to remove belongs to it.
      for (const nativeId of Object.values(entry.natives)) {
        strangers.delete(nativeId);
      }
    }
  }
  const unclaimed = [...strangers.values()].flatMap((native) => explain(registry, connection, records, open, native));
  const onlyHere = findings.filter((found) => found.class === 'missing').length;
  const onlyThere = unclaimed.filter((found) => found.class === 'orphan' || found.class === 'duplicate').length;
  const others = unclaimed.filter((found) => found.class === 'elsewhere' || found.class === 'foreign').length;
  const notComparable = connection.manifest.notComparable.length * records.length;
  return {
    findings: [...findings, ...unclaimed],
    onlyHere,
    onlyThere,
    union: there - others + onlyHere,
    notComparable,
  };
}

/** What is wrong with one record, by its native object as it was listed, or read now when it was not. */
export async function judge(
  connection: Connection,
  record: ScheduleRecord,
  listed: NativeSchedule | undefined,
): Promise<Finding[]> {
  const about = { scheduleId: record.id, name: record.spec.name, nativeId: record.nativeId };
  if (record.nativeId === null) {
    return [finding('missing', record.orchestrator, 'has no native object', { ...about, hint: 'sched audit --fix' })];
  }
  let native = listed;
  if (native === undefined) {
    try {
      native = await connection.driver.read(record.nativeId);
    } catch (error) {
      if (isSchedError(error)) {
        return [finding('unchecked', record.orchestrator, error.message, { ...about, hint: error.hint ?? null })];
      }
      throw error;
    }
  }
  if (native === undefined) {
    return [finding('missing', record.orchestrator, 'gone', { ...about, hint: 'sched audit --fix creates it again' })];
  }
  const expected = project(record.spec, record.desired === 'paused');
  const fields = differences(expected, native.projection).filter(
    ({ field }) => !connection.manifest.notComparable.includes(field),
  );
  return fields.length === 0
    ? []
    : [finding('drifted', record.orchestrator, 'changed natively', { ...about, fields, hint: 'sched audit --fix' })];
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

/** An object that no record points at. */
function explain(
  registry: Registry,
  connection: Connection,
  records: readonly ScheduleRecord[],
  open: ReadonlyMap<string, JournalEntry>,
  native: NativeSchedule,
): Finding[] {
  const orchestrator = connection.orchestrator;
  const about = { nativeId: native.nativeId };
  const { stamp } = native;
  if (
    stamp === null ||
    registry
      .tombstones(orchestrator.id)
      .some(({ nativeId, why }) => why === 'kept-native' && nativeId === native.nativeId)
  ) {
    return [finding('foreign', orchestrator.name, 'not ours', about)];
  }
  if (stamp.registry !== null && stamp.registry !== registry.identity) {
    return [finding('elsewhere', orchestrator.name, `belongs to registry ${stamp.registry}`, about)];
  }
  const record = records.find(({ id }) => stampOfSchedule(id) === stamp.schedule);
  if (record === undefined) {
    const doing = native.paused ? 'paused' : 'firing';
    return [
      finding('orphan', orchestrator.name, `ours, no record; ${doing}`, {
        ...about,
        hint: 'sched audit --fix --delete-orphans',
      }),
    ];
  }
  if (open.has(record.id)) {
    return [];
  }
  return [
    finding(
      'duplicate',
      orchestrator.name,
      `a second one of ${record.spec.name}; ${record.nativeId} is the recorded one`,
      {
        ...about,
        scheduleId: record.id,
        name: record.spec.name,
        hint: 'sched audit --fix removes it',
      },
    ),
  ];
}
