/** The fake cluster answers as a real one did. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../../src/schedule.js';
import { type Cluster, openCluster } from '../fakes/kubernetes/cluster.js';
import { golden } from '../fakes/kubernetes/golden.js';
import { type Probe, runProbe } from '../fakes/kubernetes/probes/probe.js';
import { probes } from '../fakes/kubernetes/probes.js';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await openCluster();
});
afterAll(() => cluster.close());

function run(probe: Probe): Promise<Json> {
  return runProbe(cluster, cluster.namespace, probe);
}

describe('the fake cluster answers as a real one', () => {
  test('every probe was recorded, and nothing else', () => {
    expect(Object.keys(golden)).toEqual(probes.map(({ name }) => name));
  });

  test.each(probes)('$name', async (probe) => {
    expect(await run(probe)).toEqual(golden[probe.name]);
  });
});
