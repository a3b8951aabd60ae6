/** Schedules on fake orchestrators that agents fire: agents as processes that can be killed, on one registry, by a clock that is moved. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../src/context.js';
import { guard } from '../../src/drivers/guard.js';
import { create } from '../../src/operations/create.js';
import { type Fire, fireAgentSchedules } from '../../src/operations/fired/fire.js';
import { openRegistry } from '../../src/registry/open.js';
import type { Registry, RunRecord, ScheduleRecord } from '../../src/registry/registry.js';
import type { FiredBy, ScheduleSpec } from '../../src/schedule.js';
import { createInput } from '../crash/stage.js';
import { type HandClock, handClock, MINUTE, START } from '../drivers-local/samples.js';
import { type Cut, cutAt } from '../fakes/cut.js';
import { awkwardTarget, type FakeOrchestrator, memoryTarget, registerFakes } from '../fakes/fakes.js';

export type Flavor = 'memory' | 'awkward';
const HOST = 'here';

/** An agent, or somebody who gives commands: a process. */
export interface Process {
  readonly context: Context;
  readonly fire: Fire;
  /** What it had to say. */
  readonly lines: string[];
  /** One pass and all that it starts; ends early when the process is killed. Gives how many were started. */
  pass(): Promise<number>;
  /** Passes until nothing more is started. */
  settle(): Promise<void>;
  /** The system says from now on that it is gone. */
  die(): void;
  /** Ends its calls. */
  readonly until: AbortController;
  /** The first signal that a user gives it, and the second. */
  readonly stop: AbortController;
  readonly terminate: AbortController;
}

export interface FiredScenery {
  readonly clock: HandClock;
  readonly registry: Registry;
  /** The orchestrators, by name: `fake`, and `other` when there are two. */
  readonly fakes: Readonly<Record<string, FakeOrchestrator>>;
  readonly fake: FakeOrchestrator;
  /** A process whose calls on `fake` are cut. */
  process(cut?: Cut): Process;
  /** Makes a schedule every ten minutes from `START`, unless told otherwise. */
  make(
    patch?: Partial<ScheduleSpec>,
    how?: { firedBy?: FiredBy; paused?: boolean; on?: string },
  ): Promise<ScheduleRecord>;
  record(name?: string): ScheduleRecord;
  /** What the registry knows of a schedule's runs, oldest occurrence first: `minutes-after-START trigger status`. */
  runs(name?: string): string[];
  /** Native runs that really happened. */
  started(name?: string): number;
  advance(minutes: number): void;
  leave(): void;
}

export const TEN_MINUTES: ScheduleSpec['timing'] = {
  kind: 'interval',
  count: 10,
  unit: 'minute',
  anchor: START,
  on: [],
  times: [],
};

/** A registry with one or more orchestrators of a flavor at `START`. */
export function firedScenery(flavor: Flavor, names: readonly string[] = ['fake']): FiredScenery {
  registerFakes();
  const fakes = Object.fromEntries(names.map((name) => [name, flavor === 'memory' ? memoryTarget() : awkwardTarget()]));
  const folder = mkdtempSync(join(tmpdir(), 'sched-fired-'));
  const clock = handClock(START);
  const open: Registry[] = [];
  const gone = new Set<number>();
  let pid = 1000;

  function openFile(): Registry {
    const registry = openRegistry(join(folder, 'registry.db'), {
      mode: 'write',
      now: clock.now(),
      seed: null,
      host: HOST,
      isAlive: (asked) => !gone.has(asked),
    });
    open.push(registry);
    return registry;
  }

  const registry = openFile();
  for (const [index, name] of names.entries()) {
    registry.addOrchestrator(
      {
        id: `00000000-0000-4000-8000-0000000000a${index}`,
        name,
        flavor,
        settings: fakeNamed(name).settings,
        identity: null,
        isDefault: index === 0,
      },
      START,
    );
  }

  function fakeNamed(name: string): FakeOrchestrator {
    const fake = fakes[name];
    if (fake === undefined) {
      throw new Error(`no orchestrator ${name}`);
    }
    return fake;
  }

  function recordOf(name = 'nightly'): ScheduleRecord {
    return registry.schedule(name);
  }

  const scenery: FiredScenery = {
    clock,
    registry,
    fakes,
    fake: fakeNamed(names[0] ?? ''),

    process(cut) {
      pid += 1;
      const own = pid;
      const until = new AbortController();
      const lines: string[] = [];
      let kill: () => void = () => undefined;
      const killed = new Promise<void>((resolve) => {
        kill = resolve;
      });
      const opened = openFile();
      const [stop, terminate] = [new AbortController(), new AbortController()];
      const connect = async (orchestrator: Parameters<Context['connect']>[0], signal = until.signal) => {
        const fake = fakeNamed(orchestrator.name);
        const guarded = guard(fake.connect(), fake.manifest, {
          signal,
          clock,
          debug: () => undefined,
          timeoutMs: 400,
          secrets: [],
        });
        const { driver, reached } = cutAt(guarded, orchestrator.name === names[0] ? cut : undefined);
        void reached.then(kill);
        return { orchestrator, manifest: fake.manifest, driver };
      };
      const context: Context = {
        ...contextOf(opened, own, { clock, cwd: folder, lines, name: names[0] ?? '' }),
        connect: (orchestrator) => connect(orchestrator),
        connectUntil: connect,
        signal: stop.signal,
        terminate: terminate.signal,
      };
      const fire = fireAgentSchedules(context, opened, {
        only: null,
        until: until.signal,
        tell: (line) => lines.push(line),
        onEnd: () => undefined,
      });
      const made: Process = {
        context,
        fire,
        lines,
        until,
        stop,
        terminate,
        async pass() {
          const started = await fire.pass(clock.now());
          await Promise.race([fire.idle(), killed]);
          return started;
        },
        async settle() {
          while ((await made.pass()) > 0) {
            // What ended may have made way for more.
          }
        },
        die: () => void gone.add(own),
      };
      return made;
    },

    async make(patch = {}, { firedBy = 'agent', paused = false, on } = {}) {
      const { context } = scenery.process();
      const { draft, ...input } = createInput('* * * * *');
      const given = { ...draft, timing: TEN_MINUTES, ...patch };
      const made = await create({ ...input, draft: given, firedBy, paused, orchestrator: on }, context);
      return recordOf(made.spec.name);
    },

    record: recordOf,
    runs(name) {
      const known = registry.runs({ scheduleId: recordOf(name).id, limit: 10_000 });
      const at = ({ scheduled }: RunRecord) => (scheduled === null ? Number.NaN : (scheduled - START) / MINUTE);
      return known
        .toSorted((one, other) => (one.scheduled ?? 0) - (other.scheduled ?? 0))
        .map((run) => `${at(run)} ${run.trigger} ${run.status}`);
    },
    started(name) {
      const { nativeId, orchestrator } = recordOf(name);
      return fakeNamed(orchestrator).target.runs(nativeId ?? '').length;
    },
    advance(minutes) {
      clock.set(clock.now() + minutes * MINUTE);
    },
    leave() {
      for (const each of open) {
        each.close();
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return scenery;
}

function contextOf(
  registry: Registry,
  pid: number,
  { clock, cwd, lines, name }: Pick<Context, 'clock' | 'cwd'> & { readonly lines: string[]; readonly name: string },
): Omit<Context, 'connect' | 'connectUntil' | 'signal' | 'terminate'> {
  return {
    clock,
    holder: { actor: 'anna@here', host: HOST, pid },
    cwd,
    env: {},
    timezone: { name: 'UTC', source: 'test' },
    interactive: false,
    debug: () => undefined,
    registry: async () => registry,
    orchestratorName: async (flag) => flag ?? name,
    progress: () => undefined,
    say: (line) => void lines.push(line),
    confirm: async () => true,
  };
}
