import type { Call, Driver } from '../../../src/drivers/driver.js';
import type { Operation } from '../../conformance/bench.js';

/**
 * The same driver, which tells `during` what it is asked before it sends anything. Its requests belong to what was asked last:
 * two different operations at once are told apart no further.
 */
export function observed(driver: Driver, during: (operation: Operation) => void): Driver {
  function once<A extends readonly unknown[], T>(on: Operation, method: (...args: [...A, Call]) => Promise<T>) {
    return (...args: [...A, Call]): Promise<T> => {
      during(on);
      return method(...args);
    };
  }

  function many<A extends readonly unknown[], T>(on: Operation, method: (...args: [...A, Call]) => AsyncIterable<T>) {
    return (...args: [...A, Call]): AsyncIterable<T> => ({
      [Symbol.asyncIterator]() {
        during(on);
        const items = method(...args)[Symbol.asyncIterator]();
        const end = items.return?.bind(items);
        return {
          next() {
            during(on);
            return items.next();
          },
          ...(end && { return: end }),
        };
      },
    });
  }

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
