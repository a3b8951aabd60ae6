/** A real Kubernetes control plane on the loopback address, with kwok as its only node. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPrograms, type Program } from './binaries.js';
import { type Client, openClient } from './client.js';
import { type Keys, makeKeys } from './keys.js';
import { type Identity, kubeconfigText } from './kubeconfig.js';
import { startNode } from './node.js';
import { answers, freePorts, openServers, type Servers } from './servers.js';

/** What a kubeconfig's context says; unless given: `default`, `lab`, the control plane's own server, and its authority. */
export interface ContextParts {
  readonly namespace?: string;
  readonly name?: string;
  readonly server?: string;
  /** Whether the kubeconfig holds the authority's certificate. */
  readonly trusted?: boolean;
}

export interface ControlPlane {
  /** Removed at the end. */
  readonly folder: string;
  readonly server: string;
  readonly keys: Keys;
  /** Path of a kubectl of the same version. */
  readonly kubectl: string;
  /** An administrator, who may do everything. */
  readonly client: Client;
  readonly token: string;
  /** The administrator's kubeconfigs, namespace `default`. */
  readonly administrator: { readonly withToken: string; readonly withCertificate: string };
  /** Writes a kubeconfig of one context and gives its path. */
  kubeconfig(identity: Identity, context?: ContextParts): string;
  /** Makes a namespace of a name that nobody else has. */
  namespace(topic: string): Promise<string>;
  /** Takes the controllers away for as long as the action runs. */
  withoutControllers(action: () => Promise<void>): Promise<void>;
  /** Another API server on the same data, with further flags, for as long as the action runs. */
  besides(flags: readonly string[], action: (server: string) => Promise<void>): Promise<void>;
  /** Forgets the history of the data: lists that began before it cannot go on. */
  compact(): Promise<void>;
  end(): Promise<void>;
}

/** The controllers that CronJobs and the tests need; each other one would cost memory and start time. */
const CONTROLLERS = [
  'cronjob-controller',
  'job-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'ttl-after-finished-controller',
  'clusterrole-aggregation-controller',
  'resourcequota-controller',
  'root-ca-certificate-publisher-controller',
];
/** Builds what is missing, starts everything and waits until it works: some five seconds when nothing needs building. */
export async function startControlPlane(): Promise<ControlPlane> {
  const programs = await findPrograms();
  const servers = openServers();
  try {
    return await startIn(servers, programs);
  } catch (error) {
    await servers.end();
    throw error;
  }
}

async function startIn(servers: Servers, programs: Readonly<Record<Program, string>>): Promise<ControlPlane> {
  const { folder } = servers;
  const keys = makeKeys(join(folder, 'keys'));
  const [etcdPort, peerPort, apiPort, controllersPort, schedulerPort, kubeletPort] = await freePorts(6);
  const etcd = `http://127.0.0.1:${etcdPort}`;
  const server = `https://127.0.0.1:${apiPort}`;
  const token = randomBytes(16).toString('hex');
  writeFileSync(join(folder, 'tokens.csv'), `${token},administrator,1,"system:masters"\n`, { mode: 0o600 });
  const client = openClient(server, keys.authority, token);
  let files = 0;

  function kubeconfig(identity: Identity, parts: ContextParts = {}): string {
    const { namespace = 'default', name = 'lab', server: address = server, trusted = true } = parts;
    const file = join(folder, `kubeconfig-${++files}.yaml`);
    const authority = trusted ? keys.authority : null;
    writeFileSync(file, kubeconfigText(identity, { namespace, name, server: address, authority }), { mode: 0o600 });
    return file;
  }

  function apiServer(port: number, flags: readonly string[]): readonly string[] {
    const { files: key } = keys;
    return [
      programs['kube-apiserver'],
      `--etcd-servers=${etcd}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      `--tls-cert-file=${key.server}`,
      `--tls-private-key-file=${key.serverKey}`,
      `--cert-dir=${join(folder, `certificates-${port}`)}`,
      `--client-ca-file=${key.authority}`,
      `--token-auth-file=${join(folder, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${key.accounts}`,
      `--service-account-signing-key-file=${key.accounts}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      '--endpoint-reconciler-type=none',
      ...flags,
    ];
  }

  const controllers = (): Promise<void> =>
    servers.start(
      'kube-controller-manager',
      [
        programs['kube-controller-manager'],
        `--kubeconfig=${administrator.withToken}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${controllersPort}`,
        `--cert-dir=${join(folder, 'certificates-controllers')}`,
        '--authentication-skip-lookup=true',
        `--service-account-private-key-file=${keys.files.accounts}`,
        `--root-ca-file=${keys.files.authority}`,
        '--leader-elect=false',
        '--kube-api-qps=500',
        '--kube-api-burst=1000',
        `--controllers=${CONTROLLERS.join(',')}`,
      ],
      // Pods are refused in a namespace until its account `default` is there.
      async () =>
        (await answers(`https://127.0.0.1:${controllersPort}/healthz`)) &&
        (await client.ask('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status === 200,
    );

  const administrator = {
    withToken: kubeconfig({ token }),
    withCertificate: kubeconfig(keys.administrator),
  };
  await servers.start(
    'etcd',
    [
      programs.etcd,
      '--data-dir',
      join(folder, 'etcd'),
      '--listen-client-urls',
      etcd,
      '--advertise-client-urls',
      etcd,
      '--listen-peer-urls',
      `http://127.0.0.1:${peerPort}`,
      '--initial-advertise-peer-urls',
      `http://127.0.0.1:${peerPort}`,
      '--initial-cluster',
      `default=http://127.0.0.1:${peerPort}`,
      '--unsafe-no-fsync',
      '--log-level',
      'warn',
    ],
    () => answers(`${etcd}/health`),
  );
  const ready = (address: string) => async () => {
    const probe = openClient(address, keys.authority, token);
    try {
      return (await probe.ask('GET', '/readyz')).status === 200;
    } finally {
      probe.close();
    }
  };
  await servers.start('kube-apiserver', apiServer(apiPort ?? 0, []), ready(server));
  await controllers();
  await startNode(servers, client, programs, administrator.withToken, { schedulerPort, kubeletPort });

  return {
    folder,
    server,
    keys,
    kubectl: programs.kubectl,
    client,
    token,
    administrator,
    kubeconfig,
    async namespace(topic) {
      const name = `${topic}-${randomBytes(3).toString('hex')}`;
      await client.demand('POST', '/api/v1/namespaces', { body: { metadata: { name } } });
      return name;
    },
    async withoutControllers(action) {
      await servers.stop('kube-controller-manager');
      try {
        await action();
      } finally {
        await controllers();
      }
    },
    async besides(flags, action) {
      const [port = 0] = await freePorts(1);
      const name = `kube-apiserver-${port}`;
      await servers.start(name, apiServer(port, flags), ready(`https://127.0.0.1:${port}`));
      try {
        await action(`https://127.0.0.1:${port}`);
      } finally {
        await servers.stop(name);
      }
    },
    compact: () => compact(etcd),
    async end() {
      client.close();
      await servers.end();
    },
  };
}

/** etcd's own JSON gateway: the newest revision, and nothing older. */
async function compact(etcd: string): Promise<void> {
  const call = async (path: string, body: object): Promise<{ readonly header: { readonly revision: string } }> => {
    const response = await fetch(`${etcd}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) {
      throw new Error(`etcd: ${response.status} ${await response.text()}`);
    }
    return (await response.json()) as { readonly header: { readonly revision: string } };
  };
  const { header } = await call('range', { key: Buffer.from('/').toString('base64') });
  await call('compaction', { revision: header.revision, physical: true });
}
