/** The steps of a mutation: one native call each, then the proof that it had its effect, with the journal around both. */
import { setTimeout } from 'node:timers/promises';
import type { Connection, Context } from '../context.js';
import { type ErrorCode, isSchedError, SchedError } from '../errors.js';
import type { JournalEntry, Registry, ScheduleRecord, ScheduleState, Step } from '../registry/registry.js';
import type { NativeSchedule } from '../schedule.js';
import { prove } from './proof.js';
import { baselineOf, stampFor } from './stamps.js';
import { horizon } from './timetable.js';

/** Where and with what a mutation is carried out. */
export interface Work {
  readonly context: Context;
  readonly registry: Registry;
  readonly connection: Connection;
}

/** The lease outlives any single native call, whose deadline is the guard's. */
export const LEASE_MS = 120_000;
/** How long a written effect may stay invisible before it counts as unproven. */
export const VISIBLE_WITHIN_MS = 30_000;
/** The target said no before doing anything. */
export const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'AUTHENTICATION',
  'PERMISSION',
  'CONFLICT',
  'IDENTITY',
  'UNSUPPORTED',
  'USAGE',
  'RATE_LIMITED',
]);

/** Takes the steps from index `from` on, then writes the record. Throws as `carryOut`. */
export async function advance(work: Work, opened: JournalEntry, from: number): Promise<ScheduleRecord | undefined> {
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
  return await settle(work, entry, native);
}

/** One step: the call, then the proof. */
async function take(work: Work, entry: JournalEntry, step: Step): Promise<[JournalEntry, NativeSchedule | undefined]> {
  let known = entry;
  try {
    const nativeId = await call(work, entry, step);
    if (nativeId !== undefined) {
      known = { ...entry, natives: { ...entry.natives, [String(step.generation)]: nativeId } };
    }
  } catch (error) {
    if (!isSchedError(error)) {
      throw error;
    }
    return [entry, await judge(work, entry, step, error)];
  }
  // What was accepted is never rolled back for being invisible: the entry stays open for whoever can see it.
  return [known, await openOnError(work, known, () => seen(work, known, step))];
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
  // What is not found when something is made is the place for it: a namespace, a folder.
  const noPlace = step.do === 'create' && error.code === 'NOT_FOUND';
  if (first && (REFUSALS.has(error.code) || noPlace)) {
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
  const firedBy = state?.firedBy ?? 'orchestrator';
  if (step.do === 'create') {
    return await driver.create({
      spec: present(state, entry).spec,
      paused: step.paused,
      firedBy,
      scheduleId: entry.scheduleId,
      stamp: stampFor(work.registry.identity, { id: entry.scheduleId, generation: step.generation }),
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
      return void (await driver.update(nativeId, { spec: present(state, entry).spec, firedBy, version }));
    }
    case 'pause':
    case 'resume':
      return void (await driver.setPaused(nativeId, step.do === 'pause'));
    case 'stamp': {
      const stamp = stampFor(work.registry.identity, { id: entry.scheduleId, generation: step.generation });
      const { spec } = present(state, entry);
      return void (await driver.setStamp(nativeId, { spec, firedBy, scheduleId: entry.scheduleId, stamp }));
    }
    case 'unstamp':
      return void (await driver.setStamp(nativeId, null));
    case 'remove':
      return void (await driver.remove(nativeId, { stopRuns: step.stopRuns ?? false }));
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

/** Looks for a step's effect until it shows, for at most `within` milliseconds; what was written may be seen late. */
export async function waitFor(
  work: Work,
  entry: JournalEntry,
  step: Step,
  within = VISIBLE_WITHIN_MS,
): ReturnType<typeof prove> {
  const { context, connection, registry } = work;
  return await eventually(
    context.signal,
    within,
    () => prove(connection, registry.identity, entry, step),
    ({ shown }) => shown,
  );
}

/** Looks again, ever more slowly, until `enough` or until `within` milliseconds are over. Gives what was seen last; throws INTERRUPTED. */
export async function eventually<T>(
  signal: AbortSignal,
  within: number,
  look: () => Promise<T>,
  enough: (seen: T) => boolean,
): Promise<T> {
  const until = performance.now() + within;
  for (let pause = 20; ; pause = Math.min(pause * 2, 2_000)) {
    const seen = await look();
    if (enough(seen) || performance.now() >= until) {
      return seen;
    }
    await sleep(pause, signal);
  }
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => {
    throw new SchedError('INTERRUPTED', 'Interrupted.');
  });
}

/** Writes *done* for a step, with the native id that was seen. */
export function markDone(
  work: Work,
  entry: JournalEntry,
  step: number,
  native: NativeSchedule | undefined,
): JournalEntry {
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
): Promise<ScheduleRecord | undefined> {
  const { context, registry, connection } = work;
  const now = context.clock.now();
  const { after } = entry;
  if (after === null || after.desired === 'archived') {
    const gone = after === null ? null : { ...after, nativeId: null };
    return registry.settle(entry, { now, after: gone, baseline: null, nextRun: null, endsAt: null });
  }
  const nativeId = entry.natives[String(after.generation)] ?? after.nativeId;
  // The last step may have removed the old generation: the baseline is what stands now.
  const standing =
    native ?? (nativeId === null ? undefined : await openOnError(work, entry, () => connection.driver.read(nativeId)));
  return registry.settle(entry, {
    now,
    after: { ...after, nativeId },
    baseline: standing === undefined ? null : baselineOf(standing),
    ...horizon(after.spec, after.desired === 'active', connection.manifest, now),
  });
}

/** Runs `look`; when the target cannot be seen the entry stays open, given up, for the next command. */
export async function openOnError<T>(work: Work, entry: JournalEntry, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (isSchedError(error)) {
      work.registry.leaveOpen(entry, error.message, work.context.clock.now());
    }
    throw error;
  }
}

function present(state: ScheduleState | null, entry: JournalEntry): ScheduleState {
  if (state === null) {
    throw new Error(`journal entry ${entry.id} has no state to write`);
  }
  return state;
}
