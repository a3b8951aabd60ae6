// npm run bench:agent [-- COUNT [SECONDS]]: COUNT schedules (10,000), each due once, evenly over SECONDS (60), one real agent, `true` as the command.
// Prints the start delay (p50, p99, longest) and ends with 1 when an occurrence is lost, doubled or failed. The agent's file and the
// registry are filled through their own stores; one schedule made by the program is the pattern. Then: creates per second by the program.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { build } from 'esbuild';
import { environment, program, sched } from './registries.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const [count = 10_000, seconds = 60] = process.argv.slice(2).map(Number);
const home = mkdtempSync(join(tmpdir(), 'sched-bench-agent-'));
let agent;

try {
  const { openStore, stampOfSchedule } = await stores();
  sched(home, ['create', 'pattern', '--at', '2099-01-01T00:00Z', '--', 'true']);
  const file = JSON.parse(sched(home, ['orchestrator', 'get', 'local', '-o', 'json'])).settings.file;
  const registry = sched(home, ['registry', 'path', '-o', 'name']).trim();

  const filling = performance.now();
  const first = Date.now() + 5000 + count * 2;
  const store = openStore(file);
  const ids = fill(store, registry, stampOfSchedule, first);
  store.close();
  console.log(`${count} schedules laid out in ${((performance.now() - filling) / 1000).toFixed(1)} s`);

  agent = spawn(process.execPath, [program, 'agent'], {
    cwd: home,
    env: environment(home),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (Date.now() > first) throw new Error('Laying out took too long: nothing would be on time.');
  const runs = await results(file, first + seconds * 1000);
  report(runs, ids);
} finally {
  await stop();
  creates();
  rmSync(home, { recursive: true, force: true });
}

/** The stores' own code, bundled from the sources. */
async function stores() {
  const outfile = join(root, 'node_modules', `.bench-${process.pid}.mjs`);
  const contents = `export { openStore } from './src/drivers/local/store/open.js';\nexport { stampOfSchedule } from './src/stamp.js';\n`;
  try {
    await build({
      stdin: { contents, resolveDir: root },
      outfile,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** Adds the schedules to the agent's file by its store, and to the registry as copies of the pattern. Gives back their ids. */
function fill(store, registryFile, stampOfSchedule, first) {
  const registry = new Database(registryFile);
  const identity = registry.prepare("SELECT value FROM meta WHERE key = 'identity'").pluck().get();
  const spec = JSON.parse(registry.prepare('SELECT spec FROM documents WHERE key = 1').pluck().get());
  const columns = registry.pragma('table_info(schedules)').map(({ name }) => name);
  const copied = columns.map((name) => (['key', 'id', 'name', 'native_id'].includes(name) ? `:${name}` : name));
  const record = registry.prepare(`INSERT INTO schedules SELECT ${copied.join(', ')} FROM schedules WHERE key = 1`);
  const document = registry.prepare('INSERT INTO documents (key, spec) VALUES (?, ?)');
  const ids = [];
  registry.exec('BEGIN');
  for (let number = 0; number < count; number += 1) {
    const id = randomUUID();
    const at = first + Math.round((number * seconds * 1000) / count);
    const own = { ...spec, name: `due-${number}`, timing: { kind: 'once', at } };
    const stamp = { registry: identity, schedule: stampOfSchedule(id), generation: 1 };
    const nativeId = store.create({ spec: own, paused: false, scheduleId: id, stamp }, Date.now(), []);
    record.run({ key: number + 2, id, name: own.name, native_id: nativeId });
    document.run(number + 2, JSON.stringify(own));
    ids.push(id);
  }
  registry.exec('COMMIT');
  registry.close();
  return ids;
}

/** Waits until every run has ended, for two minutes after the last was due. */
async function results(file, end) {
  const database = new Database(file, { readonly: true });
  try {
    const ended = database.prepare("SELECT count(*) FROM runs WHERE status NOT IN ('pending', 'running')").pluck();
    while (ended.get() < count && Date.now() < end + 120_000) await sleep(1000);
    const all =
      'SELECT s.schedule_id AS id, r.scheduled, r.started, r.status FROM runs r JOIN schedules s ON s.native_id = r.schedule';
    return database.prepare(all).all();
  } finally {
    database.close();
  }
}

function report(runs, ids) {
  const delays = runs.map(({ scheduled, started }) => started - scheduled).sort((a, b) => a - b);
  const at = (share) => `${delays[Math.min(delays.length - 1, Math.floor(delays.length * share))]} ms`;
  const fired = new Set(runs.map(({ id }) => id));
  const lost = ids.filter((id) => !fired.has(id)).length;
  const doubled = runs.length - fired.size;
  const failed = runs.filter(({ status }) => status !== 'succeeded').length;
  console.log(`${runs.length} runs over ${seconds} s: start delay p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`);
  console.log(`${lost} lost, ${doubled} doubled, ${failed} not succeeded`);
  if (lost + doubled + failed > 0) process.exitCode = 1;
}

function creates() {
  const made = 20;
  const start = performance.now();
  for (let number = 0; number < made; number += 1) {
    sched(home, ['create', `one-${number}`, '--cron', '0 3 * * *', '--', 'true']);
  }
  console.log(
    `${((made * 1000) / (performance.now() - start)).toFixed(1)} creates per second, one process after the other`,
  );
}

async function stop() {
  if (agent === undefined || agent.exitCode !== null) return;
  const ended = new Promise((resolve) => agent.once('exit', resolve));
  agent.kill('SIGTERM');
  await ended;
}
