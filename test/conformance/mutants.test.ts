import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { fakeBenches } from '../fakes/benches.js';
import type { FaultyBench, Law } from './bench.js';
import { mutants } from './mutants.js';
import { faultLaws, keeps, laws } from './suite.js';

const all: readonly Law<FaultyBench>[] = [...laws, ...faultLaws];

describe('a law notices a driver that', () => {
  test.each(mutants)('$name ($flavor)', async ({ flavor, law: name, broken }) => {
    const law = all.find((each) => each.name === name);
    const open = fakeBenches[flavor];
    if (law === undefined || open === undefined) {
      throw new Error(`there is no law or no fake: ${name}, ${flavor}`);
    }
    const opened = async (): Promise<FaultyBench> => {
      const bench = await open();
      return { ...bench, patience: 200, connect: async () => broken(await bench.connect()) };
    };
    const error = await keeps(law, opened).then(
      () => undefined,
      (broke: unknown) => broke,
    );
    expect(error).toBeInstanceOf(Error);
    // Noticed, not fallen over: the mutant itself works.
    expect(inspect(error, { depth: 5 })).not.toMatch(/TypeError|ReferenceError/);
  });

  test('the laws have different names', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });
});
