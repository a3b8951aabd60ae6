/** One guard for every driver: limits, deadline, retry, concurrency, redaction. Nobody calls a driver past it. */
import { setMaxListeners } from 'node:events';
import type { Clock } from '../clock.js';
import { isSchedError, SchedError } from '../errors.js';
import type { NativeRun, NativeSchedule } from '../schedule.js';
import { atHand } from './at-hand.js';
import { watch } from './deadline.js';
import type {
  Call,
  Capability,
  CheckItem,
  CreateRequest,
  Driver,
  Extras,
  Manifest,
  NativeRequest,
  Rehearsal,
  Removal,
  RunOfSchedule,
  RunQuery,
  StampRequest,
  TriggerRequest,
  UpdateRequest,
} from './driver.js';
import { asFailure, redacted } from './failure.js';
import { checkCapability, checkLimits, checkPaused, checkRemoval, checkTrigger } from './limits.js';
import { redactor } from './redact.js';
import { type Again, retrying } from './shared/retry.js';
import { slots } from './slots.js';

export interface GuardOptions {
  /** Ends every call with INTERRUPTED, or with the signal's reason when that is a `SchedError`. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  debug(message: string): void;
  /** Milliseconds for one call with all its retries, or for the next item of a list. Waiting for a free place does not count. */
  readonly timeoutMs: number;
  /** Values that appear in no message, cause or debug line. */
  readonly secrets: readonly string[];
}

/**
 * A driver as operations see it: the methods of `Core` and `Extras` without `call`, all of them present. One that the manifest
 * does not name answers UNSUPPORTED, as does whatever the manifest's limits rule out, and nothing reaches the driver.
 * Every error is a `SchedError`. What could take effect twice (create where the server names, trigger, update without a version)
 * is asked again only after RATE_LIMITED, which says that nothing was done. UNAVAILABLE and TIMED_OUT of whatever changes
 * something leave open whether it was done.
 */
export interface GuardedDriver {
  identity(): Promise<string>;
  create(request: CreateRequest): Promise<string>;
  read(nativeId: string): Promise<NativeSchedule | undefined>;
  list(): AsyncIterable<NativeSchedule>;
  remove(nativeId: string, removal?: Removal): Promise<void>;
  update(nativeId: string, request: UpdateRequest): Promise<void>;
  setStamp(nativeId: string, request: StampRequest | null): Promise<void>;
  setPaused(nativeId: string, paused: boolean): Promise<void>;
  trigger(nativeId: string, request: TriggerRequest): Promise<NativeRun>;
  runs(nativeId: string, query: RunQuery): AsyncIterable<NativeRun>;
  allRuns(query: RunQuery): AsyncIterable<RunOfSchedule>;
  logs(nativeId: string, runId: string): AsyncIterable<Uint8Array>;
  findForeign(): AsyncIterable<NativeSchedule>;
  rehearse(rehearsal: Rehearsal): Promise<readonly NativeRequest[]>;
  check(): AsyncIterable<CheckItem>;
  close(): Promise<void>;
}

/** A conversation with the driver about one operation. */
interface Asking {
  step<T>(again: Again, work: (call: Call) => Promise<T>): Promise<T>;
  /** As a step that is never made again, but without a deadline for what is at hand: for a long list that costs more than its items. */
  item<T extends object>(work: () => Promise<T>): Promise<T>;
  /** Nothing more is asked: what the driver still does can stop. */
  end(): void;
}

/** Puts the guard in front of a driver. Calls nothing yet. */
export function guard(driver: Driver, manifest: Manifest, options: GuardOptions): GuardedDriver {
  const { flavor } = manifest;
  const places = slots(manifest.concurrency);
  const redact = redactor(options.secrets);
  // Every call that lasts listens: many at once are no leak.
  setMaxListeners(0, options.signal);

  function debug(operation: string, message: string): void {
    options.debug(redact.text(`${flavor} ${operation}: ${message}`));
  }

  function late(operation: string): SchedError {
    return new SchedError(
      'TIMED_OUT',
      `${flavor} did not answer within ${options.timeoutMs / 1000} s (${operation}).`,
      {
        hint: 'A longer --timeout gives it more time.',
      },
    );
  }

  function failure(error: unknown, operation: string): SchedError {
    const known = asFailure(error, flavor, operation);
    return options.secrets.length === 0 ? known : redacted(known, redact);
  }

  /** One thing asked of the driver, in one step or many: each waits for a place, has its deadline, and is made as often as `again` allows. */
  function asking(operation: string, signal: AbortSignal = options.signal): Asking {
    const { timeoutMs } = options;
    const controller = new AbortController();
    const watching = watch({ signal, timeoutMs, late: () => late(operation) });
    const call: Call = {
      signal: controller.signal,
      now: () => options.clock.now(),
      debug: (message) => debug(operation, message),
    };
    async function held<T>(
      release: (() => void) | undefined,
      again: Again,
      work: (call: Call) => Promise<T>,
    ): Promise<T> {
      try {
        const limits = { again, signal: call.signal, until: performance.now() + timeoutMs, debug: call.debug };
        return await watching.over(() =>
          retrying(async () => {
            try {
              return await work(call);
            } catch (error) {
              throw asFailure(error, flavor, operation);
            }
          }, limits),
        );
      } catch (error) {
        throw failure(error, operation);
      } finally {
        release?.();
      }
    }
    async function step<T>(again: Again, work: (call: Call) => Promise<T>): Promise<T> {
      return await held(places.takeFree() ?? (await places.take(signal)), again, work);
    }
    return {
      step,
      async item(work) {
        const release = signal.aborted ? undefined : places.takeFree();
        if (release === undefined) {
          return await step('never', work);
        }
        const begun = work();
        const given = await atHand(begun);
        if (given === undefined) {
          return await held(release, 'never', () => begun);
        }
        release();
        return given;
      },
      end() {
        watching.end();
        controller.abort();
      },
    };
  }

  async function ask<T>(
    operation: string,
    again: Again,
    work: (call: Call) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const { step, end } = asking(operation, signal);
    try {
      return await step(again, work);
    } finally {
      end();
    }
  }

  /** Items as they are asked for. Only the first may be asked for twice: nobody has seen anything of the list then. */
  async function* stream<T>(
    operation: string,
    open: (call: Call) => AsyncIterable<T>,
  ): AsyncGenerator<T, void, undefined> {
    const { step, item, end } = asking(operation);
    let left: AsyncIterator<T> | undefined;
    try {
      let items: AsyncIterator<T> | undefined;
      const first = async (call: Call): Promise<IteratorResult<T>> => {
        items = open(call)[Symbol.asyncIterator]();
        return await items.next();
      };
      let result = await step('always', first);
      const opened = items;
      while (result.done !== true && opened !== undefined) {
        left = opened;
        yield result.value;
        left = undefined;
        result = await item(() => opened.next());
      }
    } finally {
      const close = left?.return?.bind(left);
      if (close !== undefined) {
        // The reader has what it wanted: how the rest ends is not its business.
        await step('never', () => close()).catch(() => undefined);
      }
      end();
    }
  }

  function extra<K extends Capability>(capability: K): Extras[K] {
    checkCapability(capability, manifest);
    // What is optional in `Driver` is the same method as in `Extras`.
    const method = driver[capability] as Extras[K] | undefined;
    if (method === undefined) {
      throw new SchedError('FAILED', `The ${flavor} driver lacks what its manifest promises (${capability}).`);
    }
    return method;
  }

  return {
    identity: () => ask('identity', 'always', (call) => driver.identity(call)),

    async create(request) {
      checkLimits(request.spec, manifest, request.firedBy);
      checkPaused(request.paused, manifest);
      return await ask('create', manifest.nativeIds === 'client' ? 'always' : 'when-refused', (call) =>
        driver.create(request, call),
      );
    },

    read: (nativeId) => ask('read', 'always', (call) => driver.read(nativeId, call)),
    list: () => stream('list', (call) => driver.list(call)),
    remove: (nativeId, removal = { stopRuns: false }) => {
      checkRemoval(removal, manifest);
      return ask('remove', 'always', (call) => driver.remove(nativeId, removal, call));
    },

    async update(nativeId, request) {
      const update = extra('update');
      checkLimits(request.spec, manifest, request.firedBy);
      let unanswered: unknown;
      try {
        await ask('update', request.version === null ? 'when-refused' : 'always', async (call) => {
          try {
            await update(nativeId, request, call);
          } catch (error) {
            unanswered ??= isSchedError(error, 'CONFLICT', 'RATE_LIMITED') ? undefined : error;
            throw error;
          }
        });
      } catch (error) {
        // The version may have moved by the attempt whose answer was lost: whether it did is for a read to tell.
        throw unanswered !== undefined && isSchedError(error, 'CONFLICT')
          ? failure(unknownOutcome(flavor, unanswered), 'update')
          : error;
      }
    },

    async setStamp(nativeId, request) {
      const setStamp = extra('setStamp');
      await ask('setStamp', 'always', (call) => setStamp(nativeId, request, call));
    },

    async setPaused(nativeId, paused) {
      const setPaused = extra('setPaused');
      await ask('setPaused', 'always', (call) => setPaused(nativeId, paused, call));
    },

    async trigger(nativeId, request) {
      const trigger = extra('trigger');
      checkTrigger(request, manifest);
      return await ask('trigger', 'when-refused', (call) => trigger(nativeId, request, call));
    },

    runs: (nativeId, query) => stream('runs', (call) => extra('runs')(nativeId, query, call)),
    allRuns: (query) => stream('allRuns', (call) => extra('allRuns')(query, call)),
    logs: (nativeId, runId) => stream('logs', (call) => extra('logs')(nativeId, runId, call)),
    findForeign: () => stream('findForeign', (call) => extra('findForeign')(call)),
    async rehearse(rehearsal) {
      const rehearse = extra('rehearse');
      if (rehearsal.do === 'create' || rehearsal.do === 'update') {
        checkLimits(rehearsal.request.spec, manifest, rehearsal.request.firedBy);
      }
      return await ask('rehearse', 'always', (call) => rehearse(rehearsal, call));
    },
    check: () => stream('check', (call) => extra('check')(call)),
    // Also after an interruption: files and connections are given back all the same.
    close: () => ask('close', 'never', () => driver.close(), new AbortController().signal),
  };
}

function unknownOutcome(flavor: string, cause: unknown): SchedError {
  return new SchedError('UNAVAILABLE', `${flavor} did not say whether the change was made.`, { cause });
}
