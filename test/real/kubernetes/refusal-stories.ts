/** What a user is told when the cluster says no: exit status, sentence, hint; and that nothing is left behind. */
import { describe, expect, test } from '@jest/globals';
import { bareCronJob } from './bare.js';
import { eventually, type Loose } from './client.js';
import type { ControlPlane } from './control-plane.js';
import { CREATE, registered, says } from './saying.js';
import { type User, withUser } from './user.js';

export function refusalStories(plane: () => ControlPlane): void {
  describe('a cluster that refuses', () => {
    const alone = (topic: string, story: (user: User) => Promise<void>) => withUser(plane(), { topic }, story);

    /** Nothing is recorded, nothing stands there, and nothing is unfinished. */
    async function leavesNothing(user: User): Promise<void> {
      expect(await user.told('list')).toMatchObject({ items: [] });
      expect((await user.told('audit')).findings.filter(({ class: kind }: Loose) => kind !== 'foreign')).toEqual([]);
    }

    test('a namespace that is not there, by create and by check', () =>
      alone('absent', async (user) => {
        const namespace = `${user.namespace}-absent`;
        says(await registered(user, { kubeconfig: plane().administrator.withToken, namespace }, 'other'), 0);
        const refused = await user.tries(...CREATE, '--orchestrator', 'other');
        says(refused, 3, namespace, `kubectl create namespace ${namespace}`);
        const { items } = await user.told('orchestrator', 'check', 'other');
        expect(items.filter(({ ok }: Loose) => !ok)).toMatchObject([
          { item: expect.stringContaining(namespace), hint: `kubectl create namespace ${namespace}` },
        ]);
        expect(await user.told('list')).toMatchObject({ items: [] });
      }));

    test('a namespace that is being deleted', () =>
      alone('dying', async (user) => {
        await user.plane.client.demand('POST', `/api/v1/namespaces/${user.namespace}/configmaps`, {
          body: { metadata: { name: 'holds', finalizers: ['lab/holds'] } },
        });
        await user.kubectl('delete', 'namespace', user.namespace, '--wait=false');
        await eventually('the deletion', async () => {
          const { status } = await user.plane.client.demand('GET', `/api/v1/namespaces/${user.namespace}`);
          return status.phase === 'Terminating';
        });
        says(await user.tries(...CREATE), 5, user.namespace, 'being');
        expect(await user.cronJobs()).toEqual([]);
        await user.kubectl(
          'patch',
          'configmap',
          'holds',
          '--type',
          'merge',
          '--patch',
          '{"metadata":{"finalizers":null}}',
        );
      }));

    test('a quota that is used up: 403, and not a missing right', () =>
      alone('quota', async (user) => {
        const path = `/api/v1/namespaces/${user.namespace}/resourcequotas`;
        const hard = { 'count/cronjobs.batch': '1' };
        await user.plane.client.demand('POST', `${user.path}/cronjobs`, {
          body: bareCronJob('theirs', { suspend: true }),
        });
        await user.plane.client.demand('POST', path, { body: { metadata: { name: 'few' }, spec: { hard } } });
        await eventually('the quota', async () => {
          const { status } = await user.plane.client.demand('GET', `${path}/few`);
          return status.used?.['count/cronjobs.batch'] === '1';
        });
        const refused = await user.tries(...CREATE);
        says(refused, 4, 'exceeded quota: few', `kubectl describe quota -n ${user.namespace}`);
        expect(refused.stderr).not.toContain('create role');
        await leavesNothing(user);
      }));

    test('a ValidatingAdmissionPolicy: 422, and neither a missing right nor a fault of the schedule', () =>
      alone('policy', async (user) => {
        await policy(user);
        const refused = await user.tries(...CREATE.with(3, '* * * * *'));
        says(refused, 4, 'policy', 'every minute is too often');
        expect(refused.stderr).not.toContain('create role');
        await leavesNothing(user);
        await user.does(...CREATE);
        says(await user.tries('update', 'nightly', '--cron', '* * * * *'), 4, 'every minute is too often');
        expect(await user.told('get', 'nightly')).toMatchObject({ cron_expression: '0 3 * * *', unfinished: null });
      }));

    test('under --dry-run admission is asked: the same refusals, and nothing is written', () =>
      alone('dry', async (user) => {
        await policy(user);
        const minutely = CREATE.with(3, '* * * * *');
        says(await user.tries(...minutely, '--dry-run'), 4, 'every minute is too often');
        says(await user.tries(...CREATE, '--dry-run'), 0);
        expect(await user.cronJobs()).toEqual([]);
        await leavesNothing(user);
      }));

    test('what is too large to store is refused before it is sent, by the smallest of the three limits', () =>
      alone('large', async (user) => {
        const words = (bytes: number): readonly string[] =>
          Array.from({ length: bytes / 100_000 }, (_, index) => ['--env', `BIG${index}=${'x'.repeat(100_000)}`]).flat();
        const refused = await user.tries(...CREATE, ...words(1_000_000));
        expect([refused.exit, refused.stderr]).toEqual([6, expect.stringContaining('262144')]);
        await leavesNothing(user);
      }));
  });
}

/** A policy of the cluster that binds this namespace alone. */
async function policy({ plane, namespace, path }: User): Promise<void> {
  const policies = '/apis/admissionregistration.k8s.io/v1';
  await plane.client.demand('POST', `${policies}/validatingadmissionpolicies`, {
    body: {
      metadata: { name: namespace },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            { apiGroups: ['batch'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['cronjobs'] },
          ],
        },
        validations: [{ expression: "object.spec.schedule != '* * * * *'", message: 'every minute is too often' }],
      },
    },
  });
  await plane.client.demand('POST', `${policies}/validatingadmissionpolicybindings`, {
    body: {
      metadata: { name: namespace },
      spec: {
        policyName: namespace,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
      },
    },
  });
  await eventually('the policy', async () => {
    const { status } = await plane.client.ask('POST', `${path}/cronjobs?dryRun=All`, { body: bareCronJob('tried') });
    return status === 422;
  });
}
