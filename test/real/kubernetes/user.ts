/** Somebody who works with the built program: a scratch home, and the orchestrator `k8s` in a namespace of their own. */
import { type Ended, enter, expectSched, type Place, run, sched } from '../../whole/program.js';
import { eventually, type Loose } from './client.js';
import type { ControlPlane } from './control-plane.js';

export interface User {
  readonly place: Place;
  readonly plane: ControlPlane;
  readonly namespace: string;
  /** Where the namespace's CronJobs and Jobs are. */
  readonly path: string;
  /** Runs the program to its end, whatever that is. */
  tries(...argv: readonly string[]): Promise<Ended>;
  /** Runs the program and fails unless it exits with 0. */
  does(...argv: readonly string[]): Promise<Ended>;
  /** What it writes as JSON, whatever its exit status. */
  told(...argv: readonly string[]): Promise<Loose>;
  /** Makes a schedule with the words of `create` after its name, and gives the name of its CronJob. */
  creates(name: string, ...argv: readonly string[]): Promise<string>;
  /** The CronJob as it stands. */
  cronJob(name: string): Promise<Loose>;
  /** A merge patch of the CronJob, or of its status, by somebody who is not sched. */
  patches(name: string, patch: object): Promise<void>;
  /** The Jobs that a CronJob owns, oldest first. */
  jobs(name: string): Promise<readonly Loose[]>;
  /** Waits until it owns that many Jobs. */
  awaitJobs(name: string, count: number, seconds?: number): Promise<readonly Loose[]>;
  /** What kubectl writes, in the namespace; fails unless it exits with 0. */
  kubectl(...argv: readonly string[]): Promise<string>;
  /** kubectl that reads `stdin`. */
  kubectlReading(stdin: string, ...argv: readonly string[]): Promise<string>;
  /** Further CronJobs of the namespace, by name. */
  cronJobs(): Promise<readonly string[]>;
}

/** Whose kubeconfig the orchestrator is registered with; the administrator's unless given. */
export interface Arrival {
  readonly topic: string;
  readonly kubeconfig?: (namespace: string) => Promise<string>;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Runs a story with a user of its own, and clears the user's home afterwards. The namespace stays: nobody else uses it. */
export async function withUser(
  plane: ControlPlane,
  arrival: Arrival,
  story: (user: User) => Promise<void>,
): Promise<void> {
  const place = enter();
  try {
    const namespace = await plane.namespace(arrival.topic);
    const user = userOf(plane, place, namespace);
    const kubeconfig = (await arrival.kubeconfig?.(namespace)) ?? plane.administrator.withToken;
    const settings = { kubeconfig, namespace, ...arrival.settings };
    const words = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    await user.does('orchestrator', 'register', 'k8s', '--flavor', 'kubernetes', '--default', ...words);
    await story(user);
  } finally {
    place.leave();
  }
}

/** The same program on a namespace, without anything registered. */
export function userOf(plane: ControlPlane, place: Place, namespace: string): User {
  const path = `/apis/batch/v1/namespaces/${namespace}`;
  const asJson = (argv: readonly string[]): readonly string[] => {
    const end = argv.indexOf('--');
    return end === -1 ? [...argv, '-o', 'json'] : [...argv.slice(0, end), '-o', 'json', ...argv.slice(end)];
  };
  const cronJob = (name: string): Promise<Loose> => plane.client.demand('GET', `${path}/cronjobs/${name}`);

  async function jobs(name: string): Promise<readonly Loose[]> {
    const { metadata } = await cronJob(name);
    const { items } = await plane.client.demand('GET', `${path}/jobs`);
    const owned = (items as readonly Loose[]).filter(({ metadata: { ownerReferences } }) =>
      ownerReferences?.some(({ uid }: Loose) => uid === metadata.uid),
    );
    return owned.toSorted((left, right) =>
      left.metadata.creationTimestamp < right.metadata.creationTimestamp ? -1 : 1,
    );
  }

  async function kubectlReading(stdin: string, ...argv: readonly string[]): Promise<string> {
    const words = ['--kubeconfig', plane.administrator.withCertificate, '--namespace', namespace, ...argv];
    const ended = await run(plane.kubectl, words, place, { stdin });
    if (ended.exit !== 0) {
      throw new Error(`kubectl ${argv.join(' ')} ended with ${ended.exit}: ${ended.stderr}`);
    }
    return ended.stdout;
  }

  return {
    place,
    plane,
    namespace,
    path,
    tries: (...argv) => sched(place, argv),
    does: (...argv) => expectSched(place, argv),
    async told(...argv) {
      const ended = await sched(place, asJson(argv));
      const text = ended.stdout === '' ? ended.stderr : ended.stdout;
      try {
        return JSON.parse(text);
      } catch (error) {
        throw new Error(`sched ${argv.join(' ')} ended with ${ended.exit} and said no JSON: ${text}`, { cause: error });
      }
    },
    async creates(name, ...argv) {
      const made = JSON.parse((await expectSched(place, asJson(['create', name, ...argv]))).stdout) as Loose;
      const nativeId: string = made.native_id;
      return nativeId.slice(nativeId.indexOf('/') + 1);
    },
    cronJob,
    async patches(name, patch) {
      const target = 'status' in patch ? `${path}/cronjobs/${name}/status` : `${path}/cronjobs/${name}`;
      await plane.client.demand('PATCH', target, { body: patch });
    },
    jobs,
    awaitJobs: (name, count, seconds) =>
      eventually(
        `${count} Jobs of ${name}`,
        async () => {
          const found = await jobs(name);
          return found.length >= count && found;
        },
        seconds,
      ),
    kubectl: (...argv) => kubectlReading('', ...argv),
    kubectlReading,
    async cronJobs() {
      const { items } = await plane.client.demand('GET', `${path}/cronjobs`);
      return (items as readonly Loose[]).map(({ metadata }) => metadata.name);
    },
  };
}

/** Waits for as long as it says, in milliseconds. */
export function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** An instant so many seconds ago, as Kubernetes writes it. */
export function ago(seconds: number): string {
  return `${new Date(Date.now() - seconds * 1000).toISOString().slice(0, 19)}Z`;
}
