import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Clock } from '../clock.js';
import { outputFile } from '../drivers/local/output.js';
import { type LocalStore, openStore } from '../drivers/local/store/open.js';
import { callHooks, type Hooks } from './hooks.js';
import { makePass, type Pass } from './pass.js';
import { thisProcess } from './processes.js';
import { recover } from './recovery.js';
import { sleeper } from './sleeper.js';
import { holdWork, type Work } from './work.js';

/** How an agent goes about its work. */
export interface AgentOptions extends Hooks {
  /** The agent's file, an absolute path; made when missing. */
  readonly file: string;
  readonly clock: Clock;
  /** Aborted: nothing more is claimed, running programs may finish within the grace. */
  readonly signal: AbortSignal;
  /** Aborted (as well): running programs are ended at once. */
  readonly terminate?: AbortSignal;
  /** One pass: fire what is due, wait for the programs started, and end. */
  readonly once?: boolean;
  /** How long running programs may go on after `signal`, in seconds; null: until they end by themselves. 30 when left out. */
  readonly graceSeconds?: number | null;
  /** Seconds between SIGTERM and SIGKILL. 10 when left out. */
  readonly killSeconds?: number;
  /** How often to look for what other processes have written, in milliseconds. 500 when left out. */
  readonly poll?: number;
}

/** What an agent has done. */
export interface AgentReport {
  readonly agent: string;
  /** Runs that began here. */
  readonly started: number;
}

const HEARTBEAT = 10_000;
const RECOVERY = 60_000;
const RETENTION = 600_000;
const TEND = 1_000;
/** Runs that are forgotten at once. */
const FORGET = 500;

/**
 * Fires the schedules of one agent's file until it is told to stop; see `AgentOptions`. Any number of agents may work on one file:
 * every occurrence becomes a run once. Resolves when all its programs have ended or were ended, and all is written.
 * Throws REGISTRY when the file cannot be opened; what fails later is reported to `onProblem` and tried again.
 */
export async function runAgent(options: AgentOptions): Promise<AgentReport> {
  const { file, clock, signal, once = false, graceSeconds = 30, killSeconds = 10, poll = 500 } = options;
  const hooks = callHooks(options);
  const store = openStore(file);
  const agent = randomUUID();
  const here = thisProcess();
  const rest = sleeper(signal, options.terminate);
  let started = 0;
  const work = holdWork({
    store,
    agent,
    clock,
    killAfter: killSeconds * 1000,
    report: (run) => {
      started += run.run.status === 'running' ? 1 : 0;
      hooks.report(run);
    },
    problem: hooks.problem,
    onEnd: rest.wake,
  });
  const stopping = () => signal.aborted || options.terminate?.aborted === true;
  const pass = makePass({ store, agent, clock, work, report: hooks.report, problem: hooks.problem, stopping });

  /** What fails is reported, and done again at its next time. */
  function attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      hooks.problem(error);
    }
  }

  const chores = [
    chore(HEARTBEAT, () => store.beat(agent, clock.now())),
    chore(RECOVERY, () => {
      const { adopted, settled } = recover(store, { agent, here, now: clock.now() });
      adopted.forEach(work.adopt);
      settled.forEach(hooks.report);
    }),
    chore(RETENTION, () => forgetOld(store, clock)),
    chore(TEND, () => work.tend()),
    chore(TEND, () => hooks.call(clock.now())),
  ];
  const doChores = (): void => {
    for (const due of chores) {
      attempt(due);
    }
  };

  store.register({ id: agent, ...here, once }, clock.now());
  try {
    doChores();
    if (once) {
      await passOnce(pass, work, { clock, doChores, pause: () => rest.sleep(poll), stopping, problem: hooks.problem });
    } else {
      await passOn(pass, store, { clock, doChores, pause: rest.sleep, poll, stopping, problem: hooks.problem });
    }
    await drain(work, {
      graceSeconds,
      doChores,
      pause: () => rest.sleep(poll),
      terminate: options.terminate,
      once,
      stopped: stopping(),
    });
    attempt(() => work.tend());
    attempt(() => store.retire(agent, clock.now()));
    await hooks.last(clock.now());
  } finally {
    rest.close();
    store.close();
  }
  return { agent, started };
}

interface Rhythm {
  readonly clock: Clock;
  readonly doChores: () => void;
  readonly stopping: () => boolean;
  readonly problem: (error: unknown) => void;
}

/** Passes whenever something is due, another process has written, or a program has ended. */
async function passOn(
  pass: Pass,
  store: LocalStore,
  {
    clock,
    doChores,
    stopping,
    problem,
    pause,
    poll,
  }: Rhythm & { pause: (milliseconds: number) => Promise<void>; poll: number },
): Promise<void> {
  while (!stopping()) {
    let rest = poll;
    try {
      await pass.fire();
      const wake = store.nextWake(clock.now());
      rest = wake === null ? poll : Math.min(poll, Math.max(0, wake - clock.now()));
    } catch (error) {
      problem(error);
    }
    doChores();
    await pause(rest);
  }
}

/** One pass, and whatever waited for the runs that it started. */
async function passOnce(
  pass: Pass,
  work: Work,
  { clock, doChores, stopping, problem, pause }: Rhythm & { pause: () => Promise<void> },
): Promise<void> {
  const beginning = clock.now();
  try {
    await pass.fire();
    await pass.looked();
  } catch (error) {
    problem(error);
  }
  while (work.own() > 0 && !stopping()) {
    await pause();
    doChores();
    try {
      await pass.startWaiting(beginning);
    } catch (error) {
      problem(error);
    }
  }
}

/** Waits for what runs: within the grace, then ends it; at once when told so. Adopted programs outlive an agent that makes one pass. */
async function drain(
  work: Work,
  how: {
    readonly graceSeconds: number | null;
    readonly doChores: () => void;
    readonly pause: () => Promise<void>;
    readonly terminate: AbortSignal | undefined;
    readonly once: boolean;
    readonly stopped: boolean;
  },
): Promise<void> {
  if (how.once && !how.stopped) {
    return;
  }
  const patience = how.graceSeconds === null ? Number.POSITIVE_INFINITY : performance.now() + how.graceSeconds * 1000;
  while (work.own() + work.adopted() > 0) {
    if (how.terminate?.aborted === true || performance.now() >= patience) {
      work.stopAll('the agent was stopped');
    }
    await how.pause();
    how.doChores();
  }
}

/** A thing that is done at its first call, and then at most once in `interval` milliseconds, however the clock is set. */
function chore(interval: number, action: () => void): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - last >= interval) {
      last = performance.now();
      action();
    }
  };
}

function forgetOld(store: LocalStore, clock: Clock): void {
  if (!store.beginForgetting(clock.now())) {
    return;
  }
  for (;;) {
    const dropped = store.dropOld(clock.now(), FORGET);
    for (const { nativeId, runId, attempts } of dropped) {
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        rmSync(outputFile(store.file, { nativeId, runId, attempt }), { force: true });
      }
    }
    if (dropped.length < FORGET) {
      return;
    }
  }
}
