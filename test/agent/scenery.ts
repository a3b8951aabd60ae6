import { setTimeout as sleep } from 'node:timers/promises';
import { type AgentOptions, type AgentReport, runAgent } from '../../src/agent/agent.js';
import { systemClock } from '../../src/clock.js';
import { connect } from '../../src/drivers/local/driver.js';
import { readOutput } from '../../src/drivers/local/output.js';
import { type LocalStore, openStore } from '../../src/drivers/local/store/open.js';
import type { NativeRun, ScheduleSpec } from '../../src/schedule.js';
import { callAt, collect, requestOf, scratch } from '../drivers-local/samples.js';

/** An agent's file and what tests do with it, by the real clock. */
export interface Scenery {
  readonly folder: string;
  readonly file: string;
  readonly store: LocalStore;
  /** Keeps a schedule, not paused, and gives its native id. */
  make(patch: Partial<ScheduleSpec>): string;
  /** As `make`, by the driver, which looks into the folder that is to be watched. */
  create(patch: Partial<ScheduleSpec>): Promise<string>;
  spec(nativeId: string): ScheduleSpec;
  /** Asks for a run now. */
  trigger(nativeId: string, parameters?: Record<string, string>): string;
  /** Oldest first. */
  runs(nativeId: string): NativeRun[];
  run(nativeId: string, runId: string): NativeRun;
  output(nativeId: string, runId: string): Promise<Buffer>;
  /** An agent in this process. */
  agent(options?: Partial<AgentOptions>): {
    stop(): Promise<AgentReport>;
    terminate(): Promise<AgentReport>;
    ended: Promise<AgentReport>;
    problems: string[];
  };
  /** One pass. */
  once(options?: Partial<AgentOptions>): Promise<AgentReport>;
  leave(): Promise<void>;
}

export function scenery(): Scenery {
  const place = scratch();
  const store = openStore(place.file);
  const agents: { terminate(): Promise<AgentReport> }[] = [];
  let key = 0;

  function runs(nativeId: string): NativeRun[] {
    return [...store.runs(nativeId, { since: null, before: null, limit: 100_000 }).runs].reverse();
  }

  const scene: Scenery = {
    folder: place.folder,
    file: place.file,
    store,
    make: (patch) => {
      const { spec, scheduleId, stamp } = requestOf(patch);
      return store.create({ spec, paused: false, scheduleId, stamp }, Date.now(), []);
    },
    create: async (patch) => {
      const driver = connect({ file: place.file });
      const nativeId = await driver.create(requestOf(patch), callAt(systemClock));
      await driver.close();
      return nativeId;
    },
    spec: (nativeId) => {
      const spec = store.spec(nativeId);
      if (spec === undefined) {
        throw new Error(`no schedule ${nativeId}`);
      }
      return spec;
    },
    trigger: (nativeId, parameters = {}) => {
      key += 1;
      return store.trigger(nativeId, { key: `${key}`, parameters, trigger: 'manual', scheduled: null }, Date.now())
        .nativeId;
    },
    runs,
    run: (nativeId, runId) => {
      const run = runs(nativeId).find((candidate) => candidate.nativeId === runId);
      if (run === undefined) {
        throw new Error(`no run ${runId}`);
      }
      return run;
    },
    output: async (nativeId, runId) =>
      Buffer.concat(await collect(readOutput(place.file, { nativeId, runId }, store.output(nativeId, runId)))),
    agent: (options = {}) => {
      const stop = new AbortController();
      const terminate = new AbortController();
      const problems: string[] = [];
      const ended = runAgent({
        file: place.file,
        clock: systemClock,
        signal: stop.signal,
        terminate: terminate.signal,
        poll: 50,
        onProblem: (error) => problems.push(String(error)),
        ...options,
      });
      const agent = {
        ended,
        problems,
        stop: () => {
          stop.abort();
          return ended;
        },
        terminate: () => {
          stop.abort();
          terminate.abort();
          return ended;
        },
      };
      agents.push(agent);
      return agent;
    },
    once: (options = {}) => scene.agent({ once: true, ...options }).ended,
    leave: async () => {
      await Promise.all(agents.map((agent) => agent.terminate()));
      await sleep(20);
      store.close();
      place.remove();
    },
  };
  return scene;
}
