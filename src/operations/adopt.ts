/** Taking over what stands on an orchestrator already: the record is made from it, and nothing is written there unless it is to be marked. */
import { randomUUID } from 'node:crypto';
import type { Connection, Context } from '../context.js';
import type { Manifest } from '../drivers/driver.js';
import { checkCapability } from '../drivers/limits.js';
import { SchedError } from '../errors.js';
import type { OrchestratorRecord, Registry, ScheduleRecord, ScheduleState, Step } from '../registry/registry.js';
import type { Json, NativeSchedule, ScheduleSpec } from '../schedule.js';
import { formatStamp, stampOfSchedule } from '../stamp.js';
import { adoptedSpec, pauseFound } from './adopted-spec.js';
import { orchestratorNamed, reach } from './connection.js';
import { liveRecords } from './live-records.js';
import { carryOut, enter } from './mutation.js';
import { type NumberedChange, numberedChange } from './numbered-change.js';
import { each, type Item } from './selection.js';
import { carriedBy, isMarked, stampFor } from './stamps.js';
import type { Work } from './steps.js';
import { settled, transition } from './transition.js';
import { stateOf } from './update.js';
import { type ScheduleView, view } from './view.js';

export interface AdoptInput {
  readonly orchestrator: string;
  readonly nativeIds: readonly string[];
  /** Null: the last part of the native id. */
  readonly name: string | null;
  /** The zone of one that names none; null: UTC. */
  readonly timezone: string | null;
  /** Null: as it tells, else by what it runs. */
  readonly pipeline: string | null;
  /** Put our stamp on it. */
  readonly stamp: boolean;
  readonly reason: string | null;
  readonly dryRun: boolean;
}

export interface Adopted {
  readonly outcome: 'adopted' | 'stamped' | 'planned';
  /** Null after a dry run. */
  readonly view: ScheduleView | null;
  readonly nativeId: string;
  readonly spec: ScheduleSpec;
  readonly paused: boolean;
  readonly manifest: Manifest;
  /** The zone was not told there. */
  readonly assumedZone: boolean;
  /** Fields that stand there otherwise than a record can say, and stay so, with what stands there. */
  readonly carried: readonly { readonly field: string; readonly value: Json }[];
  /** What is put on the native object; null: nothing is written there. */
  readonly stamp: string | null;
}

export interface AdoptReport {
  readonly items: readonly Item<Adopted>[];
  readonly change: number | null;
}

/** One thing that could be adopted. */
export interface Adoptable {
  readonly native: NativeSchedule;
  /** As it would be recorded; null where it does not tell enough. */
  readonly spec: ScheduleSpec | null;
}

/** What stands on an orchestrator, is not ours, and is not recorded. Throws UNSUPPORTED where that cannot be found out. */
export async function adoptable(name: string, context: Context): Promise<readonly Adoptable[]> {
  const registry = await context.registry();
  const orchestrator = await orchestratorNamed(registry, name);
  const connection = await reach(context, registry, orchestrator, 'look');
  const recorded = new Set(recordsOf(context, registry, orchestrator).map(({ nativeId }) => nativeId));
  const found: Adoptable[] = [];
  for await (const native of connection.driver.findForeign()) {
    if (!recorded.has(native.nativeId)) {
      found.push({ native, spec: tellableSpec(native, connection.manifest) });
    }
  }
  return found.sort((one, other) => (one.native.nativeId < other.native.nativeId ? -1 : 1));
}

function tellableSpec(native: NativeSchedule, manifest: Manifest): ScheduleSpec | null {
  try {
    return adoptedSpec(native, manifest, { name: null, timezone: null, pipeline: null });
  } catch {
    return null;
  }
}

/**
 * Records native objects as schedules of origin `adopted`. Throws NOT_FOUND for what does not stand there, CONFLICT for what is recorded
 * already, belongs to another registry, or would take a name that is taken, UNSUPPORTED for what does not tell enough to be recorded.
 */
export async function adopt(input: AdoptInput, context: Context): Promise<AdoptReport> {
  if (input.name !== null && input.nativeIds.length > 1) {
    throw new SchedError('USAGE', 'One --name cannot be given to several.', { hint: 'Adopt them one by one.' });
  }
  const registry = await context.registry();
  const orchestrator = await orchestratorNamed(registry, input.orchestrator);
  const connection = await reach(context, registry, orchestrator, input.dryRun ? 'look' : 'act');
  if (input.stamp) {
    checkCapability('setStamp', connection.manifest);
  }
  const change = numberedChange(context, registry, 'adopt', input.reason);
  const records = recordsOf(context, registry, orchestrator);
  const work = { context, registry, connection };
  const items = await each(
    [...new Set(input.nativeIds)].map((nativeId) => ({
      name: nativeId,
      work: () => one(input, work, records, nativeId, change),
    })),
  );
  return { items, change: change.taken() };
}

async function one(
  input: AdoptInput,
  work: Work,
  records: readonly ScheduleRecord[],
  asked: string,
  change: NumberedChange,
): Promise<Adopted> {
  const { context, registry, connection } = work;
  const { manifest, orchestrator, driver } = connection;
  const native = await driver.read(asked);
  if (native === undefined) {
    throw new SchedError('NOT_FOUND', `There is no ${manifest.noun} ${asked} on ${orchestrator.name}.`, {
      hint: `sched adopt ${orchestrator.name} lists what could be adopted.`,
    });
  }
  const { nativeId } = native;
  const found = records.find((record) => record.nativeId === nativeId);
  const known = found === undefined || input.dryRun ? found : await settled(context, registry, found);
  if (known !== undefined) {
    return await mark(input, work, known, native, change);
  }
  refuseOwned(registry, records, native);
  const spec = adoptedSpec(native, manifest, input);
  refuseTaken(context, registry, spec.name);
  const id = randomUUID();
  const now = context.clock.now();
  const after: ScheduleState = {
    spec,
    desired: native.paused ? 'paused' : 'active',
    pause: native.paused ? pauseFound(native, context.holder.actor, now) : null,
    firedBy: 'orchestrator',
    orchestratorId: orchestrator.id,
    generation: 1,
    nativeId,
  };
  const stamp = input.stamp ? formatStamp(stampFor(registry.identity, { id, generation: 1 })) : null;
  const planned: Adopted = {
    outcome: 'planned',
    view: null,
    nativeId,
    spec,
    paused: native.paused,
    manifest,
    assumedZone: typeof native.projection.timezone !== 'string',
    carried: carriedBy(spec, native.projection).map((field) => ({ field, value: native.projection[field] ?? null })),
    stamp,
  };
  if (input.dryRun) {
    return planned;
  }
  const intent = {
    change: change.take(),
    verb: 'adopt',
    after,
    schedule: { kind: 'new', id, origin: 'adopted' } as const,
  };
  const steps: readonly Step[] = [{ do: 'stamp', generation: 1 }];
  if (stamp !== null) {
    sayStamp(context, connection, nativeId, stamp);
  }
  const record = stamp === null ? enter(work, { ...intent, native }) : await carryOut(work, { ...intent, steps });
  if (record === undefined) {
    throw new Error('an adopted schedule has no record');
  }
  return { ...planned, outcome: 'adopted', view: view(registry, record, context.clock.now()) };
}

/** One that is recorded already can still be marked. */
async function mark(
  input: AdoptInput,
  work: Work,
  record: ScheduleRecord,
  native: NativeSchedule,
  change: NumberedChange,
): Promise<Adopted> {
  const { context, registry, connection } = work;
  if (!input.stamp || isMarked(record)) {
    throw new SchedError('CONFLICT', `${native.nativeId} is recorded already: it is ${record.spec.name}.`, {
      hint: `sched get ${record.spec.name}`,
    });
  }
  const stamp = formatStamp(stampFor(registry.identity, record));
  const { spec } = record;
  const planned: Adopted = {
    outcome: 'planned',
    view: null,
    nativeId: native.nativeId,
    spec,
    paused: native.paused,
    manifest: connection.manifest,
    assumedZone: false,
    carried: [],
    stamp,
  };
  if (input.dryRun) {
    return planned;
  }
  sayStamp(context, connection, native.nativeId, stamp);
  const wanted = stateOf(record);
  const after = await transition(work, { verb: 'adopt', change: change.take(), record, wanted, stamp: true });
  return {
    ...planned,
    outcome: 'stamped',
    view: after === undefined ? null : view(registry, after, context.clock.now()),
  };
}

function sayStamp(context: Context, { manifest, orchestrator }: Connection, nativeId: string, stamp: string): void {
  context.say(`Marks ${manifest.noun} ${nativeId} on ${orchestrator.name} with ${stamp}; nothing else of it changes.`);
}

function recordsOf(context: Context, registry: Registry, { id }: OrchestratorRecord): readonly ScheduleRecord[] {
  return liveRecords(registry, context.clock.now(), {
    filters: [{ field: 'orchestrator_id', operator: 'equals', value: id }],
  });
}

/** Throws CONFLICT when it carries another registry's stamp, or that of a schedule which has its object already. */
function refuseOwned(
  registry: Registry,
  records: readonly ScheduleRecord[],
  { nativeId, stamp }: NativeSchedule,
): void {
  if (stamp === null) {
    return;
  }
  if (stamp.registry !== null && stamp.registry !== registry.identity) {
    throw new SchedError('CONFLICT', `${nativeId} belongs to another registry, ${stamp.registry}.`, {
      hint: 'Take it out of that one first: sched delete NAME --keep-native, with its --registry.',
    });
  }
  const owner = records.find(({ id }) => stampOfSchedule(id) === stamp.schedule);
  if (owner !== undefined) {
    throw new SchedError(
      'CONFLICT',
      `${nativeId} is a second object of ${owner.spec.name}, which has ${owner.nativeId}.`,
      {
        hint: 'sched audit --fix removes the second one.',
      },
    );
  }
}

function refuseTaken(context: Context, registry: Registry, name: string): void {
  const [taken] = liveRecords(registry, context.clock.now(), {
    filters: [{ field: 'name', operator: 'equals', value: name }],
  });
  if (taken !== undefined) {
    throw new SchedError('CONFLICT', `The name ${name} is taken by a schedule on ${taken.orchestrator}.`, {
      hint: '--name gives it another one.',
    });
  }
}
