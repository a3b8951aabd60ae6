/** From what is to what should be: the steps that lead a schedule from one state to another, and their carrying out. */
import type { Connection, Context } from '../context.js';
import type { Manifest } from '../drivers/driver.js';
import { checkLimits } from '../drivers/limits.js';
import { SchedError } from '../errors.js';
import { differenceList } from '../field-words.js';
import { canonical, project } from '../projection.js';
import type { Registry, ScheduleRecord, ScheduleState, Step } from '../registry/registry.js';
import { orchestratorOf, reach } from './connection.js';
import { changedNatively } from './live.js';
import { carryOut, heal } from './mutation.js';
import type { Work } from './steps.js';

export interface Transition {
  readonly steps: readonly Step[];
  /** `generation` and `nativeId` are those that hold when all steps are done; null: purged. */
  readonly after: ScheduleState | null;
}

/**
 * Plans the native steps from `before` (null: nothing stands there) to `wanted` (null: purge); `rewrite` writes the whole spec even when
 * both agree, because the target shows another one. Pure.
 * Throws UNSUPPORTED when the orchestrator has no way there.
 */
export function planTransition(
  before: ScheduleState | null,
  wanted: ScheduleState | null,
  manifest: Manifest,
  rewrite = false,
): Transition {
  const standing = before !== null && before.desired !== 'archived' ? before : null;
  if (wanted === null || wanted.desired === 'archived') {
    const steps: Step[] = standing?.nativeId ? [{ do: 'remove', generation: standing.generation }] : [];
    return {
      steps,
      after: wanted === null ? null : { ...wanted, generation: before?.generation ?? wanted.generation },
    };
  }
  if (standing === null || standing.nativeId === null) {
    const paused = wanted.desired === 'paused';
    const generation = (before?.generation ?? 0) + 1;
    return { steps: [{ do: 'create', generation, paused }], after: { ...wanted, generation, nativeId: null } };
  }
  return changeInPlace(standing, wanted, manifest, rewrite);
}

function changeInPlace(
  standing: ScheduleState,
  wanted: ScheduleState,
  manifest: Manifest,
  rewrite: boolean,
): Transition {
  const paused = wanted.desired === 'paused';
  const { generation, nativeId } = standing;
  const wasPaused = standing.desired === 'paused';
  const has = (capability: Manifest['capabilities'][number]): boolean => manifest.capabilities.includes(capability);
  const turned: Step[] = paused === wasPaused ? [] : [{ do: paused ? 'pause' : 'resume', generation }];
  if (turned.length > 0 && !has('setPaused')) {
    throw new SchedError('UNSUPPORTED', `${manifest.title} cannot pause or resume a schedule.`);
  }
  if (!rewrite && canonical(project(standing.spec, paused)) === canonical(project(wanted.spec, paused))) {
    return { steps: turned, after: { ...wanted, generation, nativeId } };
  }
  if (has('update')) {
    const updated: Step = { do: 'update', generation };
    // A schedule that is being stopped stops first; one that starts again starts with its new timing.
    return { steps: paused ? [...turned, updated] : [updated, ...turned], after: { ...wanted, generation, nativeId } };
  }
  if (!has('setPaused')) {
    throw new SchedError('UNSUPPORTED', `${manifest.title} can neither change nor pause a schedule.`, {
      hint: 'Delete it and create it anew.',
    });
  }
  const next = generation + 1;
  const steps: Step[] = [
    { do: 'create', generation: next, paused: true },
    ...(wasPaused ? [] : [{ do: 'pause', generation } as const]),
    ...(paused ? [] : [{ do: 'resume', generation: next } as const]),
    { do: 'remove', generation },
  ];
  return { steps, after: { ...wanted, generation: next, nativeId: null } };
}

export interface TransitionRequest {
  readonly verb: string;
  readonly change: number;
  readonly record: ScheduleRecord;
  readonly wanted: ScheduleState | null;
  /** When the orchestrator shows something else than after the last write of ours: refuse, go on, or write the whole spec anew. */
  readonly whenDrifted?: 'refuse' | 'overwrite' | 'rewrite';
}

/**
 * Leads an existing record to another state, natively first. Throws CONFLICT when somebody changed the native object behind the
 * record's back (both values in `detail`) or the record meanwhile, UNSUPPORTED when the target cannot.
 */
export async function transition(work: Work, request: TransitionRequest): Promise<ScheduleRecord | undefined> {
  const { registry, connection, context } = work;
  const { record, wanted, change, verb } = request;
  const { steps, after } = planTransition(record, wanted, connection.manifest, request.whenDrifted === 'rewrite');
  if (wanted !== null && wanted.desired !== 'archived') {
    checkLimits(wanted.spec, connection.manifest);
  }
  if (steps.length === 0 && after !== null && after.desired !== 'archived') {
    return registry.revise(change, record.id, record.revision, after, context.clock.now());
  }
  if (steps.some((step) => step.do === 'update') && (request.whenDrifted ?? 'refuse') === 'refuse') {
    await refuseWhenDrifted(connection, record);
  }
  const lifecycle =
    after === null || after.desired === 'archived'
      ? 'deleting'
      : record.desired === 'archived'
        ? 'creating'
        : 'updating';
  return await carryOut(work, {
    change,
    verb,
    steps,
    after,
    schedule: { kind: 'existing', id: record.id, revision: record.revision, lifecycle },
  });
}

async function refuseWhenDrifted(connection: Connection, record: ScheduleRecord): Promise<void> {
  if (record.nativeId === null) {
    return;
  }
  const native = await connection.driver.read(record.nativeId);
  if (native === undefined) {
    throw new SchedError('NOT_FOUND', `${record.spec.name} is gone from ${record.orchestrator}.`, {
      hint: 'sched audit --fix creates it again',
    });
  }
  const changed = changedNatively(record, native, connection.manifest);
  if (changed.length > 0) {
    throw new SchedError('CONFLICT', `${record.spec.name} was changed on ${record.orchestrator} by somebody else.`, {
      detail: differenceList(changed),
      hint: 'Put the record back first: sched audit --fix',
    });
  }
}

/** A mutation under way that another process left is finished first. Gives the record as it is then. */
export async function settled(
  context: Context,
  registry: Registry,
  record: ScheduleRecord,
): Promise<ScheduleRecord | undefined> {
  const [open] = registry.openEntries(record.id);
  if (open === undefined) {
    return record;
  }
  const connection = await reach(context, registry, orchestratorOf(registry, record));
  await heal({ context, registry, connection }, open);
  return registry.scheduleById(record.id);
}
