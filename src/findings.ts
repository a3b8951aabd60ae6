/** What an audit can say, as data. */
import type { NativeDifference } from './projection.js';
import type { Instant } from './schedule.js';

/** Every class, with the exit status it causes (0: none) and what it means. */
export const CLASSES = {
  managed: { exit: 0, meaning: 'as it should be' },
  drifted: { exit: 10, meaning: 'stands on the orchestrator otherwise than written' },
  missing: { exit: 10, meaning: 'recorded, but gone from the orchestrator' },
  orphan: { exit: 10, meaning: 'ours on the orchestrator, but not recorded' },
  duplicate: { exit: 10, meaning: 'a second object of the same schedule' },
  unfinished: { exit: 10, meaning: 'a change was begun and not ended' },
  elsewhere: { exit: 0, meaning: 'another registry’s' },
  foreign: { exit: 0, meaning: 'nobody’s of ours' },
  unattended: { exit: 11, meaning: 'needs an agent, and none is running' },
  expired: { exit: 0, meaning: 'has no occurrence left' },
  invalid: { exit: 10, meaning: 'cannot fire as it stands' },
  unused: { exit: 0, meaning: 'long paused' },
  unchecked: { exit: 8, meaning: 'could not be looked at' },
  late: { exit: 11, meaning: 'started more than a minute late' },
  missed: { exit: 11, meaning: 'did not run when due' },
  failing: { exit: 11, meaning: 'its last runs failed' },
  overrunning: { exit: 0, meaning: 'still running when the next one was due' },
  skipped: { exit: 0, meaning: 'left out because the one before still ran' },
  never_ran: { exit: 11, meaning: 'was due and has never run' },
  inconclusive: { exit: 0, meaning: 'cannot be told from the history there is' },
} as const satisfies Record<string, { exit: number; meaning: string }>;

export type FindingClass = keyof typeof CLASSES;

export interface Finding {
  readonly class: FindingClass;
  readonly scheduleId: string | null;
  readonly name: string | null;
  readonly orchestrator: string;
  readonly nativeId: string | null;
  /** Field by field; `expected` is the record's value. */
  readonly fields: readonly NativeDifference[];
  readonly detail: string;
  /** The earliest moment it speaks of. */
  readonly since: Instant | null;
  readonly count: number;
  readonly hint: string | null;
}

/** A finding of which only the named parts matter. */
export function finding(
  kind: FindingClass,
  orchestrator: string,
  detail: string,
  parts: Partial<Omit<Finding, 'class' | 'orchestrator' | 'detail'>> = {},
): Finding {
  return {
    class: kind,
    scheduleId: null,
    name: null,
    orchestrator,
    nativeId: null,
    fields: [],
    detail,
    since: null,
    count: 1,
    hint: null,
    ...parts,
  };
}

/** How far an audit got on one orchestrator. */
export interface Coverage {
  readonly orchestrator: string;
  readonly flavor: string;
  readonly checked: number;
  readonly unchecked: number;
  /** Why it could not be looked at. */
  readonly error: string | null;
  readonly hint: string | null;
}

export interface AuditReport {
  readonly at: Instant;
  readonly since: Instant;
  readonly coverage: readonly Coverage[];
  readonly findings: readonly Finding[];
  readonly figures: {
    readonly checked: number;
    readonly unchecked: number;
    readonly onlyHere: number;
    readonly onlyThere: number;
    readonly driftedFields: number;
    /** (only here + only there) over the union, in percent. */
    readonly drift: number;
    readonly notComparable: number;
  };
}
