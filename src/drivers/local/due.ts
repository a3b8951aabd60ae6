import type { CatchupPolicy, Instant, Timetable } from '../../schedule.js';
import { nextInstant, previousInstant } from '../../time/occurrences.js';
import { manifest } from './manifest.js';

/** An occurrence found at most this many milliseconds after its time is on time; an older one is missed. */
const ON_TIME = 60_000;

/** What decides which occurrences of a timetable become runs. */
export interface DueState {
  readonly timetable: Timetable;
  readonly catchup: CatchupPolicy;
  readonly catchupLimit: number;
  /** Every occurrence up to it is settled. */
  readonly consideredUntil: Instant;
  /** Occurrences up to it are missed, however recent. */
  readonly missedUntil: Instant;
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
  const { timetable, consideredUntil, missedUntil } = state;
  // The first instant that counts as on time; what lies before it is missed.
  const edge = Math.max(now - ON_TIME, missedUntil + 1);
  const missed: DueOccurrence[] = [];
  const wanted = missedWanted(state);
  let at = wanted === 0 ? null : previousInstant(timetable, manifest.timing.daylight, Math.min(edge, now + 1));
  while (at !== null && at > consideredUntil && missed.length < wanted) {
    missed.unshift({ at, trigger: 'catchup' });
    at = previousInstant(timetable, manifest.timing.daylight, at);
  }
  const punctual: DueOccurrence[] = [];
  at = nextInstant(timetable, manifest.timing.daylight, Math.max(edge - 1, consideredUntil));
  while (at !== null && at <= now) {
    punctual.push({ at, trigger: 'schedule' });
    at = nextInstant(timetable, manifest.timing.daylight, at);
  }
  return [...missed, ...punctual].slice(0, runsLeft(state));
}

/** The first occurrence after `consideredUntil`; null when there is none, or the maximum number of runs is reached. */
export function nextDue(state: Pick<DueState, 'timetable' | 'consideredUntil' | 'fired'>): Instant | null {
  if (runsLeft(state) === 0) {
    return null;
  }
  return nextInstant(state.timetable, manifest.timing.daylight, state.consideredUntil);
}

/** How many runs the timetable may still have. */
export function runsLeft({ timetable, fired }: Pick<DueState, 'timetable' | 'fired'>): number {
  return timetable.maxRuns === null ? Number.POSITIVE_INFINITY : Math.max(0, timetable.maxRuns - fired);
}

function missedWanted({ catchup, catchupLimit }: DueState): number {
  return catchup === 'none' ? 0 : catchup === 'last' ? 1 : catchupLimit;
}
