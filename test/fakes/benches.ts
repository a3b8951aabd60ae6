/** A bench for every driver in the list, by flavor, and for the fakes themselves. A driver without one is red. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectKubernetes } from '../../src/drivers/kubernetes/driver.js';
import { manifest as kubernetes } from '../../src/drivers/kubernetes/manifest.js';
import { connect as connectLocal } from '../../src/drivers/local/driver.js';
import { manifest as local } from '../../src/drivers/local/manifest.js';
import { type FaultyBench, MISFORTUNES } from '../conformance/bench.js';
import { awkwardTarget, type FakeOrchestrator, memoryTarget } from './fakes.js';
import { openCluster } from './kubernetes/cluster.js';
import { observed } from './kubernetes/observed.js';
import { suffering } from './suffering.js';

function faked({ manifest, target, settings, connect }: FakeOrchestrator): FaultyBench {
  return {
    manifest,
    connect: async () => connect(),
    secrets: [settings.token],
    patience: 1000,
    addForeign: async () => target.plant({ note: 'made by hand' }),
    control: { requests: target.requests, inject: target.inject, heal: target.heal, suffers: MISFORTUNES },
    close: async () => undefined,
  };
}

/** Its orchestrator is a file: nothing stands between that could answer wrongly, so the calls themselves are made to fail. */
async function localBench(): Promise<FaultyBench> {
  const folder = await mkdtemp(join(tmpdir(), 'sched-local-'));
  const { control, wrap } = suffering();
  return {
    manifest: local,
    connect: async () => wrap(connectLocal({ file: join(folder, 'agent.db') })),
    secrets: [],
    patience: 1000,
    control,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Small pages, so that there are several. */
const PAGE = 3;

async function kubernetesBench(): Promise<FaultyBench> {
  const cluster = await openCluster({ pageSize: PAGE });
  const { kubeconfig, namespace, control } = cluster;
  return {
    manifest: kubernetes,
    connect: async () =>
      observed(connectKubernetes({ kubeconfig, namespace }, { env: {}, caFile: undefined }), cluster.during),
    secrets: [cluster.token],
    patience: 1000,
    template: {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1' }] } } },
    },
    addForeign: async () => `${namespace}/${cluster.plant()}`,
    control,
    close: cluster.close,
  };
}

/** One for each driver in the list, with the same flavor. */
export const benches: Readonly<Record<string, () => Promise<FaultyBench>>> = {
  local: localBench,
  kubernetes: kubernetesBench,
};

/** For the fakes, which keep the law themselves. */
export const fakeBenches: Readonly<Record<string, () => Promise<FaultyBench>>> = {
  memory: async () => faked(memoryTarget()),
  awkward: async () => faked(awkwardTarget()),
};
