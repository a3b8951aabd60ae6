/** Bad luck for a driver that has no server to fail: each of its calls counts as one request. */
import type { Call, Driver } from '../../src/drivers/driver.js';
import type { Control, Misfortune, Operation } from '../conformance/bench.js';
import { faultBox } from './faults.js';
import { wrapped } from './wrapped.js';

/** Drivers made by `wrap` fail as `control` is told. */
export function suffering(): { readonly control: Control; wrap(driver: Driver): Driver } {
  const faults = faultBox();
  const log: string[] = [];

  function once<A extends readonly unknown[], T>(on: Operation, method: (...args: [...A, Call]) => Promise<T>) {
    return async (...args: [...A, Call]): Promise<T> => {
      log.push(on);
      const misfortune = faults.next(on);
      const call = args.at(-1) as Call;
      await before(misfortune, call);
      const value = await method(...args);
      await after(misfortune, call);
      return value;
    };
  }

  function many<A extends readonly unknown[], T>(on: Operation, method: (...args: [...A, Call]) => AsyncIterable<T>) {
    return async function* (...args: [...A, Call]): AsyncGenerator<T, void, undefined> {
      log.push(on);
      const misfortune = faults.next(on);
      const call = args.at(-1) as Call;
      await before(misfortune, call);
      yield* method(...args);
      await after(misfortune, call);
    };
  }

  return {
    control: {
      requests: () => [...log],
      inject: faults.inject,
      heal: faults.heal,
      suffers: ['dropped', 'lost', 'hang', 'mute', 'slow'],
    },
    wrap: (driver) => wrapped(driver, { once, many }),
  };
}

async function before(misfortune: Misfortune | undefined, { signal }: Call): Promise<void> {
  if (misfortune?.kind === 'dropped') {
    throw reset();
  }
  if (misfortune?.kind === 'hang') {
    await silence(signal);
  }
  if (misfortune?.kind === 'slow') {
    await new Promise((resolve) => setTimeout(resolve, misfortune.milliseconds));
  }
}

async function after(misfortune: Misfortune | undefined, { signal }: Call): Promise<void> {
  if (misfortune?.kind === 'lost') {
    throw reset();
  }
  if (misfortune?.kind === 'mute') {
    await silence(signal);
  }
}

/** What Node reports when the other side closes the connection. */
export function reset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}

/** No answer until the client gives up. */
export function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
    }
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
