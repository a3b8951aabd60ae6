/**
 * A Kubernetes cluster as far as CronJobs go: an HTTP server in this process that answers as kube-apiserver 1.36 does (golden.json
 * holds a real one's answers), with a hand on it.
 *
 *     const cluster = await openCluster();
 *     connect({ kubeconfig: cluster.kubeconfig, namespace: cluster.namespace });
 *     cluster.control.inject({ on: 'update', kind: 'lost' });    // the next PATCH of an update is done, its answer is lost
 *     cluster.control.requests();                                // ['update GET /apis/…', 'update PATCH /apis/…']
 *     cluster.fire('nightly-…', Date.UTC(2031, 0, 1)), cluster.finish('nightly-…-32081760', true, 'done\n');
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fault, MISFORTUNES, type MisfortuneKind, type Operation } from '../../conformance/bench.js';
import { answer, openNamespace } from './answers.js';
import { create } from './collections.js';
import { finish, fire } from './controllers.js';
import type { Fields } from './fields.js';
import { isHit, send, suffer } from './misfortune.js';
import { type Asked, CRONJOBS, JOBS, NODES, targetOf, type User } from './request.js';
import { ADMINISTRATOR, ANONYMOUS } from './rights.js';
import { failure, Refusal, type Reply } from './status.js';
import { openStore } from './store.js';
import type { World } from './world.js';

export interface ClusterOptions {
  /** Items of a page at most, whatever is asked for; the server itself knows no such bound. */
  readonly pageSize?: number;
}

export interface Cluster {
  /** Base URL. */
  readonly server: string;
  /** The administrator's. */
  readonly token: string;
  /** Exists and is empty. */
  readonly namespace: string;
  /** Path of a kubeconfig for the administrator. */
  readonly kubeconfig: string;
  /** The operation that the requests from now on belong to, for faults and `requests`. */
  during(operation: Operation): void;
  /** Puts a CronJob there that somebody else made. Gives its name. */
  plant(): string;
  readonly control: {
    requests(): readonly string[];
    inject(fault: Fault): void;
    heal(): void;
    readonly suffers: readonly MisfortuneKind[];
  };
  /** CronJobs or Jobs that stand in the namespace, past every fault. */
  objects(plural: 'cronjobs' | 'jobs'): readonly Fields[];
  /** Makes the Job of an occurrence, as the controller does. Gives its name. */
  fire(cronJob: string, occurrence: number): string;
  /** Ends a Job, with what its container wrote. */
  finish(job: string, good: boolean, output: string): void;
  /** Continue tokens so far are too old. */
  expire(): void;
  close(): Promise<void>;
}

const TOKEN = 'fake-administrator-0123456789';
const NAMESPACE = 'pipelines';
/** Milliseconds after which controllers act. */
const A_MOMENT = 2;
/** Starts a cluster on a free port of 127.0.0.1. */
export async function openCluster({ pageSize = Number.POSITIVE_INFINITY }: ClusterOptions = {}): Promise<Cluster> {
  const timers = new Set<NodeJS.Timeout>();
  const world: World = {
    store: openStore(),
    snapshots: new Map(),
    tokens: new Map([[TOKEN, ADMINISTRATOR]]),
    logs: new Map(),
    pageSize,
    now: () => Date.now(),
    later(work) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        work();
      }, A_MOMENT);
      timers.add(timer);
    },
  };
  for (const name of ['default', 'kube-system', NAMESPACE]) {
    openNamespace(world, name);
  }
  world.store.put(NODES, readyNode());
  const faults = requestFaults();
  const log: string[] = [];
  let operation: Operation | undefined;
  const server = createServer((request, response) => {
    const during = operation;
    void read(request, world.tokens)
      .then(async (asked) => {
        log.push(`${during ?? 'other'} ${request.method} ${request.url}`);
        if (!isAsked(asked)) {
          send(response, asked);
          return;
        }
        const misfortune = during === undefined ? undefined : faults.next(during, asked);
        const serve = (stale: boolean): Reply => replied(() => answer(world, asked, stale));
        await (misfortune === undefined
          ? send(response, serve(false))
          : suffer(misfortune, asked, { serve, meddle: () => meddle(world, asked) }, response));
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), 'sched-kubernetes-'));
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, configText(base, TOKEN, NAMESPACE), { mode: 0o600 });
  return {
    server: base,
    token: TOKEN,
    namespace: NAMESPACE,
    kubeconfig,
    during(next) {
      operation = next;
    },
    control: { requests: () => [...log], inject: faults.inject, heal: faults.heal, suffers: MISFORTUNES },
    objects: (plural) => world.store.list(plural === 'jobs' ? JOBS : CRONJOBS, NAMESPACE),
    plant() {
      const name = `by-hand-${world.store.version()}`;
      const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1' }] } };
      const body = { metadata: { name }, spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template } } } };
      create(world, {
        method: 'POST',
        target: { resource: CRONJOBS, namespace: NAMESPACE, name: '', subresource: '' },
        query: new URLSearchParams(),
        contentType: 'application/json',
        body: Buffer.from(JSON.stringify(body)),
        user: ADMINISTRATOR,
        manager: 'kubectl-create',
      });
      return name;
    },
    fire: (cronJob, occurrence) => fire(world, NAMESPACE, cronJob, occurrence),
    finish: (job, good, output) => finish(world, NAMESPACE, job, good, output),
    expire: () => world.snapshots.clear(),
    async close() {
      for (const timer of timers) {
        clearTimeout(timer);
      }
      await shut(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What somebody with kubectl does to the object that a request is about, if there is one. */
function meddle(world: World, asked: Asked): void {
  const body = JSON.stringify({ metadata: { annotations: { 'example.com/touched': randomUUID() } } });
  replied(() =>
    answer(
      world,
      {
        method: 'PATCH',
        target: { ...asked.target, subresource: '' },
        query: new URLSearchParams(),
        contentType: 'application/merge-patch+json',
        body: Buffer.from(body),
        user: ADMINISTRATOR,
        manager: 'kubectl-annotate',
      },
      false,
    ),
  );
}

/** A kubeconfig with one context. */
function configText(server: string, token: string, namespace: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'fake', cluster: { server } }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'user', namespace } }],
    'current-context': 'fake',
  });
}

/**
 * Faults by operation. A fault counts every request of its operation from the moment it is injected (`nth`), and befalls from
 * there on the next `times` of those that its operation is worth failing in.
 */
function requestFaults() {
  const pending: { readonly fault: Fault; seen: number; suffered: number }[] = [];
  return {
    inject(fault: Fault): void {
      pending.push({ fault, seen: 0, suffered: 0 });
    },
    heal(): void {
      pending.length = 0;
    },
    next(operation: Operation, asked: Asked): Fault | undefined {
      let found: Fault | undefined;
      for (const entry of pending) {
        const { on, nth = 1, times = 1 } = entry.fault;
        if (on === operation) {
          entry.seen += 1;
          if (entry.seen >= nth && entry.suffered < times && isHit(operation, asked)) {
            entry.suffered += 1;
            found ??= entry.fault;
          }
        }
      }
      return found;
    },
  };
}

function isAsked(read: Asked | Reply): read is Asked {
  return 'target' in read;
}

/** The request, or the answer to one that names nothing or nobody. */
async function read(request: IncomingMessage, tokens: ReadonlyMap<string, User>): Promise<Asked | Reply> {
  const pieces: Buffer[] = [];
  for await (const piece of request) {
    pieces.push(piece as Buffer);
  }
  const url = new URL(request.url ?? '/', 'http://fake');
  const { authorization, 'content-type': contentType = '', 'user-agent': agent = '' } = request.headers;
  const user = authorization === undefined ? ANONYMOUS : tokens.get(authorization.replace(/^Bearer /, ''));
  if (user === undefined) {
    return failure(401, 'Unauthorized', 'Unauthorized').reply;
  }
  return replied(() => ({
    method: request.method ?? 'GET',
    target: targetOf(url.pathname),
    query: url.searchParams,
    contentType: contentType.replace(/;.*/, ''),
    body: Buffer.concat(pieces),
    user,
    manager: url.searchParams.get('fieldManager') ?? (agent.replace(/\/.*/, '') || 'unknown'),
  }));
}

function replied<T>(work: () => T): T | Reply {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) {
      return error.reply;
    }
    throw error;
  }
}

function readyNode(): Fields {
  const conditions = ['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => ({ type, status: 'False' }));
  return {
    kind: 'Node',
    apiVersion: 'v1',
    metadata: { name: 'node-0', uid: '00000000-0000-4000-8000-000000000001' },
    spec: {},
    status: { conditions: [...conditions, { type: 'Ready', status: 'True' }] },
  };
}

async function shut(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
