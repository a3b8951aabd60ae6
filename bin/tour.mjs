// `npm start`: the main job, start to end, as a user would type it, on the built program in a scratch folder: a schedule is
// made, a real agent fires a real command, and the schedule is looked at, paused, changed, audited and deleted.
// It is a check as well: it ends with 1 when a step does not do what it is here to show.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const program = join(dirname(fileURLToPath(import.meta.url)), 'sched.cjs');
const scratch = mkdtempSync(join(tmpdir(), 'sched-tour-'));
const env = environment();
/** Processes that go on, so that none is left behind. */
const running = new Set();

const stops = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
for (const [signal, status] of Object.entries(stops)) {
  process.once(signal, () => finish(status));
}

try {
  await tour();
  await finish(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await finish(1);
}

async function tour() {
  say('A registry of its own, in a scratch folder. Make a schedule: `date`, every two seconds.');
  await step(['create', 'tick', '--every', '2s', '--', 'date'], { shows: [/Created tick on local/, /next /] });

  say('Somebody has to fire it. On the local orchestrator that is the agent, here in the background.');
  const agent = await startAgent();
  await fired('tick', 2);

  say('What ran, and what the last run printed.');
  await step(['runs', 'tick'], { shows: [/succeeded +schedule[\s\S]*succeeded +schedule/] });
  await step(['logs', 'tick'], { shows: [/\d\d:\d\d:\d\d/] });
  await step(['list'], { shows: [/tick .*active/] });

  say('Pause it, and let it run less often from then on.');
  await step(['pause', 'tick', '--reason', 'data is late'], { shows: [/paused +tick/] });
  await step(['update', 'tick', '--every', '5m'], { shows: [/Updated tick/] });

  say('Is everything on the orchestrator as recorded? Exit status 0 says yes.');
  await step(['audit'], { shows: [/1 checked/] });

  say('Delete it: first on the orchestrator, then here. Its history stays.');
  await step(['delete', 'tick', '--yes'], { shows: [/deleted +tick/] });
  await step(['audit'], { shows: [/0 checked/] });

  const status = await stop(agent);
  if (status !== 0) throw new Error(`The agent ended with ${status}.`);
  say('The agent is stopped and the scratch folder removed. Now it is yours: npx sched --help');
}

/** Runs one command line before the reader's eyes; throws when its status or what it prints is not as expected. */
async function step(words, { shows, status: expected = 0 }) {
  const { status, text } = await sched(words, true);
  if (status !== expected) {
    throw new Error(`Expected exit status ${expected}, and it was ${status}.`);
  }
  for (const pattern of shows) {
    if (!pattern.test(stripVTControlCharacters(text))) throw new Error(`Expected it to print ${pattern}.`);
  }
}

/** Starts `sched agent` and waits until it says that it fires. */
async function startAgent() {
  console.log('$ sched agent &');
  const output = join(scratch, 'agent.txt');
  const agent = start(['agent'], output);
  console.log(`[1] ${agent.pid}`);
  await until('the agent to start', () => {
    if (agent.exitCode !== null) throw new Error(`The agent ended:\n${readFileSync(output, 'utf8')}`);
    return readFileSync(output, 'utf8').includes('Firing');
  });
  process.stdout.write(readFileSync(output, 'utf8'));
  return agent;
}

/** Waits until the schedule has so many runs that succeeded. Throws when one has failed. */
async function fired(name, count) {
  await until(`${count} runs of ${name}`, async () => {
    const { text } = await sched(['runs', name, '-o', 'json'], false);
    const statuses = JSON.parse(text).items.map((run) => run.status);
    if (statuses.includes('failed')) throw new Error(`A run of ${name} failed.\n${text}`);
    return statuses.filter((status) => status === 'succeeded').length >= count;
  });
}

/** Asks until the answer is yes, for 20 seconds. */
async function until(what, isSo) {
  const deadline = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Waited 20 seconds for ${what}.`);
    await sleep(200);
  }
}

/** Runs the program to its end. Gives back its status and all that it printed, in the order in which it did. */
async function sched(words, aloud) {
  if (aloud) console.log(`$ ${['sched', ...words].map(quote).join(' ')}`);
  const output = join(scratch, 'output.txt');
  const child = start(words, output);
  const status = await ending(child);
  const text = readFileSync(output, 'utf8');
  if (aloud) process.stdout.write(text);
  return { status, text };
}

function start(words, output) {
  const file = openSync(output, 'w');
  const child = spawn(process.execPath, [program, ...words], { cwd: scratch, env, stdio: ['ignore', file, file] });
  closeSync(file);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

function ending(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode ?? child.signalCode);
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
}

/** Asks a process to stop, twice if need be: the agent then ends what it has started as well. Gives back its exit status. */
async function stop(child) {
  const ended = ending(child);
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGTERM'), 3000);
  const status = await ended;
  clearTimeout(patience);
  return status;
}

async function finish(status) {
  await Promise.all([...running].map(stop));
  rmSync(scratch, { recursive: true, force: true });
  process.exit(status);
}

/** The caller's environment without its settings for sched, with the scratch folder as home. */
function environment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(SCHED_|XDG_)/.test(name));
  const colour = process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : {};
  return { ...Object.fromEntries(kept), ...colour, HOME: scratch };
}

function quote(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function say(text) {
  console.log(`\n# ${text}`);
}
