import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import { lookInto } from '../drivers/local/folder.js';
import type { FolderLook } from '../drivers/local/store/folders.js';
import type { LocalStore } from '../drivers/local/store/open.js';
import type { Considered } from '../drivers/local/store/overlap.js';
import type { ScheduledRun } from '../drivers/local/store/rows.js';
import { isSchedError } from '../errors.js';
import type { Work } from './work.js';

/** Schedules or runs that are dealt with before ended programs are heard. */
const SLICE = 24;

/** An entry that cannot be read is tried again after this many milliseconds. */
const PUT_OFF = 60_000;

/** What a pass works with. */
export interface PassOptions {
  readonly store: LocalStore;
  readonly agent: string;
  readonly clock: Clock;
  readonly work: Pick<Work, 'start'>;
  readonly report: (run: ScheduledRun) => void;
  readonly problem: (error: unknown) => void;
  /** True when nothing new may be claimed. */
  readonly stopping: () => boolean;
}

/** Fires what is due. */
export interface Pass {
  /** Every occurrence up to now becomes what it has to be; runs that may start are started. Looks into folders go on behind it. */
  fire(): Promise<void>;
  /** Starts runs that wait, were asked for, or are tried again, and were so before `until`. */
  startWaiting(until: number): Promise<void>;
  /** Resolves when no folder is being looked into. */
  looked(): Promise<void>;
}

/** A pass over what is due, as often as it is asked for. */
export function makePass({ store, agent, clock, work, report, problem, stopping }: PassOptions): Pass {
  const looks = new Set<Promise<void>>();

  function consider(nativeId: string): void {
    const { claimed, settled } = considered(nativeId);
    for (const run of claimed) {
      work.start(run);
    }
    for (const run of settled) {
      report(run);
    }
  }

  function considered(nativeId: string): Considered {
    try {
      return store.consider(nativeId, agent, clock.now());
    } catch (error) {
      if (isSchedError(error, 'REGISTRY')) {
        throw error;
      }
      // One entry that cannot be read must not hold up the others.
      problem(error);
      store.putOff(nativeId, clock.now() + PUT_OFF);
      return { claimed: [], settled: [] };
    }
  }

  async function look({ nativeId, folder }: FolderLook): Promise<void> {
    try {
      const files = await lookInto(folder);
      // A folder that is away (a share not mounted) says nothing about its files.
      if (files !== null && !stopping()) {
        const seen = { files, path: (name: string) => join(folder, name) };
        for (const run of store.applyLook(nativeId, seen, agent, clock.now())) {
          work.start(run);
        }
      }
    } catch (error) {
      problem(error);
    }
  }

  function beginLook(nativeId: string): void {
    const due = store.beginLook(nativeId, clock.now());
    if (due !== undefined) {
      const looking = look(due).finally(() => looks.delete(looking));
      looks.add(looking);
    }
  }

  async function startWaiting(until: number): Promise<void> {
    for (;;) {
      const waiting = stopping() ? [] : store.startable(until, SLICE);
      const taken = waiting.map((runId) => store.take(runId, agent, clock.now())).filter((run) => run !== undefined);
      for (const run of taken) {
        work.start(run);
      }
      // Those that were not taken have just become somebody else's, or have to wait.
      if (waiting.length < SLICE || taken.length === 0) {
        return;
      }
      await breathe();
    }
  }

  return {
    fire: async () => {
      for (;;) {
        const due = stopping() ? { timed: [], folders: [] } : store.due(clock.now(), SLICE);
        for (const nativeId of due.timed) {
          consider(nativeId);
        }
        for (const nativeId of due.folders) {
          beginLook(nativeId);
        }
        if (due.timed.length + due.folders.length < SLICE) {
          break;
        }
        await breathe();
      }
      await startWaiting(clock.now());
    },
    startWaiting,
    looked: async () => {
      await Promise.all(looks);
    },
  };
}
