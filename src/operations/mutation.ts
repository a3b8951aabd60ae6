/**
 * Every change of a native object goes through here: the steps are fixed before the first, each is one native call whose effect
 * a read can prove, and the journal says *about to* and *done* around each. Killed anywhere, `heal` finds out which.
 */
import type { Context } from '../context.js';
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
import { baselineOf } from './stamps.js';
import { advance, LEASE_MS, markDone, openOnError, VISIBLE_WITHIN_MS, type Work, waitFor } from './steps.js';
import { horizon } from './timetable.js';

export interface Intent {
  readonly change: number;
  readonly verb: string;
  readonly schedule: NewSchedule | ExistingSchedule;
  readonly steps: readonly Step[];
  readonly after: ScheduleState | null;
}

/**
 * Carries an intent out and gives the record as it stands afterwards (undefined when it was purged). Throws CONFLICT when
 * somebody else is at it, what the target refused with when nothing happened, and UNAVAILABLE with the entry left open when
 * it cannot be known what happened.
 */
export async function carryOut(work: Work, intent: Intent): Promise<ScheduleRecord | undefined> {
  const { context, registry } = work;
  const request: BeginRequest = { ...intent, holder: context.holder, now: context.clock.now(), lease: LEASE_MS };
  const entry = registry.begin(request);
  return await advance(work, entry, 0);
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
 * Records what stands on an orchestrator already: no step, no call; `native` is as it was read just now. Throws CONFLICT when the name is
 * taken. Killed in between, nothing is recorded.
 */
export function enter(
  { context, registry, connection }: Work,
  {
    native,
    ...intent
  }: Omit<Intent, 'steps' | 'after'> & { readonly after: ScheduleState; readonly native: NativeSchedule },
): ScheduleRecord | undefined {
  const now = context.clock.now();
  const entry = registry.begin({ ...intent, steps: [], holder: context.holder, now, lease: LEASE_MS });
  const { after } = intent;
  const ahead = horizon(after.spec, after.desired === 'active', connection.manifest, now);
  return registry.settle(entry, { now, after, baseline: baselineOf(native), ...ahead });
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
  const proof = await openOnError(work, entry, () => waitFor(work, entry, step, patience(work, entry)));
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

/**
 * How long an effect that is not seen may still turn up, in milliseconds: where the server names objects, reads run behind writes, and
 * concluding too early would leave an object that nobody knows. Elsewhere one look decides.
 */
function patience({ context, connection }: Work, entry: JournalEntry): number {
  return connection.manifest.nativeIds === 'server'
    ? Math.max(0, entry.started + VISIBLE_WITHIN_MS - context.clock.now())
    : 0;
}
