/**
 * What the registry keeps and does. Every method is one whole unit of work (one transaction), synchronous, and safe beside
 * other processes; none of them knows a driver. Errors are `SchedError`: REGISTRY when the file cannot be used.
 */
import type { FiredBy, Instant, NativeRun, Projection, RunStatus, RunTrigger, ScheduleSpec } from '../schedule.js';
import type { FiringStore } from './firing.js';

export interface OrchestratorRecord {
  readonly id: string;
  readonly name: string;
  readonly flavor: string;
  readonly settings: Readonly<Record<string, string>>;
  /** The target's identity as first seen; null until a command has reached it. */
  readonly identity: string | null;
  readonly isDefault: boolean;
  readonly created: Instant;
  readonly updated: Instant;
}

export type Desired = 'active' | 'paused' | 'archived';
export type Lifecycle = 'creating' | 'ready' | 'updating' | 'deleting' | 'broken';

/** Who paused a schedule, why, and until when. */
export interface PauseNote {
  readonly by: string;
  readonly at: Instant;
  readonly reason: string | null;
  readonly until: Instant | null;
}

/** The versioned part of a record: what a revision keeps before and after, and what undo brings back. */
export interface ScheduleState {
  readonly spec: ScheduleSpec;
  readonly desired: Desired;
  readonly pause: PauseNote | null;
  /** Who starts its runs; an agent does so by a native object that stands still. */
  readonly firedBy: FiredBy;
  readonly orchestratorId: string;
  readonly generation: number;
  readonly nativeId: string | null;
}

export interface ScheduleRecord extends ScheduleState {
  readonly id: string;
  /** Of what the orchestrator's record says; kept as text so that an archived schedule outlives its orchestrator. */
  readonly orchestrator: string;
  readonly flavor: string;
  readonly lifecycle: Lifecycle;
  readonly origin: 'created' | 'adopted';
  /** Counts the changes of this schedule, from 1. */
  readonly revision: number;
  /** What the orchestrator showed after the last write of ours. */
  readonly baseline: Projection | null;
  readonly nextRun: Instant | null;
  /** No occurrence after it: once, end time, or maximum runs reached; null when open-ended. */
  readonly endsAt: Instant | null;
  readonly lastRun: RunRecord | null;
  readonly created: Instant;
  readonly updated: Instant;
  readonly user: string;
}

export interface RunRecord extends NativeRun {
  readonly scheduleId: string;
  readonly schedule: string;
  readonly pipeline: string;
  readonly orchestrator: string;
}

/** One native call of a mutation, fixed before the first is made. `generation` says which native object it is about. */
export type Step =
  | { readonly do: 'create'; readonly generation: number; readonly paused: boolean }
  /** `carried`: fields that the target shows otherwise than the spec can say; they are left as they are. */
  | { readonly do: 'update'; readonly generation: number; readonly carried?: readonly string[] }
  | { readonly do: 'pause' | 'resume' | 'stamp' | 'unstamp'; readonly generation: number }
  | { readonly do: 'remove'; readonly generation: number; readonly stopRuns?: boolean };

/** An open mutation. */
export interface JournalEntry {
  readonly id: string;
  readonly change: number;
  readonly verb: string;
  readonly scheduleId: string;
  readonly scheduleName: string;
  readonly before: ScheduleState | null;
  /** What the record is to say when all steps are done; null: purged (`--hard`). */
  readonly after: ScheduleState | null;
  readonly steps: readonly Step[];
  /** Index of the step that `phase` speaks of. */
  readonly step: number;
  readonly phase: 'about' | 'done' | 'none';
  /** Native ids by generation, as far as known. */
  readonly natives: Readonly<Record<string, string>>;
  readonly holder: Holder;
  readonly leaseUntil: Instant;
  readonly started: Instant;
  /** The error that left it open; null while it is being carried out. */
  readonly error: string | null;
}

/** The process that carries out a mutation. */
export interface Holder {
  readonly actor: string;
  readonly host: string;
  readonly pid: number;
}

export interface BeginRequest {
  readonly change: number;
  readonly verb: string;
  readonly steps: readonly Step[];
  readonly holder: Holder;
  readonly now: Instant;
  /** Milliseconds that the lease lasts; every `mark` renews it. */
  readonly lease: number;
  readonly schedule: NewSchedule | ExistingSchedule;
  readonly after: ScheduleState | null;
}

/** Inserts the row as `creating`; CONFLICT when the name is taken by a schedule that is not archived. */
export interface NewSchedule {
  readonly kind: 'new';
  readonly id: string;
  readonly origin: 'created' | 'adopted';
}

/** CONFLICT when the row's revision is not `revision` any more. */
export interface ExistingSchedule {
  readonly kind: 'existing';
  readonly id: string;
  readonly revision: number;
  readonly lifecycle: 'updating' | 'deleting' | 'creating';
}

/** What a finished mutation writes. */
export interface Settlement {
  readonly now: Instant;
  /** Null purges the row, its revisions and runs, and leaves a tombstone. */
  readonly after: ScheduleState | null;
  readonly baseline: Projection | null;
  readonly nextRun: Instant | null;
  readonly endsAt: Instant | null;
  /** Leaves a tombstone that says why the native object is not ours any more. */
  readonly tombstone?: 'purged' | 'kept-native';
}

export interface ChangeRecord {
  readonly number: number;
  readonly verb: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly at: Instant;
  readonly revisions: readonly RevisionRecord[];
}

export interface RevisionRecord {
  readonly change: number;
  readonly scheduleId: string;
  readonly schedule: string;
  readonly revision: number;
  readonly before: ScheduleState | null;
  readonly after: ScheduleState | null;
}

/** From `at` on a schedule was as `state` says, until its next turn. */
export interface Turn {
  readonly at: Instant;
  readonly state: ScheduleState;
}

export type FilterOperator =
  | 'equals'
  | 'notequals'
  | 'startswith'
  | 'contains'
  | 'endswith'
  | 'oneof'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'in';

/** One condition of a list, already checked and typed: instants as numbers, booleans as booleans. */
export interface Filter {
  readonly field: ScheduleField;
  readonly operator: FilterOperator;
  readonly value: string | number | boolean | null | readonly (string | number)[];
}

/** What a list can be filtered and sorted by. */
export const SCHEDULE_FIELDS = {
  id: 'uuid',
  name: 'text',
  pipeline: 'text',
  pipeline_id: 'uuid',
  orchestrator: 'text',
  orchestrator_id: 'uuid',
  flavor: 'text',
  project: 'text',
  user: 'text',
  owner: 'text',
  timezone: 'text',
  cron_expression: 'text',
  interval_second: 'number',
  catchup: 'boolean',
  active: 'boolean',
  is_archived: 'boolean',
  created: 'instant',
  updated: 'instant',
  start_time: 'instant',
  end_time: 'instant',
  run_once_start_time: 'instant',
  next_run_time: 'instant',
  last_run_time: 'instant',
  native_id: 'text',
  state: 'text',
} as const satisfies Record<string, 'uuid' | 'text' | 'number' | 'boolean' | 'instant'>;
export type ScheduleField = keyof typeof SCHEDULE_FIELDS;

/** kubectl's label conditions: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`; all must hold. */
export interface LabelCondition {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'absent';
  readonly values: readonly string[];
}

export interface ScheduleQuery {
  readonly filters: readonly Filter[];
  readonly logical: 'and' | 'or';
  readonly labels: readonly LabelCondition[];
  readonly sort: { readonly field: ScheduleField; readonly descending: boolean };
  readonly archived: 'true' | 'false' | 'both';
  /** From 1. */
  readonly page: number;
  readonly size: number;
  /** For `active` and `ended`. */
  readonly now: Instant;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly page: number;
  readonly size: number;
}

export interface RunFilter {
  readonly scheduleId?: string;
  readonly pipeline?: string;
  readonly orchestrator?: string;
  readonly statuses?: readonly RunStatus[];
  readonly triggers?: readonly RunTrigger[];
  readonly since?: Instant;
  readonly limit: number;
}

export interface Tombstone {
  readonly scheduleId: string;
  readonly name: string;
  readonly orchestratorId: string;
  readonly nativeId: string | null;
  readonly generation: number;
  readonly why: 'purged' | 'kept-native';
  readonly at: Instant;
}

export interface Registry extends FiringStore {
  readonly file: string;
  /** 8 characters of lower-case base32, in every stamp; survives backup and restore. */
  readonly identity: string;

  orchestrators(): readonly OrchestratorRecord[];
  orchestrator(name: string): OrchestratorRecord | undefined;
  orchestratorById(id: string): OrchestratorRecord | undefined;
  /** CONFLICT when the name is taken. The first default moves when `isDefault` is set. */
  addOrchestrator(record: Omit<OrchestratorRecord, 'created' | 'updated'>, now: Instant): void;
  changeOrchestrator(
    name: string,
    patch: Partial<Pick<OrchestratorRecord, 'name' | 'settings' | 'identity' | 'isDefault'>>,
    now: Instant,
  ): void;
  /** CONFLICT, with how many, while schedules that are not archived use it. */
  removeOrchestrator(name: string): void;

  /**
   * By exact name among what is not archived, full id, or id prefix of 6 or more characters (archived ones only by id or their exact
   * name when nothing live has it). NOT_FOUND with the nearest names; AMBIGUOUS with the candidates in `detail`.
   */
  schedule(nameOrId: string): ScheduleRecord;
  scheduleById(id: string): ScheduleRecord | undefined;
  schedules(query: ScheduleQuery): Page<ScheduleRecord>;
  /** Names (not archived) that begin with `prefix`, sorted. */
  scheduleNames(prefix: string, limit: number): readonly string[];

  startChange(change: { verb: string; actor: string; reason: string | null; at: Instant }): number;
  /** Newest first, of one schedule or of all. */
  changes(filter: { scheduleId?: string; limit: number }): readonly ChangeRecord[];
  change(number: number): ChangeRecord | undefined;
  /** How these schedules were since an instant, by schedule, oldest first: the state at that instant and each one after it. */
  turns(scheduleIds: readonly string[], since: Instant): ReadonlyMap<string, readonly Turn[]>;

  /** Opens a mutation. CONFLICT when the schedule has an open entry (naming its holder), is changed meanwhile, or the name is taken. */
  begin(request: BeginRequest): JournalEntry;
  /** Writes *about to* or *done* for a step and renews the lease; CONFLICT when another process has taken the entry over. */
  mark(
    entry: JournalEntry,
    mark: { step: number; phase: 'about' | 'done'; nativeId?: string; now: Instant; lease: number },
  ): JournalEntry;
  /** Writes the record and its revision and closes the entry, in one. */
  settle(entry: JournalEntry, settlement: Settlement): ScheduleRecord | undefined;
  /** Nothing happened natively: puts the record back as it was before (a row that the entry inserted goes) and closes the entry. */
  rollBack(entry: JournalEntry, now: Instant): void;
  /** Leaves the entry open with the error, the lease given up. */
  leaveOpen(entry: JournalEntry, error: string, now: Instant): void;
  openEntries(scheduleId?: string): readonly JournalEntry[];
  /** Takes an entry whose lease has run out or was given up; CONFLICT naming the holder otherwise. */
  takeOver(entry: JournalEntry, holder: Holder, now: Instant, lease: number): JournalEntry;
  /** Changes a record where nothing native changes (rename, pause note) and writes the revision. CONFLICT as `begin`. */
  revise(change: number, id: string, revision: number, after: ScheduleState, now: Instant): ScheduleRecord;
  /** What the target showed, without a revision: drift accepted or baselines refreshed by an audit. */
  noteBaseline(id: string, baseline: Projection): void;
  noteNext(notes: readonly { id: string; nextRun: Instant | null; endsAt: Instant | null }[]): void;

  /** Paused schedules whose pause ends at or before `now`. */
  pausesDue(now: Instant): readonly ScheduleRecord[];

  /** An agent that serves this registry is alive at `at`. */
  noteHeartbeat(at: Instant): void;
  /** When an agent was last seen alive; null: never. */
  lastHeartbeat(): Instant | null;

  /** Inserts or updates by (schedule, native id) and moves each schedule's last run. */
  saveRuns(runs: readonly { scheduleId: string; run: NativeRun }[]): void;
  /** Newest first. */
  runs(filter: RunFilter): readonly RunRecord[];
  /** Runs of these schedules, newest first: those since an instant, and older ones that have not ended. */
  recentRuns(scheduleIds: readonly string[], since: Instant): readonly RunRecord[];
  tombstones(orchestratorId: string): readonly Tombstone[];

  /** `PRAGMA integrity_check` and the registry's own rules; one line per problem, none when all is well. */
  check(): readonly string[];
  /** A consistent copy (SQLite's online backup) at `file`, 0600; CONFLICT when it exists. */
  backup(file: string): Promise<void>;
  /** Gives back space and drops runs older than the retention. Bytes before and after. */
  compact(): { readonly before: number; readonly after: number };
  close(): void;
}
