/** A driver that does what a test says, and a guard in front of it. */
import type { Driver, Manifest } from '../../src/drivers/driver.js';
import { type GuardedDriver, type GuardOptions, guard } from '../../src/drivers/guard.js';
import type { NativeRun, NativeSchedule, ScheduleSpec } from '../../src/schedule.js';
import { manifest as memory } from '../fakes/memory/manifest.js';

export const MANIFEST: Manifest = { ...memory, flavor: 'scripted' };

export const SPEC: ScheduleSpec = {
  name: 'nightly',
  pipeline: 'train',
  timing: { kind: 'cron', expression: '0 3 * * *' },
  timezone: 'UTC',
  start: null,
  end: null,
  maxRuns: null,
  catchup: 'none',
  catchupLimit: 100,
  overlap: 'forbid',
  run: { kind: 'command', argv: ['train'], cwd: '/', env: {} },
  parameters: {},
  timeoutSeconds: null,
  retry: null,
  labels: {},
  description: null,
  owner: null,
};

export const NATIVE: NativeSchedule = {
  nativeId: 'n',
  stamp: null,
  paused: false,
  projection: {},
  version: null,
  url: null,
};

export const RUN: NativeRun = {
  nativeId: 'r',
  scheduled: null,
  started: 1,
  finished: null,
  status: 'running',
  trigger: 'manual',
  exitCode: null,
  reason: null,
  attempt: 1,
  url: null,
};

export const REQUEST = {
  spec: SPEC,
  paused: false,
  firedBy: 'orchestrator' as const,
  scheduleId: '00000000-0000-4000-8000-000000000000',
  stamp: { registry: 'aaaaaaaa', schedule: 'aaaaaaaaaaaa', generation: 1 },
};

export const START = { key: 'k', parameters: {}, trigger: 'manual', scheduled: null } as const;

/** Answers plainly whatever is not scripted. */
function scripted(methods: Partial<Driver>): Driver {
  return {
    identity: async () => 'one',
    create: async () => 'n',
    read: async () => NATIVE,
    async *list() {
      yield NATIVE;
    },
    remove: async () => undefined,
    update: async () => undefined,
    setPaused: async () => undefined,
    trigger: async () => RUN,
    async *runs() {
      yield RUN;
    },
    async *logs() {
      yield Buffer.from('output');
    },
    async *findForeign() {
      yield NATIVE;
    },
    async *check() {
      yield { item: 'login', ok: true, detail: 'tester', hint: null };
    },
    close: async () => undefined,
    ...methods,
  };
}

export function guarded(
  methods: Partial<Driver>,
  options: Partial<GuardOptions> = {},
  manifest: Partial<Manifest> = {},
): GuardedDriver {
  return guard(
    scripted(methods),
    { ...MANIFEST, ...manifest },
    {
      signal: new AbortController().signal,
      clock: { now: () => 0 },
      debug: () => undefined,
      timeoutMs: 30_000,
      secrets: [],
      ...options,
    },
  );
}

/** Fails with each error in turn, then answers. Counts its calls. */
export function failing<T>(
  errors: readonly unknown[],
  answer: T,
): { readonly call: () => Promise<T>; count(): number } {
  let calls = 0;
  return {
    call: async () => {
      const error = errors[calls];
      calls += 1;
      if (error !== undefined) {
        throw error;
      }
      return answer;
    },
    count: () => calls,
  };
}
