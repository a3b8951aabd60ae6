/**
 * The nouns of the program: what a schedule is, what it runs, and how it is compared.
 * Nothing here does anything; every layer may read it.
 */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A cron expression as typed (five fields or a macro), read as Vixie cron reads it, in the timetable's zone. */
export interface CronTiming {
  readonly kind: 'cron';
  readonly expression: string;
}

export const UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month'] as const;
export type Unit = (typeof UNITS)[number];

/**
 * Every `count` units from `anchor`. Seconds, minutes and hours are elapsed time; days, weeks and months are calendar
 * steps in the timetable's zone, counted from the anchor and clamped to the month's end.
 */
export interface IntervalTiming {
  readonly kind: 'interval';
  readonly count: number;
  readonly unit: Unit;
  readonly anchor: Instant;
  /** Weekdays (0 Sunday … 6) when the unit is `week`, days of the month (1 … 31) when it is `month`; empty: the anchor's own. */
  readonly on: readonly number[];
  /** Local times of day `HH:MM` when the unit is `day`, `week` or `month`; empty: the anchor's own. */
  readonly times: readonly string[];
}

/** One occurrence. */
export interface OnceTiming {
  readonly kind: 'once';
  readonly at: Instant;
}

/** A run for each new or modified file directly inside a folder; subfolders do not count. */
export interface ChangeTiming {
  readonly kind: 'change';
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly pollSeconds: number;
  /** The parameter that receives the file's path. */
  readonly parameter: string;
}

/** A dialect's own text, carried verbatim on its own flavor only; its occurrences are not known here. */
export interface NativeTiming {
  readonly kind: 'native';
  readonly dialect: string;
  readonly text: string;
}

export type Timing = CronTiming | IntervalTiming | OnceTiming | ChangeTiming | NativeTiming;
export type TimingKind = Timing['kind'];

/** When a schedule is due: everything that the time engine needs. */
export interface Timetable {
  readonly timing: Timing;
  /** IANA name. */
  readonly timezone: string;
  /** Inclusive; occurrences before it do not count. */
  readonly start: Instant | null;
  /** Inclusive; occurrences after it do not count. */
  readonly end: Instant | null;
  readonly maxRuns: number | null;
}

/** A program with its arguments, never a shell line. */
export interface CommandRun {
  readonly kind: 'command';
  readonly argv: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A value that the target keeps: one key of one of its secrets. */
export interface SecretReference {
  readonly secret: string;
  readonly key: string;
}

/** Amounts in the target's own spelling (`cpu: 500m`, `memory: 2Gi`), by resource. */
export interface Resources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

export interface ContainerRun {
  readonly kind: 'container';
  readonly image: string;
  /** The command with its arguments; empty: the image's own. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Environment variables whose values the target fills in from its secrets. */
  readonly secretEnv: Readonly<Record<string, SecretReference>>;
  readonly resources: Resources;
  /** Labels of the nodes that it may run on. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** The identity that it runs as; null: the orchestrator's setting, else the target's default. */
  readonly serviceAccount: string | null;
  readonly imagePullSecrets: readonly string[];
}

/** The target's own description of a run (a Job template), carried as it is; variables are filled in already. */
export interface TemplateRun {
  readonly kind: 'template';
  readonly template: { readonly [key: string]: Json };
}

/** Something that exists on the orchestrator already (a DAG, a pipeline, a job). */
export interface ReferenceRun {
  readonly kind: 'reference';
  readonly id: string;
}

export type RunSpec = CommandRun | ContainerRun | ReferenceRun | TemplateRun;
export type RunKind = RunSpec['kind'];

export const CATCHUP_POLICIES = ['none', 'last', 'all'] as const;
export type CatchupPolicy = (typeof CATCHUP_POLICIES)[number];
export const OVERLAP_POLICIES = ['allow', 'forbid', 'replace'] as const;
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number];

/** What to do when a run fails: `count` further attempts, the first after `delaySeconds`, each next one `factor` times later. */
export interface RetryPolicy {
  readonly count: number;
  readonly delaySeconds: number;
  readonly factor: number;
}

/** What the user asked for. A driver carries all of it to its orchestrator or refuses it. */
export interface ScheduleSpec extends Timetable {
  readonly name: string;
  readonly pipeline: string;
  readonly catchup: CatchupPolicy;
  /** At most this many runs when `catchup` is `all`. */
  readonly catchupLimit: number;
  readonly overlap: OverlapPolicy;
  readonly run: RunSpec;
  readonly parameters: Readonly<Record<string, Json>>;
  /** A run is ended after this long; null: never. */
  readonly timeoutSeconds: number | null;
  readonly retry: RetryPolicy | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string | null;
  readonly owner: string | null;
}

/**
 * A schedule as flat, comparable fields under the names that users see. Built from a spec by `project` and from a native
 * object by its driver; drift is the difference of two projections. A field that a target cannot give back is absent.
 */
export type Projection = Readonly<Record<string, Json>>;

/** The native object as the orchestrator shows it. */
export interface NativeSchedule {
  readonly nativeId: string;
  readonly stamp: Stamp | null;
  readonly paused: boolean;
  readonly projection: Projection;
  /** What makes a write conditional (resourceVersion, sha); null where the target has none. */
  readonly version: string | null;
  /** A link to the object in its own user interface. */
  readonly url: string | null;
  /** Who wrote a projected field last, where the target tells and it was not sched. */
  readonly changedBy?: Readonly<Record<string, Author>>;
  /** What others set on the object and sched neither compares nor touches, as paths in the target's words. */
  readonly foreignFields?: readonly string[];
  /** What made an object that is not ours, where it tells (`zenml`, `helm`). */
  readonly madeBy?: string;
  /** The vendor's own commands that tell more about it, ready to paste. */
  readonly commands?: readonly string[];
}

/** Somebody who wrote a field, as the target calls them. */
export interface Author {
  readonly name: string;
  readonly at: Instant | null;
}

/** Who starts runs: the orchestrator itself, or an agent for which the native object is a template that cannot fire. */
export const FIRED_BY = ['orchestrator', 'agent'] as const;
export type FiredBy = (typeof FIRED_BY)[number];

/** What marks a native object as ours; `generation` and `registry` are null where a target has room for less. */
export interface Stamp {
  /** 8 characters of lower-case base32: the registry that made it. */
  readonly registry: string | null;
  /** 12 characters of lower-case base32: the first 60 bits of the schedule's id. */
  readonly schedule: string;
  readonly generation: number | null;
}

export const RUN_STATUSES = [
  'pending',
  'running',
  'succeeded',
  'failed',
  'timed_out',
  'stopped',
  'skipped',
  'unknown',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export const RUN_TRIGGERS = ['schedule', 'manual', 'backfill', 'catchup'] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

/** One execution as the orchestrator reports it. */
export interface NativeRun {
  readonly nativeId: string;
  /** The occurrence that it stands for; null for a run triggered by hand. */
  readonly scheduled: Instant | null;
  readonly started: Instant | null;
  readonly finished: Instant | null;
  readonly status: RunStatus;
  readonly trigger: RunTrigger;
  readonly exitCode: number | null;
  /** Why it ended so, in the target's words. */
  readonly reason: string | null;
  readonly attempt: number;
  readonly url: string | null;
}
