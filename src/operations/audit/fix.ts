/** Repair: plan, backup, question, act (orchestrator first), verify, report. */
import type { Context } from '../../context.js';
import { isSchedError, SchedError } from '../../errors.js';
import type { AuditReport, Finding } from '../../findings.js';
import type { Registry } from '../../registry/registry.js';
import { orchestratorNamed, reach } from '../connection.js';
import { heal } from '../mutation.js';
import { eventually, VISIBLE_WITHIN_MS, type Work } from '../steps.js';
import { transition } from '../transition.js';
import { stateOf } from '../update.js';
import { type Backup, writeBackup } from './backup.js';
import { judge } from './natives.js';

export interface FixInput {
  readonly deleteOrphans: boolean;
  /** Null: a tenth of an orchestrator's schedules, but at least three. */
  readonly maxChanges: number | null;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly reason: string | null;
  /** Where the backup goes: a folder, absolute. */
  readonly backupFolder: string;
}

export type Remedy = 'finish' | 'recreate' | 'write record' | 'remove' | 'leave';

export interface Repair {
  readonly finding: Finding;
  readonly remedy: Remedy;
  /** What is done, in words. */
  readonly words: string;
}

export interface Repaired extends Repair {
  readonly outcome: 'planned' | 'repaired' | 'left alone' | 'failed';
  readonly error: SchedError | null;
}

export interface FixReport {
  readonly repairs: readonly Repaired[];
  readonly backup: string | null;
  readonly change: number | null;
}

/** What each finding calls for. Pure. */
function planRepairs(findings: readonly Finding[], deleteOrphans: boolean): readonly Repair[] {
  return findings.flatMap((found): Repair[] => {
    switch (found.class) {
      case 'unfinished':
        return [{ finding: found, remedy: 'finish', words: 'finish what was begun, or roll it back' }];
      case 'missing':
        return [{ finding: found, remedy: 'recreate', words: 'create it again' }];
      case 'drifted':
        return [
          takenAway(found)
            ? { finding: found, remedy: 'leave', words: 'left alone: it carries another mark now' }
            : { finding: found, remedy: 'write record', words: driftWords(found) },
        ];
      case 'duplicate':
        return [{ finding: found, remedy: 'remove', words: `remove ${found.nativeId}` }];
      case 'orphan':
        return deleteOrphans
          ? [{ finding: found, remedy: 'remove', words: 'remove it' }]
          : [{ finding: found, remedy: 'leave', words: 'left alone (remove: --delete-orphans)' }];
      default:
        return [];
    }
  });
}

/** True when the object carries a stamp that is not the record's: it is somebody else's to change. */
function takenAway({ fields }: Finding): boolean {
  return fields.some(({ field, actual }) => field === 'stamp' && actual !== null);
}

function driftWords({ fields }: Finding): string {
  const written = fields.filter(({ field }) => field !== 'stamp').map(({ field }) => field);
  return [
    ...(written.length > 0 ? [`set ${written.join(', ')} as recorded`] : []),
    ...(written.length < fields.length ? ['mark it as ours again'] : []),
  ].join(' and ');
}

/** Carries the plan out. Throws CONFLICT when it is larger than allowed, INTERRUPTED when the answer is no. */
export async function fix(
  report: AuditReport,
  input: FixInput,
  context: Context,
  show: (repairs: readonly Repair[]) => void,
): Promise<FixReport> {
  const registry = await context.registry();
  const repairs = planRepairs(report.findings, input.deleteOrphans);
  const doing = repairs.filter(({ remedy }) => remedy !== 'leave');
  refuseTooMany(report, doing, input.maxChanges);
  show(repairs);
  if (input.dryRun || doing.length === 0) {
    return {
      repairs: repairs.map((repair) => ({
        ...repair,
        outcome: repair.remedy === 'leave' ? 'left alone' : 'planned',
        error: null,
      })),
      backup: null,
      change: null,
    };
  }
  if (
    !input.yes &&
    !(await context.confirm(`Carry out ${doing.length} ${doing.length === 1 ? 'repair' : 'repairs'}?`))
  ) {
    throw new SchedError('INTERRUPTED', 'Nothing was repaired.');
  }
  const backup = await writeBackup(input.backupFolder, await content(registry, context, doing));
  const change = registry.startChange({
    verb: 'audit --fix',
    actor: context.holder.actor,
    reason: input.reason,
    at: context.clock.now(),
  });
  const done: Repaired[] = [];
  for (const repair of repairs) {
    done.push(
      repair.remedy === 'leave'
        ? { ...repair, outcome: 'left alone', error: null }
        : await carry(context, registry, repair, change),
    );
  }
  return { repairs: done, backup, change };
}

function refuseTooMany(report: AuditReport, doing: readonly Repair[], maxChanges: number | null): void {
  for (const { orchestrator, checked, unchecked } of report.coverage) {
    const here = doing.filter(({ finding }) => finding.orchestrator === orchestrator).length;
    const allowed = maxChanges ?? Math.max(3, Math.floor((checked + unchecked) / 10));
    if (here > allowed) {
      throw new SchedError(
        'CONFLICT',
        `${here} repairs on ${orchestrator} are more than the ${allowed} that are made without being told to.`,
        {
          hint: `Look at sched audit first; then sched audit --fix --max-changes ${here}`,
        },
      );
    }
  }
}

async function content(registry: Registry, context: Context, doing: readonly Repair[]): Promise<Backup> {
  const natives: Backup['natives'][number][] = [];
  const schedules: Backup['schedules'][number][] = [];
  for (const { finding } of doing) {
    const record = finding.scheduleId === null ? undefined : registry.scheduleById(finding.scheduleId);
    if (record !== undefined) {
      schedules.push({ id: record.id, state: stateOf(record) });
    }
    if (finding.nativeId !== null && finding.class !== 'missing') {
      const { driver } = await reach(context, registry, await orchestratorNamed(registry, finding.orchestrator));
      const native = await driver.read(finding.nativeId);
      natives.push({ orchestrator: finding.orchestrator, nativeId: finding.nativeId, native: native ?? null });
    }
  }
  return {
    kind: 'sched-backup',
    version: 1,
    registry: registry.identity,
    at: new Date(context.clock.now()).toISOString(),
    schedules,
    natives,
  };
}

async function carry(context: Context, registry: Registry, repair: Repair, change: number): Promise<Repaired> {
  try {
    await remedy(context, registry, repair, change);
    return { ...repair, outcome: 'repaired', error: null };
  } catch (error) {
    if (isSchedError(error) && error.code !== 'INTERRUPTED') {
      return { ...repair, outcome: 'failed', error };
    }
    throw error;
  }
}

async function remedy(
  context: Context,
  registry: Registry,
  { finding, remedy: kind }: Repair,
  change: number,
): Promise<void> {
  const orchestrator = await orchestratorNamed(registry, finding.orchestrator);
  const connection = await reach(context, registry, orchestrator);
  const work = { context, registry, connection };
  if (kind === 'remove') {
    await removeNative(work, finding);
    return;
  }
  const record = registry.scheduleById(finding.scheduleId ?? '');
  if (record === undefined) {
    throw new SchedError('NOT_FOUND', `${finding.name ?? 'It'} is not recorded any more.`);
  }
  if (kind === 'finish') {
    const [entry] = registry.openEntries(record.id);
    if (entry !== undefined) {
      await heal(work, entry);
    }
    await repairHealed(work, change, record.id);
    return;
  }
  const current = kind === 'recreate' ? { ...record, nativeId: null } : record;
  const paused = finding.fields.find(({ field }) => field === 'paused')?.actual;
  const marks = finding.fields.some(({ field }) => field === 'stamp');
  const canMark = connection.manifest.capabilities.includes('setStamp');
  const others = finding.fields.filter(({ field }) => field !== 'paused' && !(canMark && field === 'stamp'));
  await transition(work, {
    verb: 'audit --fix',
    change,
    record: current,
    wanted: stateOf(record),
    whenDrifted: others.length === 0 ? 'overwrite' : 'rewrite',
    stamp: marks && canMark,
    // The plan leads back from what the orchestrator shows.
    ...(typeof paused === 'boolean' && { seenPaused: paused }),
  });
}

/** What a healed record still needs: rolling back an unfinished repair brings back what it was to repair. */
async function repairHealed(work: Work, change: number, scheduleId: string): Promise<void> {
  const record = work.registry.scheduleById(scheduleId);
  if (record !== undefined && record.desired !== 'archived') {
    const listed = record.nativeId === null ? undefined : await work.connection.driver.read(record.nativeId);
    const repairs = planRepairs(await judge(work.registry, work.connection, record, listed), false);
    for (const repair of repairs.filter(({ remedy: kind }) => kind !== 'leave')) {
      await remedy(work.context, work.registry, repair, change);
    }
  }
}

async function removeNative(
  { context, registry, connection }: Parameters<typeof heal>[0],
  finding: Finding,
): Promise<void> {
  const { driver } = connection;
  const nativeId = finding.nativeId ?? '';
  const native = await driver.read(nativeId);
  if (native === undefined) {
    return;
  }
  const recorded = finding.scheduleId === null ? undefined : registry.scheduleById(finding.scheduleId);
  if (recorded?.nativeId === nativeId) {
    throw new SchedError('CONFLICT', `${nativeId} is the recorded one now.`, { hint: 'sched audit' });
  }
  // Never by name or listing alone: what is removed carries our own stamp, seen just now.
  const stamp = native.stamp;
  if (stamp === null || (stamp.registry !== null && stamp.registry !== registry.identity)) {
    throw new SchedError('CONFLICT', `${nativeId} does not carry this registry’s stamp any more.`);
  }
  await driver.remove(nativeId);
  const left = await eventually(
    context.signal,
    VISIBLE_WITHIN_MS,
    () => driver.read(nativeId),
    (seen) => seen === undefined,
  );
  if (left !== undefined) {
    throw new SchedError('UNAVAILABLE', `${nativeId} is still there.`);
  }
}
