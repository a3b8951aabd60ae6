import type {
  CatchupPolicy,
  FiredBy,
  Instant,
  Json,
  NativeRun,
  NativeSchedule,
  OverlapPolicy,
  RunKind,
  RunTrigger,
  ScheduleSpec,
  Stamp,
  TimingKind,
} from '../schedule.js';
import type { DaylightRule } from '../time/daylight.js';

/** What every driver call receives: the only road to time, cancellation and the debug log. */
export interface Call {
  readonly signal: AbortSignal;
  now(): Instant;
  debug(message: string): void;
}

/** What is to stand on the orchestrator. */
export interface CreateRequest {
  readonly spec: ScheduleSpec;
  /** What an agent fires stands there unable to fire, whatever this says: its pause is the record's alone. */
  readonly paused: boolean;
  readonly firedBy: FiredBy;
  /** The schedule's whole id, for targets with room for it. */
  readonly scheduleId: string;
  readonly stamp: Stamp & { readonly registry: string; readonly generation: number };
}

export interface UpdateRequest {
  readonly spec: ScheduleSpec;
  readonly firedBy: FiredBy;
  /** From the last read; where the target has versions the write happens only if it still holds, else CONFLICT. */
  readonly version: string | null;
}

/** What is to mark a native object as ours. */
export interface StampRequest {
  readonly spec: ScheduleSpec;
  readonly firedBy: FiredBy;
  /** The schedule's whole id, for targets with room for it. */
  readonly scheduleId: string;
  readonly stamp: Stamp & { readonly registry: string; readonly generation: number };
}

export interface TriggerRequest {
  /** Asked again with the same key, a target whose client names (`nativeIds`) gives the same run. */
  readonly key: string;
  /** Laid over the schedule's own parameters, for this run only. */
  readonly parameters: Readonly<Record<string, Json>>;
  readonly trigger: RunTrigger;
  /** The occurrence that the run stands for; null: none. */
  readonly scheduled: Instant | null;
}

export interface RunQuery {
  /** Only runs scheduled or started at or after it. */
  readonly since: Instant | null;
}

/** How a native object goes. */
export interface Removal {
  /** End what is running too. */
  readonly stopRuns: boolean;
}

/** One native request as it would be sent. */
export interface NativeRequest {
  readonly method: string;
  readonly url: string;
  readonly body: Json;
}

/** One step of a change, to be shown instead of taken. */
export type Rehearsal =
  | { readonly do: 'create'; readonly request: CreateRequest }
  | { readonly do: 'update'; readonly nativeId: string; readonly request: UpdateRequest }
  | { readonly do: 'pause' | 'resume'; readonly nativeId: string }
  | { readonly do: 'remove'; readonly nativeId: string; readonly removal: Removal };

/** A run with the schedule that it belongs to. */
export interface RunOfSchedule {
  readonly nativeId: string;
  readonly run: NativeRun;
}

/** One thing that `check` looked at. */
export interface CheckItem {
  readonly item: string;
  /** False: schedules suffer. Null: it could not be looked at, or is worth a look; never to be counted as fine. */
  readonly ok: boolean | null;
  readonly detail: string;
  readonly hint: string | null;
}

/** What every target can do. Each method is one thing done there; retries, deadlines and limits are the guard's. */
export interface Core {
  /** What tells this target from any other (a UID, an account and region): pinned when registered. */
  identity(call: Call): Promise<string>;
  /** Makes it, stamped. Where the client chooses ids, asking again for the same stamp gives the same native id. Gives the native id. */
  create(request: CreateRequest, call: Call): Promise<string>;
  /** Undefined when the target says that it does not exist. */
  read(nativeId: string, call: Call): Promise<NativeSchedule | undefined>;
  /** Everything on the target that carries a stamp of any registry, all pages, in any order. */
  list(call: Call): AsyncIterable<NativeSchedule>;
  /** Removes it; running work goes on unless told. Already gone is success. */
  remove(nativeId: string, removal: Removal, call: Call): Promise<void>;
  /** Gives back connections and files. */
  close(): Promise<void>;
}

/** What some targets can do. Having the method is the capability. */
export interface Extras {
  /** Changes it in place, keeping its history and its paused state. */
  update(nativeId: string, request: UpdateRequest, call: Call): Promise<void>;
  /** Marks the object as ours, also where it carries another mark; null takes our marks off. Nothing else of it changes; already so is success. */
  setStamp(nativeId: string, request: StampRequest | null, call: Call): Promise<void>;
  /** Stops or restarts it, running work goes on; already so is success. Resuming honours the schedule's catch-up policy. */
  setPaused(nativeId: string, paused: boolean, call: Call): Promise<void>;
  /** Starts one run beside the timetable, also while paused. */
  trigger(nativeId: string, request: TriggerRequest, call: Call): Promise<NativeRun>;
  /** Past and present runs, newest first. */
  runs(nativeId: string, query: RunQuery, call: Call): AsyncIterable<NativeRun>;
  /** The runs of everything that `list` gives, in any order: a few questions where `runs` asks one for each schedule. */
  allRuns(query: RunQuery, call: Call): AsyncIterable<RunOfSchedule>;
  /** A run's output as it was written, from the start. */
  logs(nativeId: string, runId: string, call: Call): AsyncIterable<Uint8Array>;
  /** Schedules on the target that carry no stamp. */
  findForeign(call: Call): AsyncIterable<NativeSchedule>;
  /** The requests of a step as they would be sent, checked by the target where it can; throws what it would answer. Nothing is changed. */
  rehearse(rehearsal: Rehearsal, call: Call): Promise<readonly NativeRequest[]>;
  /** Login, identity, permissions and health, one item each. */
  check(call: Call): AsyncIterable<CheckItem>;
}
export type Capability = keyof Extras;

/** One setting of a connection; a secret is only ever a reference (`env:NAME`, `file:PATH`, `exec:COMMAND`). */
export interface Setting {
  readonly help: string;
  readonly required?: boolean;
  readonly secret?: boolean;
  /** A file; what is typed is taken from the folder in which it is typed. */
  readonly path?: boolean;
}

/** Parts of a spec that not every target has a place for. */
export type OptionalField =
  | 'start'
  | 'end'
  | 'maxRuns'
  | 'timeout'
  | 'retry'
  | 'labels'
  | 'description'
  | 'owner'
  | 'parameters'
  | 'secretEnv'
  | 'resources'
  | 'nodeSelector'
  | 'serviceAccount'
  | 'imagePullSecrets';

/** Whose reading of five fields a target follows: `vixie` is cron(8)'s, `robfig` that of Go's robfig/cron 3, which Kubernetes uses. */
export type CronDialect = 'vixie' | 'robfig';

/** Everything there is to know about a driver without loading it: help, refusals, completion and tables are read from it. */
export interface Manifest {
  readonly flavor: string;
  readonly title: string;
  /** How its object is called in sentences: `cronjob`. */
  readonly noun: string;
  readonly settings: Readonly<Record<string, Setting>>;
  readonly capabilities: readonly Capability[];
  readonly runs: readonly RunKind[];
  readonly fields: readonly OptionalField[];
  readonly timing: {
    readonly kinds: readonly TimingKind[];
    readonly cron: CronDialect;
    readonly timezones: 'any' | 'utc' | 'host';
    readonly shortestSeconds: number;
    /** What the orchestrator does in the zone's gaps and folds. */
    readonly daylight: DaylightRule;
  };
  readonly catchup: { readonly accepts: readonly CatchupPolicy[]; readonly default: CatchupPolicy };
  readonly overlap: { readonly accepts: readonly OverlapPolicy[]; readonly default: OverlapPolicy };
  /** The one pace at which it retries, of what `retry` asks for; null: any. */
  readonly retryPace: { readonly delaySeconds: number; readonly factor: number } | null;
  /** `{scheduled_time}` and its like are filled in for each run. */
  readonly placeholders: boolean;
  /** Running work can be ended when a schedule is removed. */
  readonly stopsRuns: boolean;
  /** Who names native objects and runs; a server that does so may make two when an answer is lost. */
  readonly nativeIds: 'client' | 'server';
  readonly stamp: 'full' | 'id';
  /** How far run history reaches. */
  readonly history: 'full' | 'recent' | 'guess' | 'none';
  /** Projection fields that the target cannot give back. */
  readonly notComparable: readonly string[];
  /** Nothing fires without `sched agent`. */
  readonly needsAgent: boolean;
  /** How many calls at once are polite. */
  readonly concurrency: number;
}

/** A driver has exactly the extras that its manifest names: no fewer, no more. */
export type DriverOf<M extends Manifest> = Core &
  Pick<Extras, M['capabilities'][number]> & { readonly [K in Exclude<Capability, M['capabilities'][number]>]?: never };

/** Any driver, as the guard takes it; everybody else sees `GuardedDriver`. */
export type Driver = Core & Partial<Extras>;

/** What a driver may know of the program around it: it reads neither the process's environment nor the command line. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A PEM file whose certificates are trusted beside those that the target is known by (`--ca-file`), absolute. */
  readonly caFile: string | undefined;
}

/** Builds a driver for one orchestrator. No input or output happens here: the first call connects. */
export type Connect<M extends Manifest = Manifest> = (
  settings: Readonly<Record<string, string>>,
  surroundings: Surroundings,
) => DriverOf<M>;
