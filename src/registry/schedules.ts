import { SchedError } from '../errors.js';
import type { FiredBy, Instant, Projection, RunStatus, RunTrigger, ScheduleSpec } from '../schedule.js';
import { intervalSeconds } from '../time/interval.js';
import type { Desired, Lifecycle, PauseNote, Registry, RunRecord, ScheduleRecord, ScheduleState } from './registry.js';
import { orderAndPage, queryConditions } from './schedule-query.js';
import { type Store, toJson } from './store.js';

/** What a record is read from, in the order of `ScheduleRow`; a list does without the last, which is as large as all others. */
const SELECT = `SELECT s.id, s.name, s.desired, s.lifecycle, s.origin, s.fired_by, s.revision, s.generation, s.orchestrator_id,
  s.orchestrator, s.flavor, s.native_id, s.user, s.next_run_time, s.ends_at, s.last_run, s.created, s.updated, d.spec, d.pause,
  r.native_id, r.scheduled, r.started, r.finished, r.status, r.trigger, r.exit_code, r.reason, r.attempt, r.url, d.baseline
  FROM schedules s JOIN documents d ON d.key = s.key LEFT JOIN runs r ON r.key = s.last_run`;

const LIST = SELECT.replace(', d.baseline', '');

/** A row as a list: made in a quarter of the time that an object with these keys takes. */
type ScheduleRow = readonly [
  id: string,
  name: string,
  desired: Desired,
  lifecycle: Lifecycle,
  origin: 'created' | 'adopted',
  firedBy: FiredBy,
  revision: number,
  generation: number,
  orchestratorId: string,
  orchestrator: string,
  flavor: string,
  nativeId: string | null,
  user: string,
  nextRun: number | null,
  endsAt: number | null,
  lastRun: number | null,
  created: number,
  updated: number,
  spec: string,
  pause: string | null,
  runNativeId: string | null,
  runScheduled: number | null,
  runStarted: number | null,
  runFinished: number | null,
  runStatus: RunStatus,
  runTrigger: RunTrigger,
  runExitCode: number | null,
  runReason: string | null,
  runAttempt: number,
  runUrl: string | null,
  baseline?: string | null,
];

/** The records that `rest` of the query finds, in its order. */
function readSchedules(store: Store, select: string, rest: string, ...bound: readonly unknown[]): ScheduleRecord[] {
  const rows = store
    .sql(`${select} ${rest}`)
    .raw()
    .all(...bound) as ScheduleRow[];
  return rows.map((row) => toRecord(store, row));
}

/** A row of `schedules` as a record; undefined when there is none with this id. */
export function readSchedule(store: Store, id: string): ScheduleRecord | undefined {
  return readSchedules(store, SELECT, 'WHERE s.id = ?', id)[0];
}

function toRecord(store: Store, row: ScheduleRow): ScheduleRecord {
  const id = row[0];
  const spec = store.json<ScheduleSpec>(row[18], 'documents', id);
  const pause = row[19];
  return {
    id,
    spec,
    desired: row[2],
    pause: pause === null ? null : store.json<PauseNote>(pause, 'documents', id),
    orchestratorId: row[8],
    generation: row[7],
    nativeId: row[11],
    orchestrator: row[9],
    flavor: row[10],
    lifecycle: row[3],
    origin: row[4],
    firedBy: row[5],
    revision: row[6],
    get baseline() {
      const baseline = row[30] === undefined ? readBaseline(store, id) : row[30];
      return baseline === null ? null : store.json<Projection>(baseline, 'documents', id);
    },
    nextRun: row[13],
    endsAt: row[14],
    lastRun: lastRunOf(row, spec),
    created: row[16],
    updated: row[17],
    user: row[12],
  };
}

/** Of a record from a list, when somebody asks for it. */
function readBaseline(store: Store, id: string): string | null {
  const text = store
    .sql('SELECT baseline FROM documents WHERE key = (SELECT key FROM schedules WHERE id = ?)')
    .pluck()
    .get(id) as string | null | undefined;
  return text ?? null;
}

function lastRunOf(row: ScheduleRow, { pipeline }: ScheduleSpec): RunRecord | null {
  const nativeId = row[20];
  return nativeId === null
    ? null
    : {
        scheduleId: row[0],
        schedule: row[1],
        pipeline,
        orchestrator: row[9],
        nativeId,
        scheduled: row[21],
        started: row[22],
        finished: row[23],
        status: row[24],
        trigger: row[25],
        exitCode: row[26],
        reason: row[27],
        attempt: row[28],
        url: row[29],
      };
}

/** The versioned part of a record. */
export function stateOf(record: ScheduleRecord): ScheduleState {
  const { spec, desired, pause, firedBy, orchestratorId, generation, nativeId } = record;
  return { spec, desired, pause, firedBy, orchestratorId, generation, nativeId };
}

/** What a mutation writes beside the state. */
export interface ScheduleFacts {
  readonly lifecycle: Lifecycle;
  readonly revision: number;
  readonly updated: Instant;
}

/** Inserts a row with its document and labels. Part of the caller's transaction. */
export function insertSchedule(
  store: Store,
  identity: Pick<ScheduleRecord, 'id' | 'origin' | 'user'>,
  state: ScheduleState,
  facts: ScheduleFacts,
): void {
  const { name, flavor } = orchestratorOf(store, state.orchestratorId) ?? missingOrchestrator(state.orchestratorId);
  const values = {
    ...columns(state),
    ...facts,
    id: identity.id,
    origin: identity.origin,
    user: identity.user,
    created: facts.updated,
    orchestrator: name,
    flavor,
  };
  const names = Object.keys(values);
  const { lastInsertRowid } = store
    .sql(`INSERT INTO schedules (${names.join(', ')}) VALUES (${names.map((column) => `:${column}`).join(', ')})`)
    .run(values);
  const key = Number(lastInsertRowid);
  store
    .sql('INSERT INTO documents (key, spec, pause) VALUES (?, ?, ?)')
    .run(key, toJson(state.spec), toJson(state.pause));
  writeLabels(store, key, state.spec.labels);
}

/** Writes a state over a row, its document and labels. Part of the caller's transaction. */
export function writeSchedule(store: Store, id: string, state: ScheduleState, facts: ScheduleFacts): void {
  const { key } = store.sql('SELECT key FROM schedules WHERE id = ?').get(id) as { key: number };
  const values = { ...columns(state), ...facts };
  const assignments = Object.keys(values).map((column) => `${column} = :${column}`);
  store.sql(`UPDATE schedules SET ${assignments.join(', ')} WHERE key = :key`).run({ ...values, key });
  const orchestrator = orchestratorOf(store, state.orchestratorId);
  if (orchestrator !== undefined) {
    store
      .sql('UPDATE schedules SET orchestrator = ?, flavor = ? WHERE key = ?')
      .run(orchestrator.name, orchestrator.flavor, key);
  }
  store.sql('UPDATE documents SET spec = ?, pause = ? WHERE key = ?').run(toJson(state.spec), toJson(state.pause), key);
  store.sql('DELETE FROM labels WHERE key = ?').run(key);
  writeLabels(store, key, state.spec.labels);
}

function writeLabels(store: Store, key: number, labels: Readonly<Record<string, string>>): void {
  for (const [label, value] of Object.entries(labels)) {
    store.sql('INSERT INTO labels (key, label, value) VALUES (?, ?, ?)').run(key, label, value);
  }
}

function orchestratorOf(store: Store, id: string): { name: string; flavor: string } | undefined {
  return store.sql('SELECT name, flavor FROM orchestrators WHERE id = ?').get(id) as
    | { name: string; flavor: string }
    | undefined;
}

function missingOrchestrator(id: string): never {
  throw new SchedError('ORCHESTRATOR_NOT_FOUND', `No orchestrator has the id ${id}`, {
    hint: '`sched orchestrator list` shows them.',
  });
}

/** The part of a state that has columns of its own, for filters and sorting. */
function columns({ spec, desired, pause, firedBy, orchestratorId, generation, nativeId }: ScheduleState) {
  const { timing } = spec;
  return {
    name: spec.name,
    desired,
    fired_by: firedBy,
    generation,
    orchestrator_id: orchestratorId,
    native_id: nativeId,
    pipeline: spec.pipeline,
    owner: spec.owner,
    timezone: spec.timezone,
    cron_expression: timing.kind === 'cron' ? timing.expression : null,
    interval_second: timing.kind === 'interval' ? intervalSeconds(timing.count, timing.unit) : null,
    catchup: spec.catchup === 'all' ? 1 : 0,
    start_time: spec.start,
    end_time: spec.end,
    run_once_start_time: timing.kind === 'once' ? timing.at : null,
    pause_until: desired === 'paused' ? (pause?.until ?? null) : null,
  };
}

/** Lists and notes about schedules that no mutation is needed for. */
export function scheduleStore(
  store: Store,
): Pick<Registry, 'scheduleById' | 'schedules' | 'scheduleNames' | 'noteBaseline' | 'noteNext' | 'pausesDue'> {
  return {
    scheduleById: (id) => readSchedule(store, id.toLowerCase()),
    schedules(query) {
      const { where, bound } = queryConditions(query);
      const { total } = store.sql(`SELECT count(*) AS total FROM schedules s WHERE ${where}`).get(bound) as {
        total: number;
      };
      const keys = `SELECT s.key FROM schedules s WHERE ${where} ${orderAndPage(query)}`;
      const paged = { ...bound, size: query.size, skip: (query.page - 1) * query.size };
      const found = total === 0 ? [] : (store.sql(keys).pluck().all(paged) as number[]);
      // The keys are found in narrow rows; only this page's documents are read.
      const items = readSchedules(
        store,
        LIST,
        'JOIN json_each(?) page ON page.value = s.key ORDER BY page.key',
        JSON.stringify(found),
      );
      return { items, total, page: query.page, size: query.size };
    },
    scheduleNames(prefix, limit) {
      return store
        .sql(
          "SELECT name FROM schedules WHERE desired <> 'archived' AND name >= ? AND substr(name, 1, length(?)) = ? ORDER BY name LIMIT ?",
        )
        .pluck()
        .all(prefix, prefix, prefix, limit) as string[];
    },
    pausesDue: (now) => readSchedules(store, SELECT, 'WHERE s.pause_until <= ? ORDER BY s.pause_until, s.key', now),
    noteBaseline(id, baseline) {
      store
        .sql('UPDATE documents SET baseline = ? WHERE key = (SELECT key FROM schedules WHERE id = ?)')
        .run(toJson(baseline), id);
    },
    noteNext(notes) {
      store.write(() => {
        for (const { id, nextRun, endsAt } of notes) {
          store.sql('UPDATE schedules SET next_run_time = ?, ends_at = ? WHERE id = ?').run(nextRun, endsAt, id);
        }
      });
    },
  };
}
