CREATE TABLE changes (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  verb TEXT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE documents (
  key INTEGER PRIMARY KEY REFERENCES schedules (key) ON DELETE CASCADE,
  spec TEXT NOT NULL,
  pause TEXT,
  baseline TEXT
) STRICT;

CREATE TABLE firings (
  schedule_id TEXT PRIMARY KEY REFERENCES schedules (id) ON DELETE CASCADE,
  considered_until INTEGER NOT NULL,
  missed_until INTEGER NOT NULL,
  next_due INTEGER,
  fired INTEGER NOT NULL,
  last_run TEXT,
  answered INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
  id TEXT PRIMARY KEY,
  change INTEGER NOT NULL REFERENCES changes (number),
  verb TEXT NOT NULL,
  schedule_id TEXT NOT NULL UNIQUE REFERENCES schedules (id),
  schedule_name TEXT NOT NULL,
  reserved_name TEXT UNIQUE,
  lifecycle_before TEXT,
  before TEXT,
  after TEXT,
  steps TEXT NOT NULL,
  step INTEGER NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('about', 'done', 'none')),
  natives TEXT NOT NULL,
  actor TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL,
  error TEXT
) STRICT;

CREATE TABLE labels (
  key INTEGER NOT NULL REFERENCES schedules (key) ON DELETE CASCADE,
  label TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (key, label)
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE TABLE orchestrators (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  flavor TEXT NOT NULL,
  settings TEXT NOT NULL,
  identity TEXT,
  is_default INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL
) STRICT;

CREATE TABLE revisions (
  schedule_id TEXT NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
  revision INTEGER NOT NULL,
  change INTEGER NOT NULL REFERENCES changes (number),
  schedule TEXT NOT NULL,
  before TEXT,
  after TEXT,
  PRIMARY KEY (schedule_id, revision)
) STRICT;

CREATE TABLE runs (
  key INTEGER PRIMARY KEY,
  schedule_id TEXT NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
  native_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  scheduled INTEGER,
  started INTEGER,
  finished INTEGER,
  status TEXT NOT NULL,
  trigger TEXT NOT NULL,
  exit_code INTEGER,
  reason TEXT,
  attempt INTEGER NOT NULL,
  url TEXT,
  UNIQUE (schedule_id, native_id)
) STRICT;

CREATE TABLE schedules (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  desired TEXT NOT NULL CHECK (desired IN ('active', 'paused', 'archived')),
  lifecycle TEXT NOT NULL CHECK (lifecycle IN ('creating', 'ready', 'updating', 'deleting', 'broken')),
  origin TEXT NOT NULL CHECK (origin IN ('created', 'adopted')),
  fired_by TEXT NOT NULL CHECK (fired_by IN ('orchestrator', 'agent')),
  revision INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  orchestrator_id TEXT NOT NULL,
  orchestrator TEXT NOT NULL,
  flavor TEXT NOT NULL,
  native_id TEXT,
  pipeline TEXT NOT NULL,
  user TEXT NOT NULL,
  owner TEXT,
  timezone TEXT NOT NULL,
  cron_expression TEXT,
  interval_second REAL,
  catchup INTEGER NOT NULL,
  start_time INTEGER,
  end_time INTEGER,
  run_once_start_time INTEGER,
  pause_until INTEGER,
  next_run_time INTEGER,
  ends_at INTEGER,
  last_run INTEGER REFERENCES runs (key) ON DELETE SET NULL,
  last_run_time INTEGER,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL
) STRICT;

CREATE TABLE tombstones (
  key INTEGER PRIMARY KEY,
  schedule_id TEXT NOT NULL,
  name TEXT NOT NULL,
  orchestrator_id TEXT NOT NULL,
  native_id TEXT,
  generation INTEGER NOT NULL,
  why TEXT NOT NULL CHECK (why IN ('purged', 'kept-native')),
  at INTEGER NOT NULL
) STRICT;

CREATE INDEX firings_due ON firings (next_due) WHERE next_due IS NOT NULL;

CREATE INDEX journal_change ON journal (change);

CREATE INDEX labels_value ON labels (label, value);

CREATE INDEX occurrences_due ON occurrences (due);

CREATE UNIQUE INDEX orchestrators_default ON orchestrators (is_default) WHERE is_default = 1;

CREATE INDEX revisions_change ON revisions (change);

CREATE INDEX runs_at ON runs (at);

CREATE INDEX runs_schedule_at ON runs (schedule_id, at);

CREATE INDEX runs_unended ON runs (schedule_id) WHERE status IN ('pending', 'running');

CREATE INDEX schedules_created ON schedules (created, key, desired);

CREATE INDEX schedules_last_run ON schedules (last_run);

CREATE UNIQUE INDEX schedules_live_name ON schedules (name) WHERE desired <> 'archived';

CREATE INDEX schedules_name ON schedules (name COLLATE NOCASE, desired, created);

CREATE INDEX schedules_orchestrator ON schedules (orchestrator_id, desired);

CREATE INDEX schedules_pause_until ON schedules (pause_until) WHERE pause_until IS NOT NULL;

CREATE INDEX tombstones_orchestrator ON tombstones (orchestrator_id);

PRAGMA application_id = 1396918340;

PRAGMA user_version = 20;
