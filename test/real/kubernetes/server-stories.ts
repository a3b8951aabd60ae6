/** API servers with limits of their own, and the ways to log in to one. */
import { describe, expect, test } from '@jest/globals';
import { makeAccount } from './accounts.js';
import { bareCronJob, farAway } from './bare.js';
import { connectTo } from './bench.js';
import { openClient } from './client.js';
import type { ControlPlane } from './control-plane.js';
import { rights } from './rights.js';
import { type User, withUser } from './user.js';

/** As few requests at once as a server can be told. */
const NARROW = [
  '--enable-priority-and-fairness=false',
  '--max-requests-inflight=2',
  '--max-mutating-requests-inflight=1',
];

export function serverStories(plane: () => ControlPlane): void {
  describe('an API server', () => {
    test('that is overloaded answers 429 in plain text with Retry-After, and every schedule is paused all the same', async () => {
      await plane().besides(NARROW, async (server) => {
        const kubeconfig = async (namespace: string): Promise<string> => {
          const { token } = await makeAccount(plane(), namespace, rights());
          return plane().kubeconfig({ token }, { namespace, server });
        };
        await withUser(plane(), { topic: 'narrow', kubeconfig }, async (user) => {
          const words = ['--cron', farAway(), '--timezone', 'UTC', '--image', 'lab/succeeds:1'];
          for (const name of ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']) {
            await user.creates(name, ...words);
          }
          const refusals = await underLoad(user, server, () => user.does('pause', '--all'));
          expect(refusals.size).toBe(1);
          expect([...refusals]).toEqual(['429 text/plain; charset=utf-8 1 Too many requests, please try again later.']);
          const { items } = await user.plane.client.demand('GET', `${user.path}/cronjobs`);
          expect(items.map(({ spec }: { spec: { suspend: boolean } }) => spec.suspend)).toEqual(Array(8).fill(true));
        });
      });
    }, 120_000);

    test('whose history is gone in the middle of a list (410 Expired): it is read anew, and each object comes once', async () => {
      const namespace = await plane().namespace('expired');
      const path = `/apis/batch/v1/namespaces/${namespace}/cronjobs`;
      const { client } = plane();
      // Three pages: the second is asked for while the first is read.
      const names = Array.from({ length: 1120 }, (_, index) => `job-${String(index).padStart(4, '0')}`);
      const make = (name: string): Promise<unknown> => {
        const body = {
          ...bareCronJob(name, { suspend: true }),
          metadata: { name, labels: { 'sched/stamp': 's1-aaaaaaaa-bbbbbbbbbbbb-1' } },
        };
        return client.demand('POST', path, { body });
      };
      for (let from = 0; from < names.length; from += 20) {
        await Promise.all(names.slice(from, from + 20).map(make));
      }
      // Without it the server would serve the rest of the list from its own memory.
      await plane().besides(['--feature-gates=ListFromCacheSnapshot=false'], async (server) => {
        const kubeconfig = plane().kubeconfig({ token: plane().token }, { server });
        const driver = await connectTo({ kubeconfig, namespace });
        const call = { signal: new AbortController().signal, now: () => Date.now(), debug: () => undefined };
        const seen: string[] = [];
        let restarted = false;
        for await (const { nativeId } of driver.list(call)) {
          seen.push(nativeId.replace(`${namespace}/`, ''));
          if (seen.length === 100 && !restarted) {
            restarted = true;
            const page = await client.demand('GET', `${path}?limit=1`);
            await client.demand('DELETE', `${path}/${names[0]}`);
            await make('new-one');
            await plane().compact();
            const rest = `${path}?limit=1&continue=${encodeURIComponent(page.metadata.continue)}`;
            const probe = openClient(server, plane().keys.authority, plane().token);
            expect((await probe.ask('GET', rest)).body).toMatchObject({ code: 410, reason: 'Expired' });
            probe.close();
          }
        }
        await driver.close();
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen).toEqual(expect.arrayContaining([...names.slice(1), 'new-one']));
      });
    }, 120_000);
  });
}

/** Runs the action while sixteen others ask at once. Gives what the refusals of these were. */
async function underLoad(user: User, server: string, action: () => Promise<unknown>): Promise<ReadonlySet<string>> {
  const { token } = await makeAccount(user.plane, user.namespace, rights());
  const client = openClient(server, user.plane.keys.authority, token);
  const refusals = new Set<string>();
  let over = false;
  const others = Array.from({ length: 16 }, async (_, index) => {
    while (!over) {
      const body = bareCronJob(`load-${index}`);
      const { status, headers, text } = await client.ask('POST', `${user.path}/cronjobs?dryRun=All`, { body });
      if (status === 429) {
        refusals.add(`${status} ${headers['content-type']} ${headers['retry-after']} ${text.trim()}`);
      }
    }
  });
  try {
    await action();
  } finally {
    over = true;
    await Promise.all(others);
    client.close();
  }
  return refusals;
}
