/** A driver with something around each of its methods. */
import type { Call, Driver } from '../../src/drivers/driver.js';
import type { Operation } from '../conformance/bench.js';

/** What is put around methods that give one answer, and around those that give a list. */
export interface Wrapping {
  once<A extends readonly unknown[], T>(
    on: Operation,
    method: (...args: [...A, Call]) => Promise<T>,
  ): (...args: [...A, Call]) => Promise<T>;
  many<A extends readonly unknown[], T>(
    on: Operation,
    method: (...args: [...A, Call]) => AsyncIterable<T>,
  ): (...args: [...A, Call]) => AsyncIterable<T>;
}

/** The same driver, each method wrapped; one that it lacks stays absent. */
export function wrapped(driver: Driver, { once, many }: Wrapping): Driver {
  const { update, setStamp, setPaused, trigger, runs, allRuns, logs, findForeign, rehearse, check } = driver;
  return {
    identity: once('identity', driver.identity),
    create: once('create', driver.create),
    read: once('read', driver.read),
    list: many('list', driver.list),
    remove: once('remove', driver.remove),
    close: () => driver.close(),
    ...(update && { update: once('update', update) }),
    ...(setStamp && { setStamp: once('setStamp', setStamp) }),
    ...(setPaused && { setPaused: once('setPaused', setPaused) }),
    ...(trigger && { trigger: once('trigger', trigger) }),
    ...(runs && { runs: many('runs', runs) }),
    ...(allRuns && { allRuns: many('allRuns', allRuns) }),
    ...(logs && { logs: many('logs', logs) }),
    ...(findForeign && { findForeign: many('findForeign', findForeign) }),
    ...(rehearse && { rehearse: once('rehearse', rehearse) }),
    ...(check && { check: many('check', check) }),
  };
}
