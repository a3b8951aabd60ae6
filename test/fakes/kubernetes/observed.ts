import type { Call, Driver } from '../../../src/drivers/driver.js';
import type { Operation } from '../../conformance/bench.js';
import { wrapped } from '../wrapped.js';

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

  return wrapped(driver, { once, many });
}
