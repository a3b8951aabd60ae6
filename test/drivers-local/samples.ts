import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call, CreateRequest } from '../../src/drivers/driver.js';
import type { Instant, ScheduleSpec } from '../../src/schedule.js';
import { stampOfSchedule } from '../../src/stamp.js';

/** A round instant to count from. */
export const START: Instant = Date.UTC(2026, 0, 5, 12);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** A spec that runs `true` every minute from `START`, with `patch` laid over it. */
export function specOf(patch: Partial<ScheduleSpec> = {}): ScheduleSpec {
  return {
    name: 'sample',
    pipeline: 'sample',
    timing: { kind: 'interval', count: 1, unit: 'minute', anchor: START, on: [], times: [] },
    timezone: 'UTC',
    start: null,
    end: null,
    maxRuns: null,
    catchup: 'none',
    catchupLimit: 100,
    overlap: 'allow',
    run: { kind: 'command', argv: ['true'], cwd: '/', env: { PATH: '/usr/bin:/bin' } },
    parameters: {},
    timeoutSeconds: null,
    retry: null,
    labels: {},
    description: null,
    owner: null,
    ...patch,
  };
}

/** What runs when a program with arguments is given. */
export function command(...argv: string[]): ScheduleSpec['run'] {
  return { kind: 'command', argv, cwd: '/', env: { PATH: '/usr/bin:/bin' } };
}

/** Every `count` seconds from `anchor`. */
export function everySeconds(count: number, anchor: Instant = START): ScheduleSpec['timing'] {
  return { kind: 'interval', count, unit: 'second', anchor, on: [], times: [] };
}

/** A request for a schedule of its own. */
export function requestOf(patch: Partial<ScheduleSpec> = {}, paused = false): CreateRequest {
  const scheduleId = randomUUID();
  return {
    spec: specOf(patch),
    paused,
    firedBy: 'orchestrator',
    scheduleId,
    stamp: { registry: 'abcdefgh', schedule: stampOfSchedule(scheduleId), generation: 1 },
  };
}

/** A clock that stands until it is moved. */
export interface HandClock {
  now(): Instant;
  set(instant: Instant): void;
}

export function handClock(at: Instant = START): HandClock {
  let present = at;
  return {
    now: () => present,
    set: (instant) => {
      present = instant;
    },
  };
}

/** A call by a clock, never cancelled. */
export function callAt(clock: { now(): Instant }): Call {
  return { signal: new AbortController().signal, now: () => clock.now(), debug: () => undefined };
}

/** An empty folder, with what removes it again. */
export function scratch(): { readonly folder: string; readonly file: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'sched-local-'));
  return {
    folder,
    file: join(folder, 'agent', 'agent.db'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** All that an iterable gives. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) {
    items.push(item);
  }
  return items;
}
