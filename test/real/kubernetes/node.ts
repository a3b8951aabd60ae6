/** The only node: kwok in a kubelet's place. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Program } from './binaries.js';
import type { Client } from './client.js';
import { answers, type Servers } from './servers.js';

const NODE = 'node-1';
/** What every pod has written, as a container runtime keeps it. */
export const OUTPUT = ['epoch 1', 'epoch 2 of 2: läuft'];

/** The scheduler, kwok, and one node whose pods kwok starts and ends as stages.yaml says. */
export async function startNode(
  servers: Servers,
  client: Client,
  programs: Readonly<Record<Program, string>>,
  kubeconfig: string,
  {
    schedulerPort = 0,
    kubeletPort = 0,
  }: { readonly schedulerPort?: number | undefined; readonly kubeletPort?: number | undefined },
): Promise<void> {
  const { folder } = servers;
  const amounts = { cpu: '64', memory: '256Gi', pods: '1000' };
  await client.demand('POST', '/api/v1/nodes', {
    body: {
      metadata: { name: NODE, labels: { disk: 'fast' } },
      status: {
        allocatable: amounts,
        capacity: amounts,
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      },
    },
  });
  // Admission calls every new node not ready, and the controller that would lift the taint does not run.
  await client.demand('PATCH', `/api/v1/nodes/${NODE}`, { body: { spec: { taints: null } } });
  const output = join(folder, 'output.log');
  writeFileSync(output, OUTPUT.map((line) => `2026-01-01T00:00:00.000000000Z stdout F ${line}\n`).join(''));
  const logs = join(folder, 'logs.yaml');
  writeFileSync(
    logs,
    stringify({
      apiVersion: 'kwok.x-k8s.io/v1alpha1',
      kind: 'ClusterLogs',
      metadata: { name: 'output' },
      spec: { logs: [{ logsFile: output }] },
    }),
  );
  await Promise.all([
    servers.start(
      'kube-scheduler',
      [
        programs['kube-scheduler'],
        `--kubeconfig=${kubeconfig}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${schedulerPort}`,
        `--cert-dir=${join(folder, 'certificates-scheduler')}`,
        '--authentication-skip-lookup=true',
        '--leader-elect=false',
      ],
      () => answers(`https://127.0.0.1:${schedulerPort}/healthz`),
    ),
    servers.start(
      'kwok',
      [
        programs.kwok,
        `--kubeconfig=${kubeconfig}`,
        '--manage-all-nodes=true',
        `--config=${fileURLToPath(new URL('stages.yaml', import.meta.url))}`,
        `--config=${logs}`,
        '--node-ip=127.0.0.1',
        `--node-port=${kubeletPort}`,
        `--server-address=127.0.0.1:${kubeletPort}`,
      ],
      () => answers(`http://127.0.0.1:${kubeletPort}/healthz`),
    ),
  ]);
}
