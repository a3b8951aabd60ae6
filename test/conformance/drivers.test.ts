import { describe, expect, test } from '@jest/globals';
import { drivers } from '../../src/drivers/index.js';
import { benches, fakeBenches } from '../fakes/benches.js';
import { conformance, faults } from './suite.js';

describe('the list of drivers', () => {
  test('has a bench for every driver, and no bench without one', () => {
    expect(Object.keys(benches).toSorted()).toEqual(drivers.map(({ manifest }) => manifest.flavor).toSorted());
  });

  test.each(Object.entries({ ...benches, ...fakeBenches }))(
    'the bench of %s is of that flavor',
    async (flavor, open) => {
      const bench = await open();
      expect(bench.manifest.flavor).toBe(flavor);
      await bench.close();
    },
  );

  test('every bench with a server can suffer whatever a server does', async () => {
    const [memory, ...others] = await Promise.all(
      Object.entries({ ...fakeBenches, ...benches })
        .filter(([flavor]) => flavor !== 'local')
        .map(([, open]) => open()),
    );
    for (const bench of others) {
      expect(bench.control.suffers).toEqual(memory?.control.suffers);
      await bench.close();
    }
    await memory?.close();
  });
});

for (const [flavor, open] of Object.entries({ ...benches, ...fakeBenches })) {
  conformance(flavor, open);
  faults(flavor, open);
}
