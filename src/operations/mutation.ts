/**
 * Every change of a native object goes through here: the steps are fixed before the first, each is one native call whose effect
 * a read can prove, and the journal says *about to* and *done* around each. Killed anywhere, `heal` finds out which.
 */
import type { Connection, Context } from '../context.js';
import { type ErrorCode, isSchedError, SchedError } from '../errors.js';
import type {
  BeginRequest,
  ExistingSchedule,
  JournalEntry,
  NewSchedule,
  Registry,
  ScheduleRecord,
  ScheduleState,
  Step,
} from '../registry/registry.js';
import type { NativeSchedule } from '../schedule.js';
import { stampOfSchedule } from '../stamp.js';
import { prove } from './proof.js';
import { horizon } from './timetable.js';

/** Where and with what a mutation is carried out. */
export interface Work {
  readonly context: Context;
  readonly registry: Registry;
  readonly connection: Connection;
}

export interface Intent {
  readonly change: number;
  readonly verb: string;
  readonly schedule: NewSchedule | ExistingSchedule;
  readonly steps: readonly Step[];
  readonly after: ScheduleState | null;
  readonly tombstone?: 'purged' | 'kept-native';
}

/** The lease outlives any single native call, whose deadline is the guard's. */
const LEASE_MS = 120_000;
/** How long a written effect may stay invisible before it counts as unproven. */
const VISIBLE_WITHIN_MS = 30_000;
/** The target said no before doing anything. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'AUTHENTICATION',
  'PERMISSION',
  'CONFLICT',
  'IDENTITY',
  'UNSUPPORTED',
  'USAGE',
  'RATE_LIMITED',
]);

/**
 * Carries an intent out and gives the record as it stands afterwards (undefined when it was purged). Throws CONFLICT when
 * somebody else is at it, what the target refused with when nothing happened, and UNAVAILABLE with the entry left open when
 * it cannot be known what happened.
 */
export async function carryOut(work: Work, intent: Intent): Promise<ScheduleRecord | undefined> {
  const { context, registry } = work;
  const request: BeginRequest = { ...intent, holder: context.holder, now: context.clock.now(), lease: LEASE_MS };
  const entry = registry.begin(request);
  return await advance(work, entry, 0, intent.tombstone);
}

/** Ends a record where nothing native is to change: no step, no call. Throws CONFLICT when somebody else is at it. */
export function forget(
  context: Context,
  registry: Registry,
  record: ScheduleRecord,
  end: { readonly change: number; readonly after: ScheduleState | null; readonly tombstone: 'purged' | 'kept-native' },
): void {
  const now = context.clock.now();
  const entry = registry.begin({
    change: end.change,
    verb: 'delete',
    steps: [],
    after: end.after,
    holder: context.holder,
    now,
    lease: LEASE_MS,
    schedule: { kind: 'existing', id: record.id, revision: record.revision, lifecycle: 'deleting' },
  });
  const after = end.after === null ? null : { ...end.after, nativeId: null };
  registry.settle(entry, { now, after, baseline: null, nextRun: null, endsAt: null, tombstone: end.tombstone });
}

/**
 * Finishes an entry that a dead or failed process left: forward when the target shows the effect, else back.
 * Throws CONFLICT while its holder is alive, UNAVAILABLE when the target cannot be seen (the entry stays open).
 */
export async function heal(work: Work, left: JournalEntry): Promise<'finished' | 'rolled back'> {
  const { context, registry } = work;
  const entry = registry.takeOver(left, context.holder, context.clock.now(), LEASE_MS);
  const step = entry.steps[entry.step];
  if (step === undefined || entry.phase === 'none') {
    registry.rollBack(entry, context.clock.now());
    return 'rolled back';
  }
  if (entry.phase === 'done') {
    await advance(work, entry, entry.step + 1);
    return 'finished';
  }
  const proof = await openOnError(work, entry, () => prove(work.connection, registry.identity, entry, step));
  if (proof.shown) {
    await advance(work, markDone(work, entry, entry.step, proof.native), entry.step + 1);
    return 'finished';
  }
  if (entry.step === 0) {
    registry.rollBack(entry, context.clock.now());
    return 'rolled back';
  }
  await advance(work, entry, entry.step);
  return 'finished';
}

async function advance(
  work: Work,
  opened: JournalEntry,
  from: number,
  tombstone?: 'purged' | 'kept-native',
): Promise<ScheduleRecord | undefined> {
  const { context, registry } = work;
  let entry = opened;
  let native: NativeSchedule | undefined;
  for (const [index, step] of entry.steps.entries()) {
    if (index >= from) {
      entry = registry.mark(entry, { step: index, phase: 'about', now: context.clock.now(), lease: LEASE_MS });
      [entry, native] = await take(work, entry, step);
      entry = markDone(work, entry, index, native);
    }
  }
  return await settle(work, entry, native, tombstone);
}

/** One step: the call, then the proof. */
async function take(work: Work, entry: JournalEntry, step: Step): Promise<[JournalEntry, NativeSchedule | undefined]> {
  try {
    const nativeId = await call(work, entry, step);
    const known =
      nativeId === undefined ? entry : { ...entry, natives: { ...entry.natives, [String(step.generation)]: nativeId } };
    return [known, await seen(work, known, step)];
  } catch (error) {
    if (!isSchedError(error)) {
      throw error;
    }
    const native = await judge(work, entry, step, error);
    return [entry, native];
  }
}

/** After an error: the native object when the effect is there all the same; otherwise throws, with the journal saying the truth. */
async function judge(
  work: Work,
  entry: JournalEntry,
  step: Step,
  error: SchedError,
): Promise<NativeSchedule | undefined> {
  const { context, registry, connection } = work;
  const first = entry.step === 0;
  if (first && REFUSALS.has(error.code)) {
    registry.rollBack(entry, context.clock.now());
    throw error;
  }
  if (error.code === 'INTERRUPTED') {
    registry.leaveOpen(entry, error.message, context.clock.now());
    throw error;
  }
  const late = step.do === 'create' && connection.manifest.nativeIds === 'server';
  const proof = await openOnError(work, entry, () =>
    late ? waitFor(work, entry, step) : prove(connection, registry.identity, entry, step),
  );
  if (proof.shown) {
    return proof.native;
  }
  if (first && !late) {
    registry.rollBack(entry, context.clock.now());
    throw error;
  }
  registry.leaveOpen(entry, error.message, context.clock.now());
  throw new SchedError(error.code, error.message, {
    cause: error,
    hint: `What became of it is not known yet: sched audit --fix finishes ${entry.scheduleName} or rolls it back.`,
  });
}

/** Makes the native call of a step; gives the native id when it makes an object. */
async function call(work: Work, entry: JournalEntry, step: Step): Promise<string | undefined> {
  const { driver } = work.connection;
  const state = entry.after ?? entry.before;
  if (step.do === 'create') {
    return await driver.create({
      spec: present(state, entry).spec,
      paused: step.paused,
      scheduleId: entry.scheduleId,
      stamp: {
        registry: work.registry.identity,
        schedule: stampOfSchedule(entry.scheduleId),
        generation: step.generation,
      },
    });
  }
  const nativeId = entry.natives[String(step.generation)];
  if (nativeId === undefined) {
    // Nothing stands there: for a removal that is the effect itself; a change has nothing to act on.
    if (step.do === 'remove') {
      return undefined;
    }
    throw new SchedError('NOT_FOUND', `${entry.scheduleName} has no native object to ${step.do}.`, {
      hint: 'sched audit --fix',
    });
  }
  switch (step.do) {
    case 'update': {
      const version = (await driver.read(nativeId))?.version ?? null;
      return void (await able(driver.update, 'update')(nativeId, { spec: present(state, entry).spec, version }));
    }
    case 'pause':
    case 'resume':
      return void (await able(driver.setPaused, step.do)(nativeId, step.do === 'pause'));
    case 'remove':
      return void (await driver.remove(nativeId));
  }
}

/** Reads until the effect shows. Throws UNAVAILABLE when it stays invisible. */
async function seen(work: Work, entry: JournalEntry, step: Step): Promise<NativeSchedule | undefined> {
  const proof = await waitFor(work, entry, step);
  if (!proof.shown) {
    throw new SchedError(
      'UNAVAILABLE',
      `${work.connection.orchestrator.name} accepted to ${step.do} ${entry.scheduleName} but does not show it.`,
    );
  }
  return proof.native;
}

async function waitFor(work: Work, entry: JournalEntry, step: Step): ReturnType<typeof prove> {
  const { context, connection, registry } = work;
  const until = performance.now() + VISIBLE_WITHIN_MS;
  for (let pause = 20; ; pause = Math.min(pause * 2, 2_000)) {
    const proof = await prove(connection, registry.identity, entry, step);
    if (proof.shown || performance.now() > until) {
      return proof;
    }
    await sleep(pause, context.signal);
  }
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { setTimeout: wait } = await import('node:timers/promises');
  await wait(milliseconds, undefined, { signal }).catch(() => {
    throw new SchedError('INTERRUPTED', 'Interrupted.');
  });
}

function markDone(work: Work, entry: JournalEntry, step: number, native: NativeSchedule | undefined): JournalEntry {
  return work.registry.mark(entry, {
    step,
    phase: 'done',
    now: work.context.clock.now(),
    lease: LEASE_MS,
    ...(native === undefined ? {} : { nativeId: native.nativeId }),
  });
}

async function settle(
  work: Work,
  entry: JournalEntry,
  native: NativeSchedule | undefined,
  tombstone: 'purged' | 'kept-native' | undefined,
): Promise<ScheduleRecord | undefined> {
  const { context, registry, connection } = work;
  const now = context.clock.now();
  const { after } = entry;
  if (after === null || after.desired === 'archived') {
    const gone = after === null ? null : { ...after, nativeId: null };
    return registry.settle(entry, {
      now,
      after: gone,
      baseline: null,
      nextRun: null,
      endsAt: null,
      ...(tombstone && { tombstone }),
    });
  }
  const nativeId = entry.natives[String(after.generation)] ?? after.nativeId;
  // The last step may have removed the old generation: the baseline is what stands now.
  const standing =
    native ?? (nativeId === null ? undefined : await openOnError(work, entry, () => connection.driver.read(nativeId)));
  return registry.settle(entry, {
    now,
    after: { ...after, nativeId },
    baseline: standing?.projection ?? null,
    ...horizon(after.spec, after.desired === 'active', connection.manifest, now),
  });
}

/** Runs `look`; when the target cannot be seen the entry stays open, given up, for the next command. */
async function openOnError<T>(work: Work, entry: JournalEntry, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (isSchedError(error)) {
      work.registry.leaveOpen(entry, error.message, work.context.clock.now());
    }
    throw error;
  }
}

function able<T>(method: T | undefined, verb: string): T {
  if (method === undefined) {
    throw new SchedError('UNSUPPORTED', `This orchestrator cannot ${verb} a schedule in place.`);
  }
  return method;
}

function present(state: ScheduleState | null, entry: JournalEntry): ScheduleState {
  if (state === null) {
    throw new Error(`journal entry ${entry.id} has no state to write`);
  }
  return state;
}
