import { randomUUID } from 'node:crypto';
import type { Schema } from '../../../database/migrate.js';

/**
 * The agent's file. Instants are milliseconds since 1970, booleans 0 or 1.
 *
 * - `schedules.considered_until`: every occurrence up to it is settled; `missed_until`: occurrences up to it are missed,
 *   however recent (a resume); `next_due`: when the agent has to look at it next, null when never.
 * - `runs.occurrence`: what a run of the timetable stands for, once per schedule; `due`: not started before it;
 *   `waits`: not started beside another run of its schedule; `agent`: who has claimed it; `stop`: why it is to be stopped.
 * - `watched.settled`: the file has been fired for, or was there from the start; 0: seen to change at the last look.
 */
export const LOCAL_SCHEMA: Schema = {
  applicationId: 0x73636864,
  migrations: [
    {
      number: 10,
      sql: `
        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE schedules (
          native_id TEXT PRIMARY KEY,
          schedule_id TEXT NOT NULL,
          registry TEXT NOT NULL,
          stamp TEXT NOT NULL,
          generation INTEGER NOT NULL,
          spec TEXT NOT NULL,
          paused INTEGER NOT NULL,
          version INTEGER NOT NULL,
          considered_until INTEGER NOT NULL,
          missed_until INTEGER NOT NULL,
          next_due INTEGER,
          fired INTEGER NOT NULL,
          created INTEGER NOT NULL,
          removed INTEGER
        ) STRICT;
        CREATE INDEX schedules_due ON schedules (next_due) WHERE next_due IS NOT NULL;
        CREATE TABLE runs (
          number INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          schedule TEXT NOT NULL REFERENCES schedules (native_id),
          kind TEXT NOT NULL,
          scheduled INTEGER,
          occurrence TEXT,
          key TEXT,
          parameters TEXT NOT NULL,
          status TEXT NOT NULL,
          attempt INTEGER NOT NULL,
          created INTEGER NOT NULL,
          due INTEGER NOT NULL,
          waits INTEGER NOT NULL,
          agent TEXT,
          pid INTEGER,
          pid_started TEXT,
          attempt_started INTEGER,
          started INTEGER,
          finished INTEGER,
          exit_code INTEGER,
          reason TEXT,
          stop TEXT,
          UNIQUE (schedule, occurrence),
          UNIQUE (schedule, key)
        ) STRICT;
        CREATE INDEX runs_history ON runs (schedule, number);
        CREATE INDEX runs_waiting ON runs (due) WHERE status = 'pending' AND agent IS NULL;
        CREATE INDEX runs_active ON runs (schedule) WHERE status IN ('pending', 'running');
        CREATE INDEX runs_claimed ON runs (agent) WHERE status IN ('pending', 'running');
        CREATE INDEX runs_finished ON runs (created) WHERE status NOT IN ('pending', 'running');
        CREATE TABLE attempts (
          run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
          attempt INTEGER NOT NULL,
          status TEXT NOT NULL,
          started INTEGER,
          finished INTEGER,
          exit_code INTEGER,
          reason TEXT,
          PRIMARY KEY (run, attempt)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE output_losses (
          run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
          attempt INTEGER NOT NULL,
          bytes INTEGER NOT NULL,
          PRIMARY KEY (run, attempt)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE agents (
          id TEXT PRIMARY KEY,
          host TEXT NOT NULL,
          pid_space TEXT NOT NULL,
          pid INTEGER NOT NULL,
          pid_started TEXT,
          once INTEGER NOT NULL,
          started INTEGER NOT NULL,
          heartbeat INTEGER NOT NULL,
          stopped INTEGER
        ) STRICT;
        CREATE TABLE watched (
          schedule TEXT NOT NULL REFERENCES schedules (native_id) ON DELETE CASCADE,
          name TEXT NOT NULL,
          size INTEGER NOT NULL,
          modified TEXT NOT NULL,
          settled INTEGER NOT NULL,
          PRIMARY KEY (schedule, name)
        ) STRICT, WITHOUT ROWID;
      `,
    },
  ],
  seed: (handle) => {
    handle.prepare("INSERT INTO meta (name, value) VALUES ('identity', ?)").run(randomUUID());
  },
};
