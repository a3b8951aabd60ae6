import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { fakeBenches } from '../fakes/benches.js';
import type { FaultyBench, Law } from './bench.js';
import { carryingMutants } from './mutants/carrying.js';
import { changingMutants } from './mutants/changing.js';
import { failingMutants } from './mutants/failing.js';
import { runningMutants } from './mutants/running.js';
import { standingMutants } from './mutants/standing.js';
import { faultLaws, keeps, laws } from './suite.js';

const mutants = [...standingMutants, ...carryingMutants, ...changingMutants, ...runningMutants, ...failingMutants];

/** What the guard does whatever the driver does; its own tests break it. */
const GUARDED: readonly string[] = [
  'what the manifest rules out is refused without a request',
  'a target that does not answer costs no more than the time allowed, whatever is asked',
  'no secret of the settings is in any error or debug line, whatever fails',
];

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

  test('there is one for every law', () => {
    const noticed = new Set([...mutants.map(({ law }) => law), ...GUARDED]);
    expect(all.map(({ name }) => name).filter((name) => !noticed.has(name))).toEqual([]);
  });

  test('the laws have different names', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });
});
