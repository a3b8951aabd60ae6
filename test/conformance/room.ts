/** A law's working room: a guarded and a bare driver on one bench, requests with fresh ids, and patience. */
import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Call, CreateRequest, Driver, TriggerRequest } from '../../src/drivers/driver.js';
import { type GuardedDriver, type GuardOptions, guard } from '../../src/drivers/guard.js';
import { type ErrorCode, isSchedError, type SchedError } from '../../src/errors.js';
import { differences, project } from '../../src/projection.js';
import type { NativeSchedule, ScheduleSpec } from '../../src/schedule.js';
import { registryIdentity, stampOfSchedule } from '../../src/stamp.js';
import type { Bench } from './bench.js';
import { plainSpec } from './samples.js';

export interface Room {
  readonly bench: Bench;
  /** Past the guard. */
  readonly bare: Driver;
  readonly driver: GuardedDriver;
  /** Debug lines so far. */
  readonly lines: readonly string[];
  /** A registry's identity that no other law uses. */
  readonly registry: string;
  call(signal?: AbortSignal): Call;
  guarded(options?: Partial<GuardOptions>): GuardedDriver;
  request(spec?: Partial<ScheduleSpec>, more?: Partial<CreateRequest>): CreateRequest;
  /** Creates, waits until it shows, and removes it when the law is over. */
  made(request: CreateRequest): Promise<NativeSchedule>;
  /** Waits until `read` gives something that `good` accepts. */
  shown(nativeId: string, good?: (native: NativeSchedule) => boolean): Promise<NativeSchedule>;
  /** Fails when one of the next reads gives something that `good` does not accept: nothing changes late. */
  steady(nativeId: string, good: (native: NativeSchedule) => boolean): Promise<void>;
  gone(nativeId: string): Promise<void>;
  /** This room's schedules in the list, of every registry that it used. */
  listed(requests: readonly CreateRequest[]): Promise<NativeSchedule[]>;
  eventually<T>(look: () => Promise<T>, good: (value: T) => boolean, what: string): Promise<T>;
}

/** Milliseconds for one call. */
const TIMEOUT = 20_000;

/** Runs a law in a room and puts away what it made. */
export async function inRoom(bench: Bench, law: (room: Room) => Promise<void>): Promise<void> {
  const bare = await bench.connect();
  const lines: string[] = [];
  const registry = registryIdentity(randomBytes(5));
  const created = new Set<string>();
  const guarded = (options: Partial<GuardOptions> = {}): GuardedDriver =>
    remembering(
      guard(bare, bench.manifest, {
        signal: new AbortController().signal,
        clock: { now: () => Date.now() },
        debug: (line) => lines.push(line),
        timeoutMs: TIMEOUT,
        secrets: bench.secrets,
        ...options,
      }),
      created,
    );
  const driver = guarded();

  async function eventually<T>(look: () => Promise<T>, good: (value: T) => boolean, what: string): Promise<T> {
    const until = performance.now() + bench.patience;
    for (let pause = 1; ; pause = Math.min(pause * 2, 500)) {
      const value = await look();
      if (good(value)) {
        return value;
      }
      if (performance.now() > until) {
        throw new Error(
          `${what} did not happen within ${bench.patience} ms; last seen: ${JSON.stringify(value)?.slice(0, 2000)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async function shown(
    nativeId: string,
    good: (native: NativeSchedule) => boolean = () => true,
  ): Promise<NativeSchedule> {
    const native = await eventually(
      () => driver.read(nativeId),
      (found) => found !== undefined && good(found),
      `${nativeId} showing`,
    );
    return native as NativeSchedule;
  }

  const room: Room = {
    bench,
    bare,
    driver,
    lines,
    registry,
    call: (signal = new AbortController().signal) => ({
      signal,
      now: () => Date.now(),
      debug: (line) => lines.push(line),
    }),
    guarded,
    request: (spec = {}, more = {}) => newRequest({ ...plainSpec(bench), ...spec }, registry, more),
    made: async (request) => await shown(await driver.create(request)),
    shown,
    async steady(nativeId, good) {
      for (let reads = 0; reads < 10; reads += 1) {
        const native = await driver.read(nativeId);
        expect([native?.projection, native !== undefined && good(native)]).toEqual([native?.projection, true]);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async gone(nativeId) {
      await eventually(
        () => driver.read(nativeId),
        (found) => found === undefined,
        `${nativeId} being gone`,
      );
    },
    async listed(requests) {
      const ours = new Set(requests.map(({ stamp }) => stamp.schedule));
      const all = await collect(driver.list());
      return all.filter(({ stamp }) => stamp !== null && ours.has(stamp.schedule));
    },
    eventually,
  };
  try {
    await law(room);
  } finally {
    for (const nativeId of created) {
      await bare.remove(nativeId, { stopRuns: false }, room.call()).catch(() => undefined);
    }
    await bare.close();
  }
}

function remembering(driver: GuardedDriver, created: Set<string>): GuardedDriver {
  return {
    ...driver,
    async create(request) {
      const nativeId = await driver.create(request);
      created.add(nativeId);
      return nativeId;
    },
  };
}

function newRequest(spec: ScheduleSpec, registry: string, more: Partial<CreateRequest>): CreateRequest {
  const scheduleId = randomUUID();
  return {
    spec,
    paused: false,
    firedBy: 'orchestrator',
    scheduleId,
    stamp: { registry, schedule: stampOfSchedule(scheduleId), generation: 1 },
    ...more,
  };
}

/** A way to start a run, with a key of its own. */
export function startRequest(key: string = randomUUID()): TriggerRequest {
  return { key, parameters: {}, trigger: 'manual', scheduled: null };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) {
    all.push(item);
  }
  return all;
}

/** The error that `action` ends with; fails when it succeeds, when it is no `SchedError`, or of another code. */
export async function refusal(action: () => Promise<unknown>, ...codes: readonly ErrorCode[]): Promise<SchedError> {
  let outcome: unknown;
  try {
    outcome = await action();
  } catch (error) {
    if (isSchedError(error, ...codes)) {
      return error;
    }
    throw new Error(
      `expected ${codes.join(' or ')}, got ${isSchedError(error) ? `${error.code} ${error.message}` : String(error)}`,
      { cause: error },
    );
  }
  throw new Error(`expected ${codes.join(' or ')}, but it gave ${JSON.stringify(outcome)}`);
}

/** Runs `action` and fails when a request reached the target meanwhile. A real server cannot tell; there only the action counts. */
export async function quietly<T>({ control }: Bench, action: () => Promise<T>): Promise<T> {
  const before = control?.requests().length;
  const value = await action();
  expect(control?.requests().slice(before)).toEqual(control === null ? undefined : []);
  return value;
}

/** Fails unless the native object says exactly what the spec says, as far as it can be compared. */
export function expectCarried(native: NativeSchedule, spec: ScheduleSpec, paused: boolean): void {
  expect(differences(project(spec, paused), native.projection)).toEqual([]);
  expect(native.paused).toBe(paused);
}
