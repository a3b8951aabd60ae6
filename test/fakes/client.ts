/** How a fake driver talks to its target: statuses become error codes, a text that is no JSON becomes UNAVAILABLE. */
import type { Call } from '../../src/drivers/driver.js';
import { PatienceError } from '../../src/drivers/shared/patience.js';
import { type ErrorCode, SchedError } from '../../src/errors.js';
import type { Instant, Json, NativeRun, RunTrigger } from '../../src/schedule.js';
import { REFUSALS } from '../conformance/bench.js';
import type { Target, TargetAnswer, TargetRequest } from './target.js';

/** An object as the target's JSON has it. */
export interface WireObject<Body> {
  readonly id: string;
  readonly body: Body;
  readonly paused: boolean;
  readonly version: string;
}

export interface WireRun {
  readonly id: string;
  readonly started: Instant;
  readonly ended: boolean;
  readonly body: { readonly scheduled?: Instant | null; readonly trigger?: RunTrigger } | null;
}

export interface Client {
  /** The answer's JSON. Throws a `SchedError` for every other answer. */
  send<T>(request: Omit<TargetRequest, 'token'>, call: Call): Promise<T>;
  /** All items of all pages. */
  pages<T>(request: Omit<TargetRequest, 'token' | 'cursor'>, call: Call): AsyncGenerator<T, void, undefined>;
}

export function clientOf(target: Target, token: string): Client {
  async function send<T>(request: Omit<TargetRequest, 'token'>, call: Call): Promise<T> {
    call.debug(`${request.method} ${request.id ?? ''} (authorization: Bearer ${token})`);
    return parse(await target.request({ ...request, token }, call.signal)) as T;
  }
  return {
    send,
    async *pages<T>(request: Omit<TargetRequest, 'token' | 'cursor'>, call: Call) {
      let cursor: string | null = '0';
      while (cursor !== null) {
        const page: { items: readonly T[]; next: string | null } = await send({ ...request, cursor }, call);
        yield* page.items;
        cursor = page.next;
      }
    },
  };
}

function parse({ status, text, retryAfterSeconds }: TargetAnswer): Json {
  const code: ErrorCode | undefined = (REFUSALS as Readonly<Record<number, ErrorCode>>)[status];
  if (code !== undefined) {
    const cause = new Error(`HTTP ${status} ${text}`);
    if (retryAfterSeconds !== undefined && (code === 'RATE_LIMITED' || code === 'UNAVAILABLE')) {
      throw new PatienceError(code, `the target answered ${status}`, retryAfterSeconds * 1000, { cause });
    }
    throw new SchedError(code, `the target answered ${status}`, { cause });
  }
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new SchedError('UNAVAILABLE', 'the target answered with something that is no JSON', { cause });
  }
}

/** A run as the contract has it; what it stands for is told where the driver wrote it down. */
export function nativeRun({ id, started, ended, body }: WireRun): NativeRun {
  return {
    nativeId: id,
    scheduled: body?.scheduled ?? null,
    started,
    finished: ended ? started + 1_000 : null,
    status: ended ? 'succeeded' : 'running',
    trigger: body?.trigger ?? 'manual',
    exitCode: null,
    reason: null,
    attempt: 1,
    url: null,
  };
}
