import { existsSync } from 'node:fs';
import { openDatabase } from '../../database/open.js';
import type { Instant } from '../../schedule.js';
import { LOCAL_SCHEMA } from './store/schema.js';

/**
 * When an agent last gave a sign of life in the agent's file; null when none ever did, none is left, or there is no file. An agent
 * that has ended does not count, except one that was started to make one pass (`--once`): cron starts the next one.
 * Opens the file for reading only, and makes nothing. Throws REGISTRY when it is no agent's file.
 */
export function lastHeartbeat(file: string): Instant | null {
  if (!existsSync(file)) {
    return null;
  }
  const handle = openDatabase(file, { ...LOCAL_SCHEMA, mode: 'read', kind: 'agent file' });
  try {
    return handle
      .prepare<[], Instant | null>('SELECT max(heartbeat) FROM agents WHERE stopped IS NULL OR once = 1')
      .pluck()
      .get() as Instant | null;
  } finally {
    handle.close();
  }
}
