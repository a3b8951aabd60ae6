/** A driver broken on purpose in one way, and the law that must notice. */
import type { Driver } from '../../../src/drivers/driver.js';
import { SchedError } from '../../../src/errors.js';

export interface Mutant {
  readonly name: string;
  /** Of the fake that is broken. */
  readonly flavor: 'memory' | 'awkward';
  readonly law: string;
  readonly broken: (driver: Driver) => Driver;
}

/** The same break in both fakes. */
export function onBoth(mutant: Omit<Mutant, 'flavor'>): Mutant[] {
  return (['memory', 'awkward'] as const).map((flavor) => ({ ...mutant, flavor }));
}

/** Replaces some methods of a driver. */
export function but(change: (driver: Required<Driver>) => Partial<Driver>): (driver: Driver) => Driver {
  // A method that is not there is never called: only what the flavor has is changed.
  return (driver) => ({ ...driver, ...change(driver as Required<Driver>) });
}

/** Only the first `count` of what a list has. */
export async function* head<T>(items: AsyncIterable<T>, count: number): AsyncGenerator<T, void, undefined> {
  let seen = 0;
  for await (const item of items) {
    if (seen === count) {
      return;
    }
    seen += 1;
    yield item;
  }
}

/** Makes another object on every call, whatever the stamp. */
export function otherEachTime(driver: Driver): Driver {
  let generation = 100;
  return {
    ...driver,
    create(request, call) {
      generation += 1;
      return driver.create({ ...request, stamp: { ...request.stamp, generation } }, call);
    },
  };
}

/** Fails to remove what is gone. */
export function strictRemove(driver: Driver): Driver {
  return {
    ...driver,
    async remove(nativeId, removal, call) {
      if ((await driver.read(nativeId, call)) === undefined) {
        throw new SchedError('NOT_FOUND', 'it is gone');
      }
      await driver.remove(nativeId, removal, call);
    },
  };
}
