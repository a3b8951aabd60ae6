/** One occurrence of a schedule that an agent fires: from its turn to its run. */
import type { Connection, Context } from '../../context.js';
import { type ErrorCode, isSchedError } from '../../errors.js';
import type { FiringHolder, OpenOccurrence } from '../../registry/firing.js';
import type { Registry, ScheduleRecord } from '../../registry/registry.js';
import type { Instant, NativeRun } from '../../schedule.js';
import { ON_TIME } from '../../time/due.js';
import { LEASE_MS, REFUSALS, VISIBLE_WITHIN_MS } from '../steps.js';
import { hasEnded } from '../vanished.js';

/** What firing works with. */
export interface Firing {
  readonly context: Pick<Context, 'clock' | 'holder'>;
  readonly registry: Registry;
  /** The orchestrator; throws as `Lane.reach`. */
  reach(): Promise<Connection>;
}

interface Turn extends Firing {
  readonly connection: Connection;
  readonly record: ScheduleRecord;
  readonly nativeId: string;
  readonly occurrence: OpenOccurrence;
}

/** Milliseconds before an occurrence that failed, or has to wait, has its next turn; doubled each time. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** The target has said no before doing anything. */
const REFUSED: readonly ErrorCode[] = [...REFUSALS, 'NOT_FOUND'];

/**
 * Makes an occurrence a run, or finds out what became of it: at most once, whoever dies meanwhile. What fails is put off and thrown; what is
 * another agent's, or nobody's any more, is left alone.
 */
export async function fireOccurrence(firing: Firing, occurrence: OpenOccurrence): Promise<void> {
  const turn = await orPutOff(firing, occurrence, null, () => turnOf(firing, occurrence));
  if (turn !== undefined) {
    await start(turn);
  }
}

/** Undefined when there is nothing to be started now. */
async function turnOf(firing: Firing, occurrence: OpenOccurrence): Promise<Turn | undefined> {
  const connection = await firing.reach();
  const record = firing.registry.scheduleById(occurrence.scheduleId);
  const nativeId = occurrence.nativeId ?? record?.nativeId;
  if (record === undefined || typeof nativeId !== 'string') {
    return undefined;
  }
  const turn = { ...firing, connection, record, nativeId, occurrence };
  if (occurrence.asked === null) {
    return (await mayStart(turn)) ? turn : undefined;
  }
  if (mayRepeat(turn, occurrence.asked)) {
    return turn;
  }
  await findOut(turn, occurrence.asked);
  return undefined;
}

/** Looks at what runs, where that decides. False when the occurrence has its run already, is left out, or has to wait. */
async function mayStart(turn: Turn): Promise<boolean> {
  const { connection, record, registry, occurrence, context } = turn;
  const { at, trigger, scheduleId, tries } = occurrence;
  const alone = record.spec.overlap !== 'allow';
  const looks = connection.manifest.capabilities.includes('runs') && (alone || trigger === 'catchup');
  const seen = looks ? await look(turn) : [];
  const now = context.clock.now();
  const already = seen.find((run) => standsFor(run, occurrence));
  if (already !== undefined) {
    registry.endOccurrence(occurrence, already, { counts: true, now });
    return false;
  }
  const earlier = alone ? goingOn(turn, seen, now) : undefined;
  if (earlier !== undefined && trigger === 'schedule') {
    const reason = `the run ${earlier} still goes on`;
    registry.endOccurrence(occurrence, unseen(turn, 'skipped', reason, now), { counts: false, now });
    return false;
  }
  if (earlier !== undefined) {
    registry.putOffCatchups(scheduleId, now + pauseAfter(tries));
    return false;
  }
  // What is late by now is the catch-up policy's.
  return trigger === 'catchup' || now - at <= ON_TIME;
}

/** The run that keeps an occurrence from starting; one that was just started counts, though the target may not show it yet. */
function goingOn({ registry, record }: Turn, seen: readonly NativeRun[], now: Instant): string | undefined {
  const running = seen.find((run) => !hasEnded(run));
  const last = registry.lastAnswer(record.id);
  const hidden =
    last !== null && now - last.at < VISIBLE_WITHIN_MS && !seen.some(({ nativeId }) => nativeId === last.nativeId);
  return running?.nativeId ?? (hidden ? last.nativeId : undefined);
}

/**
 * Asked again with its key, a target whose client names gives the same run, as long as it surely keeps that run. What is late already has the
 * time to be found out about: meanwhile the policy may have come to want another one.
 */
function mayRepeat({ connection, record, nativeId, context, occurrence }: Turn, asked: Instant): boolean {
  const { nativeIds, capabilities } = connection.manifest;
  return (
    nativeIds === 'client' &&
    (occurrence.trigger === 'schedule' || !capabilities.includes('runs')) &&
    record.desired === 'active' &&
    record.nativeId === nativeId &&
    context.clock.now() - asked <= ON_TIME
  );
}

/** Claims the occurrence and asks for its run. */
async function start(turn: Turn): Promise<void> {
  const { registry, connection, record, nativeId, occurrence, context } = turn;
  const { host, pid } = context.holder;
  const holder = { host, pid };
  const beside = record.spec.overlap === 'allow';
  const now = context.clock.now();
  const held = registry.askFor(occurrence, { nativeId, holder, beside, now, lease: LEASE_MS });
  if (held === undefined) {
    registry.putOffOccurrence(occurrence, { due: now + FIRST_PAUSE, refused: false, holder: null, now });
    return;
  }
  const { at, trigger } = occurrence;
  const request = { key: keyOf(occurrence), parameters: {}, trigger, scheduled: at };
  const run = await orPutOff(turn, occurrence, holder, () => connection.driver.trigger(nativeId, request));
  const kept = { ...run, scheduled: run.scheduled ?? at, trigger };
  registry.endOccurrence(held, kept, { counts: true, now: context.clock.now() });
}

/** Of a run that may have been started: found among the target's runs; else, once it would have shown, not started, or `unknown` for good. */
async function findOut(turn: Turn, asked: Instant): Promise<void> {
  const { registry, connection, occurrence, context } = turn;
  const told = connection.manifest.capabilities.includes('runs');
  const seen = told ? await look(turn) : [];
  const now = context.clock.now();
  const found = seen.find((run) => standsFor(run, occurrence));
  const early = told && Math.abs(now - asked) < VISIBLE_WITHIN_MS;
  if (found === undefined && (early || surelyAbsent(turn, seen, asked))) {
    const due = now + (early ? pauseAfter(occurrence.tries) : 0);
    registry.putOffOccurrence(occurrence, { due, refused: !early, holder: null, now });
    return;
  }
  const lost = unseen(turn, 'unknown', 'nobody saw whether the orchestrator started it', now);
  registry.endOccurrence(occurrence, found ?? lost, { counts: true, now });
}

/**
 * True when a run that is not among those seen was never started: the target tells what its runs stand for, and no newer run can have pushed it
 * out of a history that is cut short.
 */
function surelyAbsent({ connection: { manifest } }: Turn, seen: readonly NativeRun[], asked: Instant): boolean {
  const told = manifest.nativeIds === 'client' && manifest.capabilities.includes('runs');
  return told && (manifest.history === 'full' || seen.every(({ started }) => started !== null && started < asked));
}

/** The runs of the native object; none when it is gone. */
async function look({ connection, nativeId, registry, record }: Turn): Promise<readonly NativeRun[]> {
  const seen: NativeRun[] = [];
  try {
    for await (const run of connection.driver.runs(nativeId, { since: null })) {
      seen.push(run);
    }
  } catch (error) {
    if (!isSchedError(error, 'NOT_FOUND')) {
      throw error;
    }
  }
  registry.saveRuns(seen.map((run) => ({ scheduleId: record.id, run })));
  return seen;
}

/** Does something with the target; where that fails, gives up what `holder` holds until its next turn. */
async function orPutOff<T>(
  { registry, context }: Firing,
  occurrence: OpenOccurrence,
  holder: FiringHolder | null,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const refused = holder !== null && occurrence.asked === null && isSchedError(error, ...REFUSED);
    const pause = isSchedError(error, 'INTERRUPTED') ? 0 : pauseAfter(occurrence.tries);
    const now = context.clock.now();
    registry.putOffOccurrence(occurrence, { due: now + pause, refused, holder, now });
    throw error;
  }
}

function standsFor({ scheduled, trigger }: NativeRun, { at }: OpenOccurrence): boolean {
  return scheduled === at && (trigger === 'schedule' || trigger === 'catchup');
}

/** A run that the target does not know, or may not know. */
function unseen(
  { occurrence: { at, trigger }, occurrence }: Turn,
  status: 'skipped' | 'unknown',
  reason: string,
  now: Instant,
): NativeRun {
  return {
    nativeId: keyOf(occurrence),
    scheduled: at,
    started: null,
    finished: status === 'skipped' ? now : null,
    status,
    trigger,
    exitCode: null,
    reason,
    attempt: 1,
    url: null,
  };
}

/** The same for every agent, and for no other occurrence of any schedule. */
function keyOf({ scheduleId, at }: Pick<OpenOccurrence, 'scheduleId' | 'at'>): string {
  return `${scheduleId}@${new Date(at).toISOString()}`;
}

function pauseAfter(tries: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(tries, 10));
}
