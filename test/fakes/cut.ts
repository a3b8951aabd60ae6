/** A process killed in the middle of its calls, without a process: the call that was cut never comes back, so nothing runs after it. */
import type { GuardedDriver } from '../../src/drivers/guard.js';
import type { Operation } from '../conformance/bench.js';

/** Before or after which call: the `nth` (1 unless given) of all calls, or of one operation. */
export interface Cut {
  readonly when: 'before' | 'after';
  readonly on?: Operation;
  readonly nth?: number;
}

export interface CutDriver {
  readonly driver: GuardedDriver;
  /** Resolves when the cut is reached: what called the driver is dead from then on. */
  readonly reached: Promise<void>;
  /** The calls so far. A whole run without a cut tells where cuts can be made. */
  calls(): readonly Operation[];
}

/**
 * Cuts at one call; without a cut only counts. Wait for `Promise.race([operation, reached])`, then go on with a new context and
 * the same target and registry: no `catch` or `finally` of the cut operation runs, as after SIGKILL.
 */
export function cutAt(driver: GuardedDriver, cut?: Cut): CutDriver {
  const calls: Operation[] = [];
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });

  /** Never comes back when the cut is here. */
  async function pass(
    when: Cut['when'],
    on: Operation,
    nth: { readonly ofAll: number; readonly ofOperation: number },
  ): Promise<void> {
    const counted = cut?.on === undefined ? nth.ofAll : nth.ofOperation;
    if (cut !== undefined && cut.when === when && (cut.on ?? on) === on && (cut.nth ?? 1) === counted) {
      reach();
      await new Promise(() => undefined);
    }
  }

  function count(on: Operation): { ofAll: number; ofOperation: number } {
    calls.push(on);
    return { ofAll: calls.length, ofOperation: calls.filter((each) => each === on).length };
  }

  function once<A extends readonly unknown[], T>(
    on: Operation,
    method: (...args: A) => Promise<T>,
  ): (...args: A) => Promise<T> {
    return async (...args) => {
      const nth = count(on);
      await pass('before', on, nth);
      const value = await method(...args);
      await pass('after', on, nth);
      return value;
    };
  }

  function many<A extends readonly unknown[], T>(
    on: Operation,
    method: (...args: A) => AsyncIterable<T>,
  ): (...args: A) => AsyncIterable<T> {
    return async function* (...args) {
      const nth = count(on);
      await pass('before', on, nth);
      yield* method(...args);
      await pass('after', on, nth);
    };
  }

  return {
    driver: {
      identity: once('identity', driver.identity),
      create: once('create', driver.create),
      read: once('read', driver.read),
      list: many('list', driver.list),
      remove: once('remove', driver.remove),
      update: once('update', driver.update),
      setStamp: once('setStamp', driver.setStamp),
      setPaused: once('setPaused', driver.setPaused),
      trigger: once('trigger', driver.trigger),
      runs: many('runs', driver.runs),
      allRuns: many('allRuns', driver.allRuns),
      logs: many('logs', driver.logs),
      rehearse: once('rehearse', driver.rehearse),
      findForeign: many('findForeign', driver.findForeign),
      check: many('check', driver.check),
      close: driver.close,
    },
    reached,
    calls: () => [...calls],
  };
}
