/** Servers that run as long as the test does and not a moment longer: a hand on keeper.mjs. */
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './client.js';

export interface Servers {
  /** Everything that they write; removed at the end. */
  readonly folder: string;
  /** Starts a server and waits until `ready` says yes, at most 90 seconds. Throws with its log when it ends before. */
  start(name: string, argv: readonly string[], ready: () => Promise<boolean>): Promise<void>;
  /** Ends one and waits for its end. */
  stop(name: string): Promise<void>;
  /** Ends all, last started first, and removes the folder. */
  end(): Promise<void>;
}

interface KeeperAnswer {
  readonly started?: string;
  readonly ended?: string;
  readonly how?: string;
}

/** A keeper without servers. It lives in a session of its own: Ctrl-C ends the test, and the keeper sees to the rest. */
export function openServers(): Servers {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sched-kubernetes-')));
  const script = fileURLToPath(new URL('keeper.mjs', import.meta.url));
  const keeper = fork(script, [folder], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const running = new Map<string, 'running' | string>();
  const over = new Promise<void>((resolve) => keeper.on('exit', () => resolve()));
  keeper.on('message', ({ started, ended, how }: KeeperAnswer) => {
    if (started !== undefined) {
      running.set(started, 'running');
    }
    if (ended !== undefined) {
      running.set(ended, `ended with ${how}`);
    }
  });

  function log(name: string): string {
    return readFileSync(join(folder, 'log', `${name}.log`), 'utf8')
      .split('\n')
      .slice(-20)
      .join('\n');
  }

  return {
    folder,
    async start(name, argv, ready) {
      running.delete(name);
      keeper.send({ start: name, argv });
      const isReady = async (): Promise<boolean> => {
        const state = running.get(name);
        if (state !== undefined && state !== 'running') {
          throw new Error(`${name} ${state} before it was ready:\n${log(name)}`);
        }
        return state === 'running' && (await ready().catch(() => false));
      };
      try {
        await eventually(`${name} being ready`, isReady, 90);
      } catch (error) {
        throw new Error(`${name} is not ready:\n${log(name)}`, { cause: error });
      }
    },
    async stop(name) {
      keeper.send({ stop: name });
      await eventually(`the end of ${name}`, async () => running.get(name) !== 'running', 15);
    },
    async end() {
      if (keeper.connected) {
        keeper.send({ end: true });
      }
      await over;
    },
  };
}

/** Ports of the loopback address that are free now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve, reject) => {
        server.on('error', reject);
        server.listen(0, '127.0.0.1', () => resolve(server));
      });
    }),
  );
  const ports = held.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') {
      throw new Error('a listening server has no port');
    }
    return address.port;
  });
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Whether something answers there with 200. Who it is does not matter: it is one of our own ports. */
export function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (yes: boolean) => resolve(yes);
    const sent = url.startsWith('https:')
      ? getSecurely(url, { rejectUnauthorized: false, agent: false }, (response) => {
          response.resume();
          done(response.statusCode === 200);
        })
      : get(url, { agent: false }, (response) => {
          response.resume();
          done(response.statusCode === 200);
        });
    sent.on('error', () => done(false));
  });
}
