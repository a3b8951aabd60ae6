import { hasCode } from '../database/database-error.js';
import { SchedError } from '../errors.js';
import { nearest } from '../nearest.js';
import type { Instant } from '../schedule.js';
import type { OrchestratorRecord, Registry } from './registry.js';
import { conflict, quoted, type Store, toJson } from './store.js';

interface OrchestratorRow {
  readonly id: string;
  readonly name: string;
  readonly flavor: string;
  readonly settings: string;
  readonly identity: string | null;
  readonly is_default: number;
  readonly created: number;
  readonly updated: number;
}

type OrchestratorMethods = Pick<
  Registry,
  | 'orchestrators'
  | 'orchestrator'
  | 'orchestratorById'
  | 'addOrchestrator'
  | 'changeOrchestrator'
  | 'removeOrchestrator'
>;

/** The registered connections. */
export function orchestratorStore(store: Store): OrchestratorMethods {
  const toRecord = (row: OrchestratorRow): OrchestratorRecord => ({
    id: row.id,
    name: row.name,
    flavor: row.flavor,
    settings: store.json(row.settings, 'orchestrators', row.id),
    identity: row.identity,
    isDefault: row.is_default === 1,
    created: row.created,
    updated: row.updated,
  });

  const orchestrator = (name: string): OrchestratorRecord | undefined => {
    const row = store.sql('SELECT * FROM orchestrators WHERE name = ?').get(name) as OrchestratorRow | undefined;
    return row && toRecord(row);
  };

  const existing = (name: string): OrchestratorRecord => {
    const record = orchestrator(name);
    if (record === undefined) {
      const names = store.sql('SELECT name FROM orchestrators ORDER BY name').all() as { name: string }[];
      const [close] = nearest(
        name,
        names.map((row) => row.name),
        1,
      );
      throw new SchedError('ORCHESTRATOR_NOT_FOUND', `No orchestrator is named "${name}"`, {
        hint: close === undefined ? '`sched orchestrator list` shows them.' : `Did you mean ${close}?`,
      });
    }
    return record;
  };

  return {
    orchestrators: () =>
      (store.sql('SELECT * FROM orchestrators ORDER BY name').all() as OrchestratorRow[]).map(toRecord),
    orchestrator,
    orchestratorById(id) {
      const row = store.sql('SELECT * FROM orchestrators WHERE id = ?').get(id) as OrchestratorRow | undefined;
      return row && toRecord(row);
    },
    addOrchestrator(record, now) {
      store.write(() => insertOrchestrator(store, record, now));
    },
    changeOrchestrator(name, patch, now) {
      store.write(() => {
        const before = existing(name);
        const after = { ...before, ...patch };
        if (after.isDefault && !before.isDefault) {
          clearDefault(store, now);
        }
        writeUnique(after.name, () =>
          store
            .sql(
              'UPDATE orchestrators SET name = ?, settings = ?, identity = ?, is_default = ?, updated = ? WHERE id = ?',
            )
            .run(after.name, toJson(after.settings), after.identity, after.isDefault ? 1 : 0, now, before.id),
        );
        if (after.name !== before.name) {
          store.sql('UPDATE schedules SET orchestrator = ? WHERE orchestrator_id = ?').run(after.name, before.id);
        }
      });
    },
    removeOrchestrator(name) {
      store.write(() => {
        const { id } = existing(name);
        const { used } = store
          .sql("SELECT count(*) AS used FROM schedules WHERE orchestrator_id = ? AND desired <> 'archived'")
          .get(id) as { used: number };
        if (used > 0) {
          throw conflict(
            `${used} schedule${used === 1 ? ' uses' : 's use'} the orchestrator "${name}"`,
            `\`sched list --orchestrator ${quoted(name)}\` shows what to delete or move first.`,
          );
        }
        store.sql('DELETE FROM orchestrators WHERE id = ?').run(id);
      });
    },
  };
}

/** Inserts a connection; CONFLICT when its name or id is taken. Part of the caller's transaction. */
export function insertOrchestrator(
  store: Pick<Store, 'sql'>,
  record: Omit<OrchestratorRecord, 'created' | 'updated'>,
  now: Instant,
): void {
  if (record.isDefault) {
    clearDefault(store, now);
  }
  writeUnique(record.name, () =>
    store
      .sql(
        'INSERT INTO orchestrators (id, name, flavor, settings, identity, is_default, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        record.id,
        record.name,
        record.flavor,
        toJson(record.settings),
        record.identity,
        record.isDefault ? 1 : 0,
        now,
        now,
      ),
  );
}

function clearDefault(store: Pick<Store, 'sql'>, now: Instant): void {
  store.sql('UPDATE orchestrators SET is_default = 0, updated = ? WHERE is_default = 1').run(now);
}

function writeUnique(name: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (hasCode(error, 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY')) {
      throw conflict(`An orchestrator named "${name}" exists already`, '`sched orchestrator list` shows them.');
    }
    throw error;
  }
}
