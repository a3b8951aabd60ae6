import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type DatabaseFile, damaged, translateDatabaseError, translated } from '../database/database-error.js';
import type { Schema } from '../database/migrate.js';
import { type DatabaseHandle, openDatabase } from '../database/open.js';
import { keepStatements } from '../database/statements.js';
import type { Instant } from '../schedule.js';
import { registryIdentity } from '../stamp.js';
import { careStore } from './care.js';
import { changeStore } from './changes.js';
import { firingStore } from './firings.js';
import { heartbeatStore } from './heartbeats.js';
import { journalStore } from './journal.js';
import { isProcessAlive } from './journal-entry.js';
import { MIGRATIONS } from './migrations/index.js';
import { insertOrchestrator, orchestratorStore } from './orchestrators.js';
import type { OrchestratorRecord, Registry } from './registry.js';
import { runStore } from './runs.js';
import { lookUpSchedule } from './schedule-lookup.js';
import { scheduleStore } from './schedules.js';
import { createStore } from './store.js';

/** `SCHD`, the registry's mark in a SQLite header. */
const REGISTRY_APPLICATION_ID = 0x53434844;

export interface RegistryOptions {
  /** `write` makes the file when it is missing, and falls back to reading where nothing may be written; `look` does so without making one. */
  readonly mode: 'write' | 'look' | 'read';
  readonly now: Instant;
  /** The orchestrator that a new registry begins with. */
  readonly seed: Omit<OrchestratorRecord, 'created' | 'updated'> | null;
  /** This machine's name, as journal entries have it. */
  readonly host?: string;
  /** False only when no process has this id; the system is asked unless told otherwise. */
  readonly isAlive?: (pid: number) => boolean;
}

/** The schema of a registry, for a file that is opened now. */
export function registrySchema(seed: RegistryOptions['seed'], now: Instant): Schema {
  return {
    migrations: MIGRATIONS,
    applicationId: REGISTRY_APPLICATION_ID,
    seed(handle) {
      const sql = keepStatements(handle);
      sql("INSERT INTO meta (key, value) VALUES ('identity', ?)").run(
        registryIdentity(crypto.getRandomValues(new Uint8Array(5))),
      );
      if (seed !== null) {
        insertOrchestrator({ sql }, seed, now);
      }
    },
  };
}

/** Opens the registry in `file`; it stays open until `close`. REGISTRY when the file cannot be used. */
export function openRegistry(file: string, options: RegistryOptions): Registry {
  const path = resolve(file);
  const handle = openDatabase(path, {
    mode: options.mode,
    kind: 'registry',
    ...registrySchema(options.seed, options.now),
  });
  try {
    return registryOn(handle, path, options);
  } catch (error) {
    handle.close();
    throw translateDatabaseError(error, { file: path, kind: 'registry' });
  }
}

/** The registry in a file that is open, and that its `close` closes. */
export function registryOn(
  handle: DatabaseHandle,
  file: string,
  { now, host = hostname(), isAlive = isProcessAlive }: Pick<RegistryOptions, 'now' | 'host' | 'isAlive'>,
): Registry {
  const about: DatabaseFile = { file, kind: 'registry' };
  const store = createStore(handle, about, now);
  const identity = store.sql("SELECT value FROM meta WHERE key = 'identity'").pluck().get();
  if (typeof identity !== 'string') {
    throw damaged(about, undefined, 'table meta: it has no identity');
  }
  const holding = { host, isAlive };
  const runs = runStore(store);
  return translated<Registry>(
    {
      file,
      identity,
      ...orchestratorStore(store),
      schedule: (nameOrId) => lookUpSchedule(store, nameOrId),
      ...scheduleStore(store),
      ...changeStore(store),
      ...journalStore(store, holding),
      ...heartbeatStore(store),
      ...runs,
      ...firingStore(store, holding, runs),
      ...careStore(store),
    },
    about,
  );
}
