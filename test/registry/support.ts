import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRegistry, type RegistryOptions } from '../../src/registry/open.js';
import type {
  BeginRequest,
  Holder,
  Registry,
  ScheduleQuery,
  ScheduleRecord,
  ScheduleState,
  Settlement,
} from '../../src/registry/registry.js';
import type { NativeRun, ScheduleSpec } from '../../src/schedule.js';

/** 2026-01-01T00:00:00Z. */
export const NOW = Date.UTC(2026, 0, 1);
export const LEASE = 30_000;
export const LOCAL = {
  id: '00000000-0000-4000-8000-000000000001',
  name: 'local',
  flavor: 'local',
  settings: {},
  identity: null,
  isDefault: true,
};
/** This test process, alive for as long as the test runs. */
export const ME: Holder = { actor: 'ada@here', host: 'here', pid: process.pid };

/** Runs a test in a new folder that is removed afterwards. */
export async function inScratch(test: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sched-registry-'));
  try {
    await test(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A registry as this machine `here` opens it at NOW. */
export function open(file: string, options: Partial<RegistryOptions> = {}): Registry {
  return openRegistry(file, { mode: 'write', now: NOW, seed: LOCAL, host: 'here', isAlive: () => true, ...options });
}

/** Runs a test on a new registry. */
export function withRegistry(
  test: (registry: Registry, file: string) => void,
  options: Partial<RegistryOptions> = {},
): Promise<void> {
  return inScratch((folder) => {
    const file = join(folder, 'registry.db');
    const registry = open(file, options);
    try {
      test(registry, file);
    } finally {
      registry.close();
    }
  });
}

function makeSpec(overrides: Partial<ScheduleSpec> = {}): ScheduleSpec {
  return {
    name: 'nightly',
    pipeline: 'train',
    timing: { kind: 'cron', expression: '0 3 * * *' },
    timezone: 'Europe/Berlin',
    start: null,
    end: null,
    maxRuns: null,
    catchup: 'none',
    catchupLimit: 100,
    overlap: 'forbid',
    run: { kind: 'command', argv: ['./train.sh'], cwd: '/srv', env: {} },
    parameters: {},
    timeoutSeconds: null,
    retry: null,
    labels: {},
    description: null,
    owner: null,
    ...overrides,
  };
}

export function makeState(
  overrides: Partial<Omit<ScheduleState, 'spec'>> & { readonly spec?: Partial<ScheduleSpec> } = {},
): ScheduleState {
  return {
    desired: 'active',
    pause: null,
    firedBy: 'orchestrator',
    orchestratorId: LOCAL.id,
    generation: 1,
    nativeId: 'native-1',
    ...overrides,
    spec: makeSpec(overrides.spec),
  };
}

export function settlement(after: ScheduleState | null, overrides: Partial<Settlement> = {}): Settlement {
  return { now: NOW, after, baseline: null, nextRun: null, endsAt: null, ...overrides };
}

/** The request to create a schedule, and its id. */
export function newRequest(
  registry: Registry,
  after: ScheduleState,
  overrides: Partial<BeginRequest> = {},
): BeginRequest {
  return {
    change: registry.startChange({ verb: 'create', actor: ME.actor, reason: null, at: NOW }),
    verb: 'create',
    steps: [{ do: 'create', generation: after.generation, paused: false }],
    holder: ME,
    now: NOW,
    lease: LEASE,
    schedule: { kind: 'new', id: randomUUID(), origin: 'created' },
    after,
    ...overrides,
  };
}

/** The request to change a schedule. */
export function changeRequest(
  registry: Registry,
  record: ScheduleRecord,
  after: ScheduleState | null,
  overrides: Partial<BeginRequest> = {},
): BeginRequest {
  return newRequest(registry, after ?? record, {
    verb: 'update',
    steps: [{ do: 'update', generation: record.generation }],
    schedule: { kind: 'existing', id: record.id, revision: record.revision, lifecycle: 'updating' },
    after,
    ...overrides,
  });
}

/** Creates a schedule as a command does, start to end. */
export function create(
  registry: Registry,
  state: Parameters<typeof makeState>[0] = {},
  facts: Partial<Settlement> & { readonly holder?: Holder; readonly id?: string } = {},
): ScheduleRecord {
  const { holder = ME, id = randomUUID(), ...rest } = facts;
  const after = makeState(state);
  const entry = registry.begin(
    newRequest(registry, after, {
      holder,
      now: rest.now ?? NOW,
      schedule: { kind: 'new', id, origin: 'created' },
    }),
  );
  return present(registry.settle(entry, settlement(after, rest)));
}

/** Changes a schedule as a command does, start to end. */
export function change(
  registry: Registry,
  record: ScheduleRecord,
  after: ScheduleState | null,
  facts: Partial<Settlement> = {},
) {
  return registry.settle(registry.begin(changeRequest(registry, record, after)), settlement(after, facts));
}

export function stateOf({
  spec,
  desired,
  pause,
  firedBy,
  orchestratorId,
  generation,
  nativeId,
}: ScheduleState): ScheduleState {
  return { spec, desired, pause, firedBy, orchestratorId, generation, nativeId };
}

export function query(overrides: Partial<ScheduleQuery> = {}): ScheduleQuery {
  return {
    filters: [],
    logical: 'and',
    labels: [],
    sort: { field: 'created', descending: true },
    archived: 'false',
    page: 1,
    size: 20,
    now: NOW,
    ...overrides,
  };
}

export function makeRun(overrides: Partial<NativeRun> = {}): NativeRun {
  return {
    nativeId: 'run-1',
    scheduled: NOW,
    started: NOW + 5,
    finished: null,
    status: 'running',
    trigger: 'schedule',
    exitCode: null,
    reason: null,
    attempt: 1,
    url: null,
    ...overrides,
  };
}

/** The value, which the test knows to be there. */
export function present<Value>(value: Value | undefined | null): Value {
  if (value === undefined || value === null) {
    throw new Error('nothing there');
  }
  return value;
}

/** What `work` throws, as far as users see it; fails when it throws nothing. */
export function failure(work: () => unknown): { code: unknown; message: string; hint: unknown; detail: unknown } {
  try {
    work();
  } catch (error) {
    const { code, message, hint, detail } = error as Error & { code?: unknown; hint?: unknown; detail?: unknown };
    return { code, message, hint, detail };
  }
  throw new Error('it did not fail');
}
