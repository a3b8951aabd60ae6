import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { copyDatabase } from '../database/copy.js';
import { hasCode } from '../database/database-error.js';
import { SchedError } from '../errors.js';
import type { Registry } from './registry.js';
import { dropOldRuns } from './runs.js';
import { conflict, type Store } from './store.js';

/** Every column of JSON, and what names its row. */
const DOCUMENTS = [
  ['orchestrators', 'id', 'settings'],
  ['documents', 'key', 'spec'],
  ['documents', 'key', 'pause'],
  ['documents', 'key', 'baseline'],
  ['revisions', "schedule_id || ' ' || revision", 'before'],
  ['revisions', "schedule_id || ' ' || revision", 'after'],
  ['journal', 'id', 'before'],
  ['journal', 'id', 'after'],
  ['journal', 'id', 'steps'],
  ['journal', 'id', 'natives'],
] as const;

/** The registry's own rules: each query gives one line per row that breaks its rule. */
const RULES = [
  ...DOCUMENTS.map(
    ([table, id, column]) =>
      `SELECT 'table ${table}, row ' || ${id} || ': unreadable JSON in ${column}' FROM ${table} WHERE ${column} IS NOT NULL AND NOT json_valid(${column})`,
  ),
  `SELECT 'schedule ' || s.id || ' (' || s.name || '): has no document' FROM schedules s LEFT JOIN documents d ON d.key = s.key WHERE d.key IS NULL`,
  `SELECT 'schedule ' || s.id || ' (' || s.name || '): its document says ' || (d.spec ->> '$.name') FROM schedules s JOIN documents d ON d.key = s.key
    WHERE json_valid(d.spec) AND (d.spec ->> '$.name') IS NOT s.name`,
  `SELECT 'schedule ' || id || ' (' || name || '): ' || lifecycle || ' without an open journal entry' FROM schedules
    WHERE lifecycle <> 'ready' AND id NOT IN (SELECT schedule_id FROM journal)`,
  `SELECT 'schedule ' || id || ' (' || name || '): no agent will ever fire it' FROM schedules
    WHERE fired_by = 'agent' AND desired <> 'archived' AND lifecycle = 'ready' AND id NOT IN (SELECT schedule_id FROM firings)`,
  `SELECT 'schedule ' || id || ' (' || name || '): its orchestrator ' || orchestrator || ' is not registered' FROM schedules
    WHERE desired <> 'archived' AND orchestrator_id NOT IN (SELECT id FROM orchestrators)`,
  `SELECT 'schedule ' || s.id || ' (' || s.name || '): its last run belongs to another schedule' FROM schedules s JOIN runs r ON r.key = s.last_run
    WHERE r.schedule_id <> s.id`,
];

/** The file's own care. */
export function careStore(store: Store): Pick<Registry, 'check' | 'backup' | 'compact' | 'close'> {
  const { handle, about } = store;
  return {
    check() {
      try {
        const whole = handle.prepare('PRAGMA integrity_check').pluck().all() as string[];
        const links = handle.prepare('PRAGMA foreign_key_check').all() as {
          table: string;
          rowid: number | null;
          parent: string;
        }[];
        return [
          ...whole.filter((line) => line !== 'ok'),
          ...links.map(
            ({ table, rowid, parent }) =>
              `table ${table}, row ${rowid ?? '?'}: refers to a row of ${parent} that is not there`,
          ),
          ...RULES.flatMap((rule) => handle.prepare(rule).pluck().all() as string[]),
        ];
      } catch (error) {
        if (hasCode(error, 'SQLITE_CORRUPT', 'SQLITE_NOTADB')) {
          return [`the file is damaged: ${(error as Error).message}`];
        }
        throw error;
      }
    },
    async backup(file) {
      const copy = resolve(file);
      try {
        closeSync(openSync(copy, 'wx', 0o600));
      } catch (error) {
        if (hasCode(error, 'EEXIST')) {
          throw conflict(`${copy} exists already`, 'Name a file that does not.');
        }
        throw new SchedError('FAILED', `The backup ${copy} cannot be made (${(error as NodeJS.ErrnoException).code})`, {
          cause: error,
        });
      }
      try {
        await copyDatabase(handle, copy);
      } catch (error) {
        rmSync(copy, { force: true });
        throw error;
      }
    },
    compact() {
      const before = bytesOf(about.file);
      store.write(() => dropOldRuns(store));
      handle.exec('VACUUM');
      handle.pragma('wal_checkpoint(TRUNCATE)');
      return { before, after: bytesOf(about.file) };
    },
    close() {
      handle.close();
    },
  };
}

function bytesOf(file: string): number {
  return [file, `${file}-wal`].reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}
