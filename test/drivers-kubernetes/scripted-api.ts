/** An API server of a few lines: answers as told, and remembers what it was asked. */

import type { Call } from '../../src/drivers/driver.js';
import type { Api, ApiRequest } from '../../src/drivers/kubernetes/api.js';
import type { Cluster } from '../../src/drivers/kubernetes/cluster.js';
import { type ErrorCode, SchedError } from '../../src/errors.js';
import type { Json } from '../../src/schedule.js';
import { settings } from './specs.js';

export interface Scripted {
  readonly cluster: Cluster;
  /** `PATCH /apis/…` of every request, in order. */
  readonly asked: string[];
  readonly requests: ApiRequest[];
  /** Milliseconds waited for, in order. */
  readonly waits: number[];
}

/** What to answer, by the beginning of `METHOD path`; the longest that fits. An error is thrown. */
export type Answers = Readonly<Record<string, Json | Error | ((request: ApiRequest) => Json)>>;

/** Throws nothing by itself: what has no answer is NOT_FOUND. */
export function scripted(answers: Answers): Scripted {
  const asked: string[] = [];
  const requests: ApiRequest[] = [];
  const waits: number[] = [];
  const keys = Object.keys(answers).sort((left, right) => right.length - left.length);

  async function request(sent: ApiRequest): Promise<Json> {
    const line = `${sent.method} ${sent.path}`;
    asked.push(line);
    requests.push(sent);
    const key = keys.find((known) => line.startsWith(known));
    const answer = key === undefined ? failure('NOT_FOUND', line) : answers[key];
    if (answer instanceof Error) {
      throw answer;
    }
    return typeof answer === 'function' ? answer(sent) : (answer as Json);
  }

  const api: Api = {
    namespace: 'space',
    server: 'https://127.0.0.1:6443/base',
    context: 'test',
    authority: undefined,
    request,
    async *pages(path, query) {
      yield (await request({ method: 'GET', path, query })) as readonly Json[];
    },
    async *text(sent) {
      yield Buffer.from(String(await request(sent)));
    },
    url: ({ path }) => `https://127.0.0.1:6443/base${path}`,
    close: () => undefined,
  };
  const cluster: Cluster = {
    api,
    settings,
    wait: async (milliseconds) => void waits.push(milliseconds),
  };
  return { cluster, asked, requests, waits };
}

export function failure(code: ErrorCode, message: string = code): SchedError {
  return new SchedError(code, message, { hint: 'a hint' });
}

/** A call at a moment of the clock. */
export function callAt(now: number): Call {
  return { signal: new AbortController().signal, now: () => now, debug: () => undefined };
}
