/**
 * An orchestrator in memory: keeps objects, names them or lets the client do so, pages its lists, may show writes late, starts
 * runs, and fails as told. Fake drivers talk to it as to a server: a request in, a status and a text out.
 *
 *     const target = openTarget({ naming: 'client' });
 *     target.inject({ on: 'create', kind: 'lost' });       // the next create happens, its answer is lost
 *     target.requests();                                   // ['create mem-…']
 *     target.objects();                                    // what really stands there, past every fault
 */

import type { Instant, Json } from '../../src/schedule.js';
import type { Fault, Misfortune, Operation } from '../conformance/bench.js';
import { faultBox } from './faults.js';
import { reset, silence } from './suffering.js';

export interface TargetOptions {
  readonly naming: 'client' | 'server';
  /** Items of one page. */
  readonly pageSize: number;
  /** How many reads and lists still show an object as it was before its last write. */
  readonly staleReads: number;
  /** What a request must carry. */
  readonly token: string;
}

/** `operation` is what the driver was asked; `method` is the request that it sends for it. */
export interface TargetRequest {
  readonly operation: Operation;
  readonly method:
    | 'identity'
    | 'create'
    | 'get'
    | 'list'
    | 'put'
    | 'pause'
    | 'delete'
    | 'start'
    | 'runs'
    | 'logs'
    | 'health';
  readonly token: string;
  readonly id?: string;
  readonly body?: Json;
  /** For `put`: only if this is the object's version. */
  readonly version?: string;
  /** For lists: where the page before ended. */
  readonly cursor?: string;
  readonly paused?: boolean;
  /** For `start`: asked again with the same key, a target whose client names gives the same run. */
  readonly key?: string;
}

export interface TargetAnswer {
  readonly status: number;
  readonly retryAfterSeconds?: number;
  readonly text: string;
}

interface TargetRun {
  readonly id: string;
  readonly key: string;
  readonly started: Instant;
  readonly ended: boolean;
  readonly body: Json;
}

interface TargetObject {
  readonly id: string;
  readonly body: Json;
  readonly paused: boolean;
  readonly version: number;
}

export interface Target {
  request(request: TargetRequest, signal: AbortSignal): Promise<TargetAnswer>;
  inject(fault: Fault): void;
  heal(): void;
  requests(): readonly string[];
  /** What the last removal was asked with; null: nothing. */
  lastRemoval(): Json;
  /** What stands there, past faults and staleness. */
  objects(): readonly TargetObject[];
  /** Puts an object there as somebody else would. Gives its id. */
  plant(body: Json): string;
  /** The runs that an object has had, past faults. */
  runs(id: string): readonly TargetRun[];
  /** Ends every run of an object well. */
  endRuns(id: string): void;
  /** Changes an object behind the back of whoever made it. */
  meddle(id: string, change: Partial<Pick<TargetObject, 'body' | 'paused'>> | 'delete'): void;
}

interface Slot {
  now: TargetObject | undefined;
  before: TargetObject | undefined;
  staleReads: number;
  runs: readonly TargetRun[];
}

export function openTarget(options: TargetOptions): Target {
  const slots = new Map<string, Slot>();
  const faults = faultBox();
  const log: string[] = [];
  let serial = 0;
  let time = Date.UTC(2030, 0, 1);
  let removal: Json = null;

  function write(id: string, next: TargetObject | undefined): void {
    const slot = slots.get(id) ?? { now: undefined, before: undefined, staleReads: 0, runs: [] };
    slots.set(id, { ...slot, before: slot.now, now: next, staleReads: options.staleReads });
  }

  function show(slot: Slot, stale: boolean): TargetObject | undefined {
    if (slot.staleReads > 0) {
      slot.staleReads -= 1;
      return slot.before;
    }
    return stale ? slot.before : slot.now;
  }

  function paged(items: readonly Json[], cursor: string | undefined): TargetAnswer {
    const from = Number(cursor ?? 0);
    const to = from + options.pageSize;
    return ok({ items: items.slice(from, to), next: to < items.length ? String(to) : null });
  }

  /** Carries a request out. */
  function serve(request: TargetRequest, stale: boolean): TargetAnswer {
    time += 1000;
    const id = request.id ?? '';
    const slot = slots.get(id);
    switch (request.method) {
      case 'identity':
        return ok({ uid: `uid-of-${options.naming}` });
      case 'health':
        return ok({ user: 'tester', jobs: true });
      case 'create':
        return create(request);
      case 'get':
        return answerObject(slot && show(slot, stale));
      case 'list':
        return paged(
          [...slots.values()]
            .map((each) => show(each, stale))
            .filter((object) => object !== undefined)
            .map(objectJson),
          request.cursor,
        );
      case 'runs':
        return slot?.now === undefined ? missing() : paged(slot.runs.toReversed().map(runJson), request.cursor);
      case 'logs':
        return [...slots.values()].some(({ runs }) => runs.some((run) => run.id === id))
          ? ok(`output of ${id}\n`)
          : missing();
      default:
        return slot?.now === undefined ? missing() : change(request, slot, slot.now);
    }
  }

  function create({ id, body = null, paused = false }: TargetRequest): TargetAnswer {
    serial += 1;
    const name = options.naming === 'client' && id !== undefined ? id : `job-${serial}`;
    if (slots.get(name)?.now !== undefined) {
      return { status: 409, text: `{"error":"${name} exists"}` };
    }
    const made: TargetObject = { id: name, body, paused, version: 1 };
    write(name, made);
    return ok(objectJson(made));
  }

  function change(request: TargetRequest, slot: Slot, object: TargetObject): TargetAnswer {
    const version = object.version + 1;
    switch (request.method) {
      case 'put':
        if (request.version !== undefined && request.version !== String(object.version)) {
          return { status: 409, text: '{"error":"the object has been modified"}' };
        }
        write(object.id, { ...object, body: request.body ?? null, version });
        return ok(null);
      case 'pause':
        write(object.id, { ...object, paused: request.paused ?? false, version });
        return ok(null);
      case 'delete':
        removal = request.body ?? null;
        write(object.id, undefined);
        return ok(null);
      default:
        return start(request, slot);
    }
  }

  function start({ key = '', body = null }: TargetRequest, slot: Slot): TargetAnswer {
    const same = options.naming === 'client' ? slot.runs.find((run) => run.key === key) : undefined;
    serial += 1;
    const run = same ?? {
      id: options.naming === 'client' ? `run-${key}` : `run-${serial}`,
      key,
      started: time,
      ended: false,
      body,
    };
    if (same === undefined) {
      slot.runs = [...slot.runs, run];
    }
    return ok(runJson(run));
  }

  return {
    async request(request, signal) {
      // A request that was given up before it was sent never arrives.
      signal.throwIfAborted();
      log.push(`${request.operation} ${request.method} ${request.id ?? ''}`.trim());
      const misfortune = faults.next(request.operation);
      if (request.token !== options.token) {
        return { status: 401, text: `{"error":"unknown token ${request.token}"}` };
      }
      return misfortune === undefined ? serve(request, false) : await suffer(misfortune, request, serve, signal);
    },
    inject: faults.inject,
    heal: faults.heal,
    requests: () => [...log],
    lastRemoval: () => removal,
    objects: () => [...slots.values()].flatMap(({ now }) => now ?? []),
    plant(body) {
      serial += 1;
      const id = `planted-${serial}`;
      slots.set(id, { now: { id, body, paused: false, version: 1 }, before: undefined, staleReads: 0, runs: [] });
      return id;
    },
    runs: (id) => slots.get(id)?.runs ?? [],
    endRuns(id) {
      const slot = slots.get(id);
      if (slot !== undefined) {
        slot.runs = slot.runs.map((run) => ({ ...run, ended: true }));
      }
    },
    meddle(id, change) {
      const slot = slots.get(id);
      if (slot?.now === undefined) {
        throw new Error(`there is no ${id}`);
      }
      slot.now = change === 'delete' ? undefined : { ...slot.now, ...change, version: slot.now.version + 1 };
    },
  };
}

async function suffer(
  misfortune: Misfortune,
  request: TargetRequest,
  serve: (request: TargetRequest, stale: boolean) => TargetAnswer,
  signal: AbortSignal,
): Promise<TargetAnswer> {
  switch (misfortune.kind) {
    case 'refused':
      return {
        status: misfortune.status,
        // A careless server repeats what it was sent.
        text: `{"error":"refused, token was ${request.token}"}`,
        ...(misfortune.retryAfterSeconds !== undefined && { retryAfterSeconds: misfortune.retryAfterSeconds }),
      };
    case 'dropped':
      throw reset();
    case 'lost':
      serve(request, false);
      throw reset();
    case 'hang':
      return await silence(signal);
    case 'mute':
      serve(request, false);
      return await silence(signal);
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, misfortune.milliseconds));
      return serve(request, false);
    case 'truncated': {
      const { text, ...answer } = serve(request, false);
      return { ...answer, text: text.slice(0, Math.floor(text.length / 2)) };
    }
    case 'html':
      return { ...serve(request, false), text: '<!doctype html><title>Sign in</title>' };
    case 'stale':
      return serve(request, true);
    case 'empty':
      return ok({ items: [], next: null });
  }
}

function ok(value: Json): TargetAnswer {
  return { status: 200, text: JSON.stringify(value) };
}

function missing(): TargetAnswer {
  return { status: 404, text: '{"error":"not found"}' };
}

function answerObject(object: TargetObject | undefined): TargetAnswer {
  return object === undefined ? missing() : ok(objectJson(object));
}

function objectJson({ id, body, paused, version }: TargetObject): Json {
  return { id, body, paused, version: String(version) };
}

function runJson({ id, started, ended, body }: TargetRun): Json {
  return { id, started, ended, body };
}
