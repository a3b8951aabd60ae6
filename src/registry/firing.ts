/** What the registry keeps for agents that fire schedules of other orchestrators: how far each is settled, and what is being fired. */
import type { Instant, NativeRun } from '../schedule.js';
import type { DueOccurrence, Settled } from '../time/due.js';

/** How far the occurrences of a schedule are settled, at a revision of its record. */
export interface FiringState extends Settled {
  readonly scheduleId: string;
  readonly revision: number;
  /** Runs of the timetable so far, held against its maximum. */
  readonly fired: number;
}

/** An occurrence that is to become a run, or may have become one. */
export interface OpenOccurrence extends DueOccurrence {
  readonly scheduleId: string;
  /** When the target was first asked for its run, while what it answered is not known; null: it was not asked, or refused. */
  readonly asked: Instant | null;
  /** The native object that was asked. */
  readonly nativeId: string | null;
  /** How often it was put off. */
  readonly tries: number;
}

/** A schedule with runs that have not ended, as far as is known. */
export interface UnendedRuns {
  readonly scheduleId: string;
  readonly nativeId: string;
  /** When the oldest of them was due or started; null: not known. */
  readonly since: Instant | null;
}

/** The process that asks for a run. */
export interface FiringHolder {
  readonly host: string;
  readonly pid: number;
}

/** The units of work of agents. Each occurrence is noted once and asked for by one agent at a time, however many there are. */
export interface FiringStore {
  /** Active schedules that are to be looked at, the most overdue first. */
  dueFirings(now: Instant, limit: number): readonly FiringState[];
  /** Puts off the look at a schedule that cannot be read, so that others have their turn. */
  putOffFiring(scheduleId: string, until: Instant): void;
  /** Settles a schedule up to `now`. False, and nothing is noted, when another agent was faster or the record has changed. */
  noteOccurrences(
    state: FiringState,
    noted: { readonly occurrences: readonly DueOccurrence[]; readonly now: Instant; readonly next: Instant | null },
  ): boolean;
  /** What was due before `edge` and is not asked for yet is missed: its catch-up policy decides what is left of it. */
  missOverdue(edge: Instant, now: Instant): void;
  /** Gives up what processes of this host hold that are provably dead. */
  freeOccurrences(now: Instant): void;
  /** Ids of the orchestrators that agent-fired schedules stand on. */
  firingOrchestrators(): readonly string[];
  /** What may be dealt with now on an orchestrator: first what may have become a run, then what is on time, then the rest. */
  openOccurrences(orchestratorId: string, now: Instant, limit: number): readonly OpenOccurrence[];
  /**
   * Claims an occurrence, on the disk when it returns: the target is asked next. Undefined when it is held by another agent, is not open any
   * more, its schedule is paused or stands elsewhere, or (without `beside`) another run of it is being asked for.
   */
  askFor(
    occurrence: OpenOccurrence,
    by: {
      readonly nativeId: string;
      readonly holder: FiringHolder;
      readonly beside: boolean;
      readonly now: Instant;
      /** Milliseconds. */
      readonly lease: number;
    },
  ): OpenOccurrence | undefined;
  /**
   * Gives up what `holder` holds (null: what nobody holds any more) until `due`; `refused`: it is certain that the target did nothing. What
   * another agent has taken over is left alone.
   */
  putOffOccurrence(
    occurrence: OpenOccurrence,
    until: {
      readonly due: Instant;
      readonly refused: boolean;
      readonly holder: FiringHolder | null;
      readonly now: Instant;
    },
  ): void;
  /** Catch-ups of a schedule wait until `due`: an earlier run goes on. */
  putOffCatchups(scheduleId: string, due: Instant): void;
  /** Keeps the run that an occurrence became and closes it; `counts`: against the maximum of runs. */
  endOccurrence(
    occurrence: OpenOccurrence,
    run: NativeRun,
    end: { readonly counts: boolean; readonly now: Instant },
  ): void;
  /** The run that the target gave last for a schedule, and when. */
  lastAnswer(scheduleId: string): { readonly nativeId: string; readonly at: Instant } | null;
  /** Agent-fired schedules of an orchestrator with runs that have not ended. */
  unendedRuns(orchestratorId: string): readonly UnendedRuns[];
}
