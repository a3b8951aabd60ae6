import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import { openStore } from '../drivers/local/store/open.js';
import { chore, forgetOld } from './chores.js';
import { callHooks, type Hooks } from './hooks.js';
import { makePass } from './pass.js';
import { thisProcess } from './processes.js';
import { recover } from './recovery.js';
import { drain, passOn, passOnce } from './shift.js';
import { sleeper } from './sleeper.js';
import { holdWork } from './work.js';

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

/** Milliseconds. */
const HEARTBEAT = 10_000;
const RECOVERY = 10_000;
const RETENTION = 600_000;
const TEND = 1_000;

/**
 * Fires the schedules of one agent's file until it is told to stop; see `AgentOptions`. Any number of agents may work on one file:
 * every occurrence becomes a run once. Resolves when all its programs have ended or were ended, and all is written.
 * Throws REGISTRY when the file cannot be opened; what fails later is reported to `onProblem` and tried again.
 */
export async function runAgent(options: AgentOptions): Promise<AgentReport> {
  const { file, clock, signal, terminate, once = false, graceSeconds = 30, killSeconds = 10, poll = 500 } = options;
  const { report, problem, ...hooks } = callHooks(options);
  const store = openStore(file);
  const agent = randomUUID();
  const here = thisProcess();
  const { sleep, wake, close } = sleeper(signal, terminate);
  const stopping = () => signal.aborted || terminate?.aborted === true;
  const work = holdWork({ store, agent, clock, killAfter: killSeconds * 1000, report, problem, onEnd: wake });
  const pass = makePass({ store, agent, clock, work, report, problem, stopping });

  /** What fails is reported, and done again at its next time. */
  function attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      problem(error);
    }
  }

  const chores = [
    chore(HEARTBEAT, () => store.beat(agent, clock.now())),
    chore(RECOVERY, () => {
      const { adopted, settled } = recover(store, { agent, here, now: clock.now() });
      adopted.forEach(work.adopt);
      settled.forEach(report);
    }),
    chore(RETENTION, () => forgetOld(store, clock)),
    work.heed,
    chore(TEND, work.tend),
    chore(TEND, () => hooks.call(clock.now())),
  ];
  const doChores = (): void => {
    for (const due of chores) {
      attempt(due);
    }
  };

  const shift = { store, clock, pass, work, poll, graceSeconds, terminate, stopping, doChores, sleep, problem };
  try {
    store.register({ id: agent, ...here, once }, clock.now());
    doChores();
    await (once ? passOnce(shift) : passOn(shift));
    if (stopping()) {
      await drain(shift);
    }
    attempt(() => store.retire(agent, clock.now()));
    await hooks.last(clock.now());
  } finally {
    close();
    store.close();
  }
  return { agent, started: work.started() };
}
