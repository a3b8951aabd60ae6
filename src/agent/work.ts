import type { Clock } from '../clock.js';
import { outputFile } from '../drivers/local/output.js';
import type { Ending, HeldAttempt } from '../drivers/local/store/claims.js';
import type { LocalStore } from '../drivers/local/store/open.js';
import type { AdoptedRun, ClaimedRun, ScheduledRun } from '../drivers/local/store/rows.js';
import { type Child, type ChildOptions, startChild, stillborn } from './child.js';
import { commandOf } from './command.js';
import { endGroup } from './group.js';
import { trimOutput } from './output-file.js';
import { isRunning } from './processes.js';

/** What the running programs of one agent need. */
export interface WorkOptions {
  readonly store: LocalStore;
  /** The agent's id. */
  readonly agent: string;
  readonly clock: Clock;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly killAfter: number;
  /** Hears of every run that begins or ends. */
  readonly report: (run: ScheduledRun) => void;
  /** Hears of what went wrong without stopping the agent. */
  readonly problem: (error: unknown) => void;
  /** Called when a run has ended: others may have waited for it. */
  readonly onEnd: () => void;
}

/** The programs that an agent has started or adopted. */
export interface Work {
  /** Starts a claimed run. Never throws. */
  start(claimed: ClaimedRun): void;
  /** Watches over a program that a dead agent started. */
  adopt(adopted: AdoptedRun): void;
  /** Ends the runs that are to be ended: replaced ones. */
  heed(): void;
  /** Once a second: sees adopted programs end, keeps output within its limit, writes what could not be written. */
  tend(): void;
  /** Ends everything. */
  stopAll(reason: string): void;
  /** Programs started here that go on. */
  own(): number;
  /** Programs of dead agents that go on. */
  adopted(): number;
  /** Ends that could not be written yet. */
  unwritten(): number;
  /** How many programs were started. */
  started(): number;
}

interface Held {
  readonly attempt: HeldAttempt;
  readonly output: string;
  readonly stop: (reason: string) => void;
}

/** An adopted program, and why it was ended. */
interface Ward {
  readonly held: Held;
  readonly run: AdoptedRun;
  verdict: Pick<Ending, 'status' | 'reason'> | null;
}

/** Holds the programs of one agent. */
export function holdWork({ store, agent, clock, killAfter, report, problem, onEnd }: WorkOptions): Work {
  const children = new Map<string, Held>();
  const wards = new Map<string, Ward>();
  let started = 0;
  const unwritten: { readonly attempt: HeldAttempt; readonly ending: Ending }[] = [];

  function write(): void {
    for (let next = unwritten[0]; next !== undefined; next = unwritten[0]) {
      try {
        const settled = store.settle(next.attempt, next.ending, clock.now());
        if (settled !== undefined) {
          report(settled);
        }
      } catch (error) {
        // A full disk or a lock that lasts: the end is kept in mind and written later.
        problem(error);
        return;
      }
      unwritten.shift();
    }
  }

  function all(): readonly Held[] {
    return [...children.values(), ...[...wards.values()].map(({ held }) => held)];
  }

  function trim({ attempt, output }: Held): void {
    try {
      const dropped = trimOutput(output);
      if (dropped > 0) {
        store.noteDropped(attempt.runId, attempt.attempt, dropped);
      }
    } catch (error) {
      problem(error);
    }
  }

  function finish(attempt: HeldAttempt, ending: Ending): void {
    children.delete(attempt.runId);
    wards.delete(attempt.runId);
    unwritten.push({ attempt, ending });
    write();
    onEnd();
  }

  function begin(attempt: HeldAttempt, child: Child): void {
    if (child.process === null) {
      return;
    }
    started += 1;
    try {
      const begun = store.begin(attempt, child.process, clock.now());
      if (begun === undefined) {
        child.stop('another agent has taken the run over');
      } else {
        report(begun);
      }
    } catch (error) {
      // It runs, unrecorded; its end will be written all the same.
      problem(error);
    }
  }

  return {
    start: (claimed) => {
      const { run, spec, nativeId } = claimed;
      const attempt: HeldAttempt = { runId: run.nativeId, attempt: run.attempt, agent };
      const output = outputFile(store.file, { nativeId, runId: run.nativeId, attempt: run.attempt });
      const child = childOf(claimed, { output, timeoutSeconds: spec.timeoutSeconds, grace: killAfter, clock });
      children.set(run.nativeId, { attempt, output, stop: child.stop });
      begin(attempt, child);
      void child.ended.then((ending) => finish(attempt, ending));
    },

    adopt: (run) => {
      const { nativeId: runId, attempt } = run.run;
      const ward: Ward = {
        run,
        verdict: null,
        held: {
          attempt: { runId, attempt, agent },
          output: outputFile(store.file, { nativeId: run.nativeId, runId, attempt }),
          stop: (reason) => endWard(ward, { status: 'stopped', reason }, killAfter),
        },
      };
      wards.set(runId, ward);
    },

    heed: () => {
      for (const { runId, reason } of store.stopRequests(agent)) {
        (children.get(runId) ?? wards.get(runId)?.held)?.stop(reason);
      }
    },

    tend: () => {
      write();
      for (const ward of [...wards.values()]) {
        tendWard(ward, clock, killAfter, finish);
      }
      for (const held of all()) {
        trim(held);
      }
    },

    stopAll: (reason) => {
      for (const held of all()) {
        held.stop(reason);
      }
    },

    own: () => children.size,
    adopted: () => wards.size,
    unwritten: () => unwritten.length,
    started: () => started,
  };
}

function childOf(claimed: ClaimedRun, options: ChildOptions): Child {
  const { run } = claimed.spec;
  if (run.kind !== 'command') {
    return stillborn({ exitCode: null, reason: `the local agent runs commands, not a ${run.kind}` }, options.clock);
  }
  try {
    return startChild(commandOf(claimed, run), options);
  } catch (error) {
    return stillborn({ exitCode: null, reason: `its command cannot be made: ${String(error)}` }, options.clock);
  }
}

function endWard(ward: Ward, verdict: NonNullable<Ward['verdict']>, killAfter: number): void {
  const { pid, pidStarted: started } = ward.run;
  if (ward.verdict === null && isRunning({ pid, started })) {
    ward.verdict = verdict;
    void endGroup(pid, killAfter);
  }
}

/** Its exit status goes to its parent, which is gone: all that can be seen is that it has ended. */
function tendWard(
  ward: Ward,
  clock: Clock,
  killAfter: number,
  finish: (attempt: HeldAttempt, ending: Ending) => void,
): void {
  const { pid, pidStarted: started, deadline } = ward.run;
  const now = clock.now();
  if (!isRunning({ pid, started })) {
    const unseen = { status: 'unknown', reason: 'its agent ended while it ran; its exit status is not known' } as const;
    finish(ward.held.attempt, { ...(ward.verdict ?? unseen), exitCode: null, finished: now } as Ending);
  } else if (deadline !== null && now >= deadline) {
    endWard(ward, { status: 'timed_out', reason: 'its time was over' }, killAfter);
  }
}
