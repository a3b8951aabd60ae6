/** Operations on a fake orchestrator, by processes that can be killed at any call of its driver. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../src/context.js';
import { guard } from '../../src/drivers/guard.js';
import type { CreateInput } from '../../src/operations/create.js';
import { openRegistry } from '../../src/registry/open.js';
import type { Registry } from '../../src/registry/registry.js';
import { type Cut, cutAt } from '../fakes/cut.js';
import { awkwardTarget, type FakeOrchestrator, memoryTarget, registerFakes } from '../fakes/fakes.js';

const HOST = 'here';
const ORCHESTRATOR = {
  id: '00000000-0000-4000-8000-0000000000aa',
  name: 'fake',
  identity: null,
  isDefault: true,
} as const;

/** What one process does. */
export type Act = (context: Context) => Promise<unknown>;

/** How an act ended: what it gave, what it threw, or that it was killed. */
export type End =
  | { readonly kind: 'done' }
  | { readonly kind: 'thrown'; readonly error: unknown }
  | { readonly kind: 'killed' };

export interface Stage {
  readonly fake: FakeOrchestrator;
  /** Runs an act as a process of its own, which dies at `cut`. */
  play(act: Act, cut?: Cut): Promise<End>;
  /** How many calls of the driver the last act made. */
  calls(): number;
  /** The registry as another process sees it. */
  registry(): Registry;
  leave(): void;
}

/** A registry and a fake orchestrator of a flavor. */
export function setStage(flavor: 'memory' | 'awkward'): Stage {
  registerFakes();
  const fake = flavor === 'memory' ? memoryTarget() : awkwardTarget();
  const folder = mkdtempSync(join(tmpdir(), 'sched-stage-'));
  const open: Registry[] = [];
  let pid = 1000;
  let calls = 0;

  function registry(): Registry {
    const alive = pid;
    const opened = openRegistry(join(folder, 'registry.db'), {
      mode: 'write',
      now: Date.now(),
      seed: { ...ORCHESTRATOR, flavor, settings: fake.settings },
      host: HOST,
      isAlive: (asked) => asked === alive,
    });
    open.push(opened);
    return opened;
  }

  return {
    fake,
    calls: () => calls,
    registry,
    async play(act, cut) {
      pid += 1;
      const own = registry();
      const {
        driver,
        reached,
        calls: made,
      } = cutAt(
        guard(fake.connect(), fake.manifest, {
          signal: new AbortController().signal,
          clock: { now: Date.now },
          debug: () => undefined,
          timeoutMs: 5_000,
          secrets: [],
        }),
        cut,
      );
      const end = await Promise.race([
        act(contextOf(own, pid, fake, driver, folder)).then(
          (): End => ({ kind: 'done' }),
          (error: unknown): End => ({ kind: 'thrown', error }),
        ),
        reached.then((): End => ({ kind: 'killed' })),
      ]);
      calls = made().length;
      return end;
    },
    leave() {
      for (const each of open) {
        each.close();
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function contextOf(
  registry: Registry,
  pid: number,
  { manifest }: FakeOrchestrator,
  driver: ReturnType<typeof cutAt>['driver'],
  cwd: string,
): Context {
  return {
    clock: { now: Date.now },
    signal: new AbortController().signal,
    terminate: new AbortController().signal,
    holder: { actor: 'anna@here', host: HOST, pid },
    cwd,
    env: {},
    timezone: { name: 'UTC', source: 'test' },
    interactive: false,
    debug: () => undefined,
    registry: async () => registry,
    connect: async (orchestrator) => ({ orchestrator, manifest, driver }),
    connectUntil: async (orchestrator) => ({ orchestrator, manifest, driver }),
    orchestratorName: async () => ORCHESTRATOR.name,
    progress: () => undefined,
    say: () => undefined,
    confirm: async () => true,
  };
}

/** A create that both fakes accept. */
export function createInput(expression: string, whenTaken: CreateInput['whenTaken'] = 'refuse'): CreateInput {
  return {
    draft: {
      name: 'nightly',
      pipeline: 'train',
      timing: { kind: 'cron', expression },
      timezone: 'UTC',
      start: null,
      end: null,
      maxRuns: null,
      catchup: null,
      catchupLimit: 100,
      overlap: null,
      run: {
        kind: 'container',
        image: 'acme/train:1',
        argv: ['train'],
        env: {},
        secretEnv: {},
        resources: { requests: {}, limits: {} },
        nodeSelector: {},
        serviceAccount: null,
        imagePullSecrets: [],
      },
      parameters: {},
      timeoutSeconds: null,
      retry: null,
      labels: {},
      description: null,
      owner: null,
    },
    orchestrator: undefined,
    flavor: undefined,
    firedBy: 'orchestrator',
    paused: false,
    reason: null,
    whenTaken,
    dryRun: false,
  };
}
