/**
 * The laws of a driver. There are no switches: what a law asks for follows from the manifest alone.
 *
 * `conformance` holds for every target, real servers too. `faults` needs a target that can be made to fail: a fake.
 */
import { describe, test } from '@jest/globals';
import type { Bench, FaultyBench, Law } from './bench.js';
import { carrying } from './laws/carrying.js';
import { changing } from './laws/changing.js';
import { failing } from './laws/failing.js';
import { running } from './laws/running.js';
import { standing } from './laws/standing.js';

export const laws: readonly Law[] = [...standing, ...carrying, ...changing, ...running];
export const faultLaws: readonly Law<FaultyBench>[] = failing;

/** Runs every law on a bench of its own. */
export function conformance(name: string, open: () => Promise<Bench>): void {
  wrap(`${name} keeps the law`, laws, open);
}

/** Runs every law about failures on a bench of its own. */
export function faults(name: string, open: () => Promise<FaultyBench>): void {
  wrap(`${name} keeps the law when things fail`, faultLaws, open);
}

function wrap<B extends Bench>(title: string, all: readonly Law<B>[], open: () => Promise<B>): void {
  describe(title, () => {
    for (const law of all) {
      test(law.name, () => keeps(law, open));
    }
  });
}

/** Checks one law on a new bench. Throws when it is broken. */
export async function keeps<B extends Bench>(law: Law<B>, open: () => Promise<B>): Promise<void> {
  const bench = await open();
  try {
    await law.check(bench);
  } finally {
    await bench.close();
  }
}
