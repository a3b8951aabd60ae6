// Scratch homes whose registries hold many schedules. The program makes the first one; its rows are then multiplied in SQL, which takes
// seconds where so many `create`s would take hours. What is multiplied is what lists read: records, documents and last runs.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';

export const program = join(dirname(fileURLToPath(import.meta.url)), '../../bin/sched.cjs');

/** The environment of a process that lives in this home and knows nothing of the caller's sched. */
export function environment(home) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(SCHED_|XDG_|FORCE_COLOR)/.test(name));
  return { ...Object.fromEntries(kept), HOME: home, TZ: 'UTC' };
}

/** What a command of the built program prints; throws when it fails. */
export function sched(home, words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    cwd: home,
    env: environment(home),
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`sched ${words.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

/** Makes `home` with a registry of `count` schedules, all like the one that `words` make; gives back the registry's file. */
export function makeRegistry(home, count, words) {
  mkdirSync(home, { recursive: true });
  sched(home, ['create', 'nightly-0', ...words]);
  const file = sched(home, ['registry', 'path', '-o', 'name']).trim();
  const database = new Database(file);
  try {
    database.transaction(() => multiply(database, count))();
  } finally {
    database.close();
  }
  return file;
}

function multiply(database, count) {
  const columns = (table) => database.pragma(`table_info(${table})`).map(({ name }) => name);
  const copied = (table, changed) => columns(table).map((name) => changed[name] ?? `t.${name}`);
  const numbers = `WITH RECURSIVE numbers (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count - 1}),
    named AS (SELECT n, printf('%08x-0000-4000-8000-%012x', (n * 2654435761) % 4294967296, n) AS id,
      json_extract('["nightly","hourly","weekly","ingest","report"]', '$[' || (n % 5) || ']') || '-' || n AS name FROM numbers)`;
  if (count > 1) {
    const schedule = {
      key: 'NULL',
      id: 'named.id',
      name: 'named.name',
      native_id: "'native-' || named.n",
      created: 't.created + named.n',
    };
    database.exec(
      `INSERT INTO schedules ${numbers} SELECT ${copied('schedules', schedule)} FROM named, schedules t WHERE t.key = 1`,
    );
    const document = { key: 's.key', spec: "json_set(t.spec, '$.name', s.name)" };
    database.exec(
      `INSERT INTO documents SELECT ${copied('documents', document)} FROM schedules s, documents t WHERE t.key = 1 AND s.key > 1`,
    );
  }
  database.exec(
    `INSERT INTO runs (schedule_id, native_id, at, scheduled, started, finished, status, trigger, exit_code, attempt)
       SELECT id, 'run', created, created, created, created + 1500, 'succeeded', 'schedule', 0, 1 FROM schedules;
     UPDATE schedules SET (last_run, last_run_time) = (SELECT key, at FROM runs WHERE schedule_id = schedules.id);
     ANALYZE`,
  );
}
