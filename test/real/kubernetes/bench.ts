/** The real server as a bench for the laws of a driver: a namespace of its own, and an account with no more rights than asked for. */
import type { Driver } from '../../../src/drivers/driver.js';
import { connect } from '../../../src/drivers/kubernetes/driver.js';
import { manifest } from '../../../src/drivers/kubernetes/manifest.js';
import type { Bench } from '../../conformance/bench.js';
import { makeAccount } from './accounts.js';
import { bareCronJob } from './bare.js';
import type { ControlPlane } from './control-plane.js';
import { rights } from './rights.js';

/** A driver with nothing around it. */
export async function connectTo(settings: Readonly<Record<string, string>>): Promise<Driver> {
  return connect(settings, { env: process.env, caFile: undefined });
}

/** A Job as nobody writes it with options: two containers, a volume, a name for its pods. */
const TEMPLATE = {
  metadata: { annotations: { note: 'by hand' } },
  spec: {
    backoffLimit: 2,
    template: {
      metadata: { labels: { tier: 'batch' } },
      spec: {
        restartPolicy: 'OnFailure',
        volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1024Mi' } }],
        containers: [
          { name: 'train', image: 'lab/succeeds:1', volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] },
          { name: 'upload', image: 'lab/succeeds:1', env: [{ name: 'TARGET', value: 's3://results' }] },
        ],
      },
    },
  },
};

/** A bench whose namespace nobody else uses. */
export async function openBench(plane: ControlPlane): Promise<Bench> {
  const namespace = await plane.namespace('law');
  const { kubeconfig, token } = await makeAccount(plane, namespace, rights());
  const path = `/apis/batch/v1/namespaces/${namespace}/cronjobs`;
  return {
    manifest,
    connect: () => connectTo({ kubeconfig, namespace }),
    secrets: [token],
    patience: 2000,
    template: TEMPLATE,
    async addForeign() {
      await plane.client.demand('POST', path, { body: bareCronJob('theirs', { suspend: true }) });
      return `${namespace}/theirs`;
    },
    control: null,
    async close() {
      // Its end takes seconds in which nothing waits for it.
      await plane.client.demand('DELETE', `/api/v1/namespaces/${namespace}`);
    },
  };
}
