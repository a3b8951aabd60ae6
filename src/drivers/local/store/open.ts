import { translated } from '../../../database/database-error.js';
import { openDatabase } from '../../../database/open.js';
import { keepStatements } from '../../../database/statements.js';
import { type AgentStore, agentStore } from './agents.js';
import { type ClaimStore, claimStore } from './claims.js';
import { type FolderStore, folderStore } from './folders.js';
import { type RetentionStore, retentionStore } from './retention.js';
import { type RunStore, runStore } from './runs.js';
import { type ScheduleStore, scheduleStore } from './schedules.js';
import { LOCAL_SCHEMA } from './schema.js';

/**
 * The agent's file, which is the local orchestrator itself. Every method is one whole unit of work, synchronous, and safe beside
 * other processes. All of them throw REGISTRY when the file cannot be used.
 */
export interface LocalStore extends ScheduleStore, RunStore, ClaimStore, AgentStore, FolderStore, RetentionStore {
  readonly file: string;
  /** The UUID that the file was made with. */
  identity(): string;
  close(): void;
}

/** Opens the agent's file, an absolute path, and makes it when it is missing. Throws REGISTRY when it cannot be used. */
export function openStore(file: string): LocalStore {
  const handle = openDatabase(file, { ...LOCAL_SCHEMA, mode: 'write', kind: 'agent file' });
  const sql = keepStatements(handle);
  return translated(
    {
      file,
      identity: () => {
        const row = sql("SELECT value FROM meta WHERE name = 'identity'").get();
        return (row as { value: string }).value;
      },
      close: () => {
        handle.close();
      },
      ...scheduleStore(handle, sql),
      ...runStore(handle, sql),
      ...claimStore(handle, sql),
      ...agentStore(handle, sql),
      ...folderStore(handle, sql),
      ...retentionStore(handle, sql),
    },
    { file, kind: 'agent file' },
  );
}
