/** Accounts, logins and connections: what works, what is missing, and what is told. */
import { delimiter, dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { enter, run } from '../../whole/program.js';
import { type Account, makeAccount } from './accounts.js';
import { eventually, type Loose } from './client.js';
import type { ControlPlane } from './control-plane.js';
import { expiredToken } from './keys.js';
import { isStatus, rights, rightsWithout } from './rights.js';
import { CREATE, registered, says } from './saying.js';
import { freePorts } from './servers.js';
import { type User, userOf, withUser } from './user.js';

export function connectionStories(plane: () => ControlPlane): void {
  /** A user whose orchestrator is reached through an ordinary account with these rights. */
  function asAccount(
    topic: string,
    rules: ReturnType<typeof rights>,
    story: (user: User, account: Account) => Promise<void>,
  ): Promise<void> {
    let account: Account | undefined;
    const kubeconfig = async (namespace: string): Promise<string> => {
      account = await makeAccount(plane(), namespace, rules);
      return account.kubeconfig;
    };
    return withUser(plane(), { topic, kubeconfig }, async (user) => {
      if (account === undefined) {
        throw new Error('there is no account');
      }
      await story(user, account);
    });
  }

  describe('an ordinary service account', () => {
    test('with the rights that sched asks for is well', () =>
      asAccount('whole', rights(), async (user, { name }) => {
        const { items } = await user.told('orchestrator', 'check', 'k8s');
        expect(items.filter(({ ok }: Loose) => ok === false)).toEqual([]);
        expect(JSON.stringify(items)).toContain(`system:serviceaccount:${user.namespace}:${name}`);
        await user.does(...CREATE);
        await user.does('trigger', 'nightly');
        await user.does('delete', 'nightly', '--yes');
        expect(await user.cronJobs()).toEqual([]);
      }));

    test('without create and patch: check lists exactly these verbs; create exits 4 and leaves nothing, here or there', () =>
      asAccount(
        'reader',
        rightsWithout((one) => (one.verb === 'create' && one.resource === 'cronjobs') || isStatus(one)),
        async (user) => {
          const { items } = await user.told('orchestrator', 'check', 'k8s');
          const lacking = items.filter(({ detail }: Loose) => detail.startsWith('not allowed'));
          expect(lacking.map(({ item, ok }: Loose) => [item, ok])).toEqual([
            ['create cronjobs.batch', false],
            ['patch cronjobs.batch/status', null],
            ['get namespaces kube-system', null],
            ['list nodes', null],
          ]);
          expect((await user.tries('orchestrator', 'check', 'k8s')).exit).toBe(1);

          const refused = await user.tries(...CREATE);
          says(refused, 4, 'create', 'cronjobs', user.namespace, 'kubectl create role', '--verb=create');
          expect(await user.told('list')).toMatchObject({ items: [] });
          expect(await user.cronJobs()).toEqual([]);
          // Who can neither see the namespace nor try to write into it cannot tell an empty one from a missing one.
          expect(await user.told('audit')).toMatchObject({
            findings: [{ class: 'unchecked' }],
            exit_reasons: [{ code: 8 }],
          });

          const { hint } = items.find(({ item }: Loose) => item === 'permissions');
          await pasted(user, hint);
          await eventually('the rights', async () => (await user.tries('orchestrator', 'check', 'k8s')).exit === 0);
          await user.does(...CREATE);
        },
      ));

    test('without delete: the schedule stays, here and there, and says so', () =>
      asAccount(
        'keeper',
        rightsWithout(({ verb, resource }) => verb === 'delete' && resource === 'cronjobs'),
        async (user) => {
          await user.does(...CREATE);
          says(await user.tries('delete', 'nightly', '--yes'), 4, 'delete', 'cronjobs', '--verb=delete');
          expect(await user.told('get', 'nightly')).toMatchObject({ state: 'active' });
          expect(await user.cronJobs()).toHaveLength(1);
        },
      ));

    test('that may not look into kube-system is known by the cluster’s authority, and pinned', () =>
      asAccount('pinned', rights(), async (user) => {
        const { identity } = await user.told('orchestrator', 'get', 'k8s');
        expect(identity).toMatch(/^ca:[0-9a-f]{16}@127\.0\.0\.1:\d+/);
      }));

    test(
      'whose account was deleted: the token is known for some seconds more (no 401), and then it is not: exit 4',
      () =>
        asAccount('gone', rights(), async (user, account) => {
          const { client } = plane();
          const answered = async (): Promise<number> =>
            (await client.ask('GET', `${user.path}/cronjobs`, { token: account.token })).status;
          expect(await answered()).toBe(200);
          await client.demand('DELETE', `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}`);
          expect(await answered()).not.toBe(401);
          await eventually('401', async () => (await answered()) === 401, 40);
          says(await user.tries(...CREATE), 4, 'login', 'kubectl', 'auth whoami');
          expect(await user.cronJobs()).toEqual([]);
          expect(await user.told('list')).toMatchObject({ items: [] });
          const report = await user.told('audit');
          expect(JSON.stringify(report.orchestrators)).toContain('login');
          expect(report.exit_reasons).toMatchObject([{ code: 8 }]);
        }),
      60_000,
    );

    test('whose token has expired: exit 4, and what to do', () =>
      asAccount('expired', rights(), async (user, account) => {
        const token = expiredToken(plane().keys.files.accounts, account);
        const kubeconfig = plane().kubeconfig({ token }, { namespace: user.namespace });
        says(await registered(user, { kubeconfig }), 4, 'login', 'auth whoami');
      }));
  });

  describe('a connection that does not work', () => {
    const nowhere = (story: (user: User) => Promise<void>): (() => Promise<void>) => {
      return async () => {
        const place = enter();
        try {
          await story(userOf(plane(), place, 'default'));
          expect((await userOf(plane(), place, 'default').told('orchestrator', 'list')).items).toHaveLength(1);
        } finally {
          place.leave();
        }
      };
    };

    test(
      'no token at all is 403 for system:anonymous, and is told as a missing login',
      nowhere(async (user) => {
        const kubeconfig = plane().kubeconfig({ nobody: true });
        says(await registered(user, { kubeconfig }), 4, 'login');
      }),
    );

    test(
      'a wrong token: 401',
      nowhere(async (user) => {
        const kubeconfig = plane().kubeconfig({ token: 'wrong' });
        says(await registered(user, { kubeconfig }), 4, 'login', 'auth whoami');
      }),
    );

    test(
      'an unknown context: the ones that exist',
      nowhere(async (user) => {
        const kubeconfig = plane().kubeconfig({ token: plane().token }, { name: 'production' });
        says(await registered(user, { kubeconfig, context: 'prod' }), 2, 'prod', 'production');
      }),
    );

    test(
      'a kubeconfig that is not there',
      nowhere(async (user) => {
        says(await registered(user, { kubeconfig: '/nowhere/config' }), 2, '/nowhere/config');
      }),
    );

    test(
      'a server that is down',
      nowhere(async (user) => {
        const [port] = await freePorts(1);
        const kubeconfig = plane().kubeconfig({ token: plane().token }, { server: `https://127.0.0.1:${port}` });
        says(await registered(user, { kubeconfig }), 7, `127.0.0.1:${port}`);
      }),
    );

    test(
      'a server whose certificate nobody vouches for',
      nowhere(async (user) => {
        const kubeconfig = plane().kubeconfig({ token: plane().token }, { trusted: false });
        says(await registered(user, { kubeconfig }), 4, 'certificate', '--ca-file');
      }),
    );

    test(
      'an exec plugin that is missing, and one that fails',
      nowhere(async (user) => {
        const missing = plane().kubeconfig({ exec: { command: '/nowhere/plugin', args: [] } });
        says(await registered(user, { kubeconfig: missing }), 4, '/nowhere/plugin');
        const failing = plane().kubeconfig({
          exec: { command: '/bin/sh', args: ['-c', 'echo no session >&2; exit 3'] },
        });
        says(await registered(user, { kubeconfig: failing }), 4, 'no session');
      }),
    );
  });

  describe('a login', () => {
    test('by token, by certificate and by an exec plugin is the same cluster', () =>
      withUser(plane(), { topic: 'login' }, async (user) => {
        const { token, administrator } = plane();
        const status = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } };
        const exec = { command: 'printf', args: ['%s', JSON.stringify(status)] };
        const { identity } = await user.told('orchestrator', 'get', 'k8s');
        expect(identity).toMatch(/^uid:[0-9a-f-]{36} ca:[0-9a-f]{16}@127\.0\.0\.1:\d+$/);
        const others = { certificate: administrator.withCertificate, plugin: plane().kubeconfig({ exec }) };
        for (const [name, kubeconfig] of Object.entries(others)) {
          const words = [
            '--flavor',
            'kubernetes',
            '--set',
            `kubeconfig=${kubeconfig}`,
            '--set',
            `namespace=${user.namespace}`,
          ];
          await user.does('orchestrator', 'register', name, ...words);
          expect((await user.told('orchestrator', 'get', name)).identity).toBe(identity);
        }
      }));
  });
}

/** Runs commands that the program showed, as an administrator with kubectl in the path does. */
async function pasted({ plane, place }: User, commands: string): Promise<void> {
  const env = {
    KUBECONFIG: plane.administrator.withToken,
    PATH: `${dirname(plane.kubectl)}${delimiter}${process.env.PATH}`,
  };
  expect(await run('/bin/sh', ['-c', commands], place, { env })).toMatchObject({ exit: 0, stderr: '' });
}
