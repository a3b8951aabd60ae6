import type { Migration } from '../../database/migrate.js';

/**
 * Schedules that an agent fires. `firings`: every occurrence up to `considered_until` is settled, those up to `missed_until` are missed however
 * recent; an agent looks again at `next_due` (null: never). `occurrences`: what is to become a run; `asked`: the target may have started it;
 * `due`: nobody deals with it before. Who fires is part of a state from here on.
 */
export const firings: Migration = {
  number: 20,
  sql: `
CREATE TABLE firings (
  schedule_id TEXT PRIMARY KEY REFERENCES schedules (id) ON DELETE CASCADE,
  considered_until INTEGER NOT NULL,
  missed_until INTEGER NOT NULL,
  next_due INTEGER,
  fired INTEGER NOT NULL,
  last_run TEXT,
  answered INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX firings_due ON firings (next_due) WHERE next_due IS NOT NULL;

CREATE TABLE occurrences (
  schedule_id TEXT NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  trigger TEXT NOT NULL CHECK (trigger IN ('schedule', 'catchup')),
  due INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  asked INTEGER,
  native_id TEXT,
  host TEXT,
  pid INTEGER,
  PRIMARY KEY (schedule_id, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX occurrences_due ON occurrences (due);

CREATE INDEX runs_unended ON runs (schedule_id) WHERE status IN ('pending', 'running');

UPDATE revisions SET before = json_set(before, '$.firedBy', 'orchestrator') WHERE before IS NOT NULL;
UPDATE revisions SET after = json_set(after, '$.firedBy', 'orchestrator') WHERE after IS NOT NULL;
UPDATE journal SET before = json_set(before, '$.firedBy', 'orchestrator') WHERE before IS NOT NULL;
UPDATE journal SET after = json_set(after, '$.firedBy', 'orchestrator') WHERE after IS NOT NULL;
`,
};
