/** From what is to what should be: the steps that lead a schedule from one state to another, and their carrying out. */
import type { Context } from '../context.js';
import type { Manifest } from '../drivers/driver.js';
import { checkLimits } from '../drivers/limits.js';
import { SchedError } from '../errors.js';
import { nativeDifferenceList } from '../field-words.js';
import { canonical, differences, fieldOf, project } from '../projection.js';
import type { Registry, ScheduleRecord, ScheduleState, Step } from '../registry/registry.js';
import type { NativeSchedule } from '../schedule.js';
import { orchestratorOf, reach } from './connection.js';
import { type Ending, endingSteps, usualEnding } from './ending.js';
import { changedNatively } from './live.js';
import { carryOut, heal } from './mutation.js';
import { carriedBy, isMarked } from './stamps.js';
import { standsPaused } from './standing.js';
import type { Work } from './steps.js';
import { horizon } from './timetable.js';

export interface Transition {
  readonly steps: readonly Step[];
  /** `generation` and `nativeId` are those that hold when all steps are done; null: purged. */
  readonly after: ScheduleState | null;
}

/** How a transition is made, where there is a choice. */
export interface Way {
  /** Write the whole spec even when both states agree, because the target shows another one. */
  readonly rewrite?: boolean;
  /** What becomes of the native object when the record ends; removed unless said. */
  readonly ending?: Ending;
  /** The native object carries our stamp. */
  readonly marked?: boolean;
  /** Fields that the target shows otherwise than the spec can say. */
  readonly carried?: readonly string[];
  /** Whether the native object is paused, where that is not what `before` says. */
  readonly seenPaused?: boolean;
}

/**
 * Plans the native steps from `before` (null: nothing stands there) to `wanted` (null: purge). Pure.
 * Throws UNSUPPORTED when the orchestrator has no way there.
 */
export function planTransition(
  before: ScheduleState | null,
  wanted: ScheduleState | null,
  manifest: Manifest,
  way: Way = {},
): Transition {
  const standing = before !== null && before.desired !== 'archived' ? before : null;
  if (wanted === null || wanted.desired === 'archived') {
    const ending = way.ending ?? usualEnding({ origin: 'created' });
    const steps = standing?.nativeId ? endingSteps(standing, ending, manifest, way.marked ?? true) : [];
    return {
      steps,
      after: wanted === null ? null : { ...wanted, generation: before?.generation ?? wanted.generation },
    };
  }
  if (standing === null || standing.nativeId === null) {
    // What an agent fires cannot fire by itself: it need not be made paused, also where nothing can be paused.
    const paused = wanted.firedBy === 'orchestrator' && wanted.desired === 'paused';
    const generation = (before?.generation ?? 0) + 1;
    return { steps: [{ do: 'create', generation, paused }], after: { ...wanted, generation, nativeId: null } };
  }
  return changeInPlace(standing, wanted, manifest, way);
}

function changeInPlace(
  standing: ScheduleState,
  wanted: ScheduleState,
  manifest: Manifest,
  { rewrite = false, carried = [], seenPaused = standsPaused(standing) }: Way,
): Transition {
  const paused = standsPaused(wanted);
  const { generation, nativeId } = standing;
  const wasPaused = seenPaused;
  const has = (capability: Manifest['capabilities'][number]): boolean => manifest.capabilities.includes(capability);
  if (standing.firedBy !== wanted.firedBy) {
    return handOver(standing, wanted, manifest);
  }
  const turned: Step[] = paused === wasPaused ? [] : [{ do: paused ? 'pause' : 'resume', generation }];
  if (turned.length > 0 && !has('setPaused')) {
    throw new SchedError('UNSUPPORTED', `${manifest.title} cannot pause or resume a schedule.`);
  }
  if (!rewrite && canonical(project(standing.spec, paused)) === canonical(project(wanted.spec, paused))) {
    return { steps: turned, after: { ...wanted, generation, nativeId } };
  }
  if (has('update')) {
    const updated: Step = { do: 'update', generation, ...(carried.length > 0 && { carried }) };
    // A schedule that is being stopped stops first; one that starts again starts with its new timing.
    return { steps: paused ? [...turned, updated] : [updated, ...turned], after: { ...wanted, generation, nativeId } };
  }
  if (wanted.firedBy === 'orchestrator' && !has('setPaused')) {
    throw new SchedError('UNSUPPORTED', `${manifest.title} can neither change nor pause a schedule.`, {
      hint: 'Delete it and create it anew.',
    });
  }
  const next = generation + 1;
  const steps: Step[] = [
    { do: 'create', generation: next, paused: wanted.firedBy === 'orchestrator' },
    ...(wasPaused ? [] : [{ do: 'pause', generation } as const]),
    ...(paused ? [] : [{ do: 'resume', generation: next } as const]),
    { do: 'remove', generation },
  ];
  return { steps, after: { ...wanted, generation: next, nativeId: null } };
}

/** Another one fires from now on: a new generation, and the old one gone before the new one begins, so that never both fire. */
function handOver(standing: ScheduleState, wanted: ScheduleState, { title, capabilities }: Manifest): Transition {
  const { generation } = standing;
  const next = generation + 1;
  const byItself = wanted.firedBy === 'orchestrator';
  if (byItself && !capabilities.includes('setPaused')) {
    throw new SchedError(
      'UNSUPPORTED',
      `${title} cannot pause a schedule, so nobody can take over without firing twice.`,
      {
        hint: 'Delete it and create it anew.',
      },
    );
  }
  const steps: Step[] = [
    { do: 'create', generation: next, paused: byItself },
    { do: 'remove', generation },
    ...(byItself && wanted.desired === 'active' ? [{ do: 'resume', generation: next } as const] : []),
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
  /** What becomes of the native object when the record ends; what was made by us is removed, what was adopted stopped, unless said. */
  readonly ending?: Ending;
  /** Put our stamp on the native object again. */
  readonly stamp?: boolean;
  /** Whether the native object is paused, where that is not what the record says. */
  readonly seenPaused?: boolean;
}

/** What a transition is to change. */
export type StateChange = Omit<TransitionRequest, 'verb' | 'change'>;

/** The steps that `transition` takes for a request. Pure. Throws UNSUPPORTED when the orchestrator has no way there. */
export function planFor(request: StateChange, manifest: Manifest): Transition {
  const { record, wanted } = request;
  const { steps, after } = planTransition(record, wanted, manifest, {
    rewrite: request.whenDrifted === 'rewrite',
    ending: request.ending ?? usualEnding(record),
    marked: isMarked(record),
    carried: carried(record, wanted),
    ...(request.seenPaused !== undefined && { seenPaused: request.seenPaused }),
  });
  return {
    after,
    steps: request.stamp === true && after !== null ? [...steps, { do: 'stamp', generation: after.generation }] : steps,
  };
}

/**
 * Leads an existing record to another state, natively first. Throws CONFLICT when somebody changed the native object behind the
 * record's back (both values in `detail`) or the record meanwhile, UNSUPPORTED when the target cannot.
 */
export async function transition(work: Work, request: TransitionRequest): Promise<ScheduleRecord | undefined> {
  const { registry, connection, context } = work;
  const { record, wanted, change, verb } = request;
  const { steps, after } = planFor(request, connection.manifest);
  // What was adopted may stand there otherwise than could be written: that binds only what is written.
  if (wanted !== null && steps.some((step) => step.do === 'create' || step.do === 'update')) {
    checkLimits(wanted.spec, connection.manifest, wanted.firedBy);
  }
  const stays = after !== null && after.desired !== 'archived';
  // One that comes back is settled like a new one: what stands there now is its baseline.
  if (steps.length === 0 && stays && registry.scheduleById(record.id)?.desired !== 'archived') {
    const now = context.clock.now();
    const revised = registry.revise(change, record.id, record.revision, after, now);
    if (after.desired !== record.desired) {
      const ahead = horizon(after.spec, after.desired === 'active', connection.manifest, now);
      registry.noteNext([{ id: record.id, ...ahead }]);
    }
    return revised;
  }
  if (steps.some((step) => step.do === 'update') && (request.whenDrifted ?? 'refuse') === 'refuse') {
    await refuseWhenDrifted(work, record);
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

/** What an adopted object shows otherwise than its record can say, but for what is to be changed now. */
function carried(record: ScheduleRecord, wanted: ScheduleState | null): readonly string[] {
  if (record.origin === 'created' || wanted === null) {
    return [];
  }
  const changed = new Set(differences(project(record.spec, false), project(wanted.spec, false)).map(fieldOf));
  return carriedBy(record.spec, record.baseline).filter((field) => !changed.has(field));
}

/**
 * Holds what stands against our last write. Gives what stands; undefined for a record that stands nowhere. Throws CONFLICT when somebody else
 * changed it (both values in `detail`), NOT_FOUND when it is gone.
 */
export async function refuseWhenDrifted(
  { connection, registry, context }: Work,
  record: ScheduleRecord,
): Promise<NativeSchedule | undefined> {
  if (record.nativeId === null) {
    return undefined;
  }
  const native = await connection.driver.read(record.nativeId);
  if (native === undefined) {
    throw new SchedError('NOT_FOUND', `${record.spec.name} is gone from ${record.orchestrator}.`, {
      hint: 'sched audit --fix creates it again',
    });
  }
  const changed = changedNatively(registry.identity, record, native, connection.manifest);
  if (changed.length > 0) {
    throw new SchedError('CONFLICT', `${record.spec.name} was changed on ${record.orchestrator} by somebody else.`, {
      detail: nativeDifferenceList(changed, context.clock.now()),
      hint: 'Put the record back first: sched audit --fix',
    });
  }
  return native;
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
