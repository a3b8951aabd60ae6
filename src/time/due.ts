/** Which occurrences of a timetable become runs, and how far they are settled: for whoever fires by the clock. */
import type { CatchupPolicy, Instant, Timetable } from '../schedule.js';
import type { DaylightRule } from './daylight.js';
import { nextInstant, previousInstant } from './occurrences.js';

/** An occurrence found at most this many milliseconds after its time is on time; an older one is missed. */
export const ON_TIME = 60_000;

/** How far the occurrences of a timetable are settled. */
export interface Settled {
  /** Every occurrence up to it is settled. */
  readonly consideredUntil: Instant;
  /** Occurrences up to it are missed, however recent. */
  readonly missedUntil: Instant;
}

/** What decides which occurrences of a timetable become runs. */
export interface DueState extends Settled {
  readonly timetable: Timetable;
  readonly daylight: DaylightRule;
  readonly catchup: CatchupPolicy;
  readonly catchupLimit: number;
  /** Runs of the timetable so far, held against its maximum. */
  readonly fired: number;
}

/** An occurrence that becomes a run. */
export interface DueOccurrence {
  readonly at: Instant;
  readonly trigger: 'schedule' | 'catchup';
}

/**
 * The occurrences after `consideredUntil` and up to `now` that become runs, oldest first: each one that is on time, and of the
 * missed ones what the catch-up policy says (`none`: no one; `last`: the most recent; `all`: the most recent `catchupLimit`).
 * Never walks through more occurrences than it gives back, plus those of the last minute.
 */
export function dueOccurrences(state: DueState, now: Instant): DueOccurrence[] {
  const { timetable, daylight, consideredUntil, missedUntil } = state;
  // The first instant that counts as on time; what lies before it is missed.
  const edge = Math.max(now - ON_TIME, missedUntil + 1);
  const missed: DueOccurrence[] = [];
  const wanted = missedWanted(state);
  let at = wanted === 0 ? null : previousInstant(timetable, daylight, Math.min(edge, now + 1));
  while (at !== null && at > consideredUntil && missed.length < wanted) {
    missed.unshift({ at, trigger: 'catchup' });
    at = previousInstant(timetable, daylight, at);
  }
  const punctual: DueOccurrence[] = [];
  at = nextInstant(timetable, daylight, Math.max(edge - 1, consideredUntil));
  while (at !== null && at <= now) {
    punctual.push({ at, trigger: 'schedule' });
    at = nextInstant(timetable, daylight, at);
  }
  return [...missed, ...punctual].slice(0, runsLeft(state));
}

/** The first occurrence after `consideredUntil`; null when there is none, or the maximum number of runs is reached. */
export function nextDue(state: Pick<DueState, 'timetable' | 'daylight' | 'consideredUntil' | 'fired'>): Instant | null {
  return runsLeft(state) === 0 ? null : nextInstant(state.timetable, state.daylight, state.consideredUntil);
}

/** How many runs the timetable may still have. */
export function runsLeft({ timetable, fired }: Pick<DueState, 'timetable' | 'fired'>): number {
  return timetable.maxRuns === null ? Number.POSITIVE_INFINITY : Math.max(0, timetable.maxRuns - fired);
}

/** How many missed occurrences are caught up with at most. */
export function missedWanted({ catchup, catchupLimit }: Pick<DueState, 'catchup' | 'catchupLimit'>): number {
  return catchup === 'none' ? 0 : catchup === 'last' ? 1 : catchupLimit;
}

/** After a change at `now`: another timetable starts then, and what catch-up `none` has dropped is not brought back by another policy. */
export function settledByChange(
  settled: Settled,
  change: { readonly retimed: boolean; readonly before: CatchupPolicy; readonly after: CatchupPolicy },
  now: Instant,
): Settled {
  const anew = change.retimed || (change.before === 'none' && change.after !== 'none');
  return anew ? { consideredUntil: now, missedUntil: now } : settled;
}

/** After a resume at `now`: what came due during the pause is missed; `none` drops it. */
export function settledByResume(settled: Settled, catchup: CatchupPolicy, now: Instant): Settled {
  return {
    consideredUntil: catchup === 'none' ? Math.max(settled.consideredUntil, now) : settled.consideredUntil,
    missedUntil: Math.max(settled.missedUntil, now),
  };
}
