import type { Clock } from './clock.js';
import type { Manifest } from './drivers/driver.js';
import type { GuardedDriver } from './drivers/guard.js';
import type { Holder, OrchestratorRecord, Registry } from './registry/registry.js';

/** A driver behind the guard, with the manifest that describes it. */
export interface Connection {
  readonly orchestrator: OrchestratorRecord;
  readonly manifest: Manifest;
  readonly driver: GuardedDriver;
}

/** What an operation may use. Every field is built when first asked for; nothing opens before. */
export interface Context {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Aborted when somebody who asked for an end asks again. */
  readonly terminate: AbortSignal;
  readonly holder: Holder;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The zone of what names none, and where it was found (`SCHED_TIMEZONE`, `sched.yaml`, the machine). */
  readonly timezone: { readonly name: string; readonly source: string };
  /** A person can be asked. */
  readonly interactive: boolean;
  readonly debug: (message: string) => void;
  /** The registry, opened for writing when it can be. */
  registry(): Promise<Registry>;
  /** The orchestrator's driver behind the guard; UNSUPPORTED when the flavor is not built. Closed when the command ends. */
  connect(orchestrator: OrchestratorRecord): Promise<Connection>;
  /** A connection of its own, whose calls end when `until` is aborted instead of `signal`; for the caller to close. */
  connectUntil(orchestrator: OrchestratorRecord, until: AbortSignal): Promise<Connection>;
  /** The orchestrator that is used when none is named; flag and configuration first. */
  orchestratorName(flag: string | undefined): Promise<string>;
  /** Shows what is going on, on stderr in a terminal. */
  progress(text: string | null): void;
  /** Says something on stderr before the result is there: the plan that a question is about. */
  say(text: string): void;
  /** Asks; false means no. Throws USAGE naming `--yes` when nobody can be asked. */
  confirm(question: string): Promise<boolean>;
}
