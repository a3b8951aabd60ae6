/** What kubectl does to a CronJob of ours, in our words: `get --live` and `audit`. */
import { describe, expect, test } from '@jest/globals';
import { run } from '../../whole/program.js';
import type { Loose } from './client.js';
import type { ControlPlane } from './control-plane.js';
import { type User, withUser } from './user.js';

const CREATE = [
  '--cron',
  '0 3 * * 1-5',
  '--timezone',
  'Europe/Berlin',
  '--image',
  'lab/succeeds:1',
  '--label',
  'team=ads',
];

/** One field that is otherwise than written. */
interface Changed {
  readonly field: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly by: string;
}

export function behindOurBackStories(plane: () => ControlPlane): void {
  function behindOurBack(topic: string, story: (user: User, name: string) => Promise<void>): Promise<void> {
    return withUser(plane(), { topic }, async (user) => {
      const name = await user.creates('nightly', ...CREATE);
      expect(await user.told('audit')).toMatchObject({ findings: [], exit_reasons: [] });
      await story(user, name);
    });
  }

  describe('behind our back', () => {
    test('kubectl edits the schedule: the field, both values, and who', () =>
      behindOurBack('edited', async (user, name) => {
        await edit(user, name, 's/0 3 [*] [*] 1-5/0 4 * * 1-5/');
        await tellsDrift(user, [
          { field: 'cron_expression', expected: '0 3 * * 1-5', actual: '0 4 * * 1-5', by: 'kubectl-edit' },
        ]);
        const { stdout } = await user.tries('get', 'nightly', '--live');
        expect(stdout).toMatch(/cron_expression\s+0 3 \* \* 1-5 → 0 4 \* \* 1-5 \(by kubectl-edit/);
      }));

    test('kubectl edits zone, policy, image and deadline at once: each is told', () =>
      behindOurBack('fields', async (user, name) => {
        const spec = {
          timeZone: 'UTC',
          concurrencyPolicy: 'Allow',
          startingDeadlineSeconds: 3600,
          jobTemplate: { spec: { template: { spec: { containers: [{ name: 'main', image: 'lab/fails:1' }] } } } },
        };
        await user.kubectl('patch', 'cronjob', name, '--type', 'strategic', '--patch', JSON.stringify({ spec }));
        await tellsDrift(user, [
          { field: 'timezone', expected: 'Europe/Berlin', actual: 'UTC', by: 'kubectl-patch' },
          { field: 'catchup_policy', expected: 'none', actual: expect.stringContaining('3600 s'), by: 'kubectl-patch' },
          { field: 'overlap', expected: 'forbid', actual: 'allow', by: 'kubectl-patch' },
          { field: 'run.image', expected: 'lab/succeeds:1', actual: 'lab/fails:1', by: 'kubectl-patch' },
        ]);
      }));

    test('kubectl suspends', () =>
      behindOurBack('suspended', async (user, name) => {
        await user.kubectl('patch', 'cronjob', name, '--patch', '{"spec":{"suspend":true}}');
        await tellsDrift(user, [{ field: 'paused', expected: false, actual: true, by: 'kubectl-patch' }]);
      }));

    test('kubectl changes a user’s label and adds one of its own: the one is told, the other is kept', () =>
      behindOurBack('relabelled', async (user, name) => {
        await user.kubectl('label', 'cronjob', name, '--overwrite', 'team=ml', 'cost-centre=7');
        await tellsDrift(user, [{ field: 'labels.team', expected: 'ads', actual: 'ml', by: 'kubectl-label' }]);
        await user.does('audit', '--fix', '--yes');
        expect((await user.cronJob(name)).metadata.labels).toMatchObject({ team: 'ads', 'cost-centre': '7' });
      }));

    test('kubectl deletes: missing, because the namespace is there and the object is not', () =>
      behindOurBack('deleted', async (user, name) => {
        await user.kubectl('delete', 'cronjob', name);
        const report = await user.told('audit');
        expect(report).toMatchObject({
          findings: [{ class: 'missing', name: 'nightly', native_id: `${user.namespace}/${name}` }],
          figures: { only_here: 1, only_there: 0 },
          exit_reasons: [{ code: 10 }],
        });
        expect(await user.told('get', 'nightly', '--live')).toMatchObject({ live: null });
        expect((await user.tries('get', 'nightly', '--live')).stdout).toContain('Gone');
        expect((await user.does('audit', '--fix', '--yes')).stdout).toContain('1 repaired');
        expect(await user.cronJobs()).toHaveLength(1);
      }));

    test(
      'kubectl deletes the namespace: a list there is empty, and that is unchecked, not missing',
      () =>
        behindOurBack('namespace', async (user) => {
          await user.kubectl('delete', 'namespace', user.namespace, '--wait=true');
          const report = await user.told('audit');
          const there = report.orchestrators.find(({ orchestrator }: Loose) => orchestrator === 'k8s');
          expect(there.error).toContain(user.namespace);
          expect(there.hint).toContain(`kubectl create namespace ${user.namespace}`);
          expect(report.findings.map(({ class: kind }: Loose) => kind)).not.toContain('missing');
          expect(report.exit_reasons).toMatchObject([{ code: 8 }]);
        }),
      60_000,
    );

    test('kubectl deletes our stamp: told at our schedule, not as a stranger’s object', () =>
      behindOurBack('unstamped', async (user, name) => {
        await user.kubectl('label', 'cronjob', name, 'sched/stamp-');
        const report = await user.told('audit');
        expect(report.findings).toMatchObject([{ name: 'nightly', native_id: `${user.namespace}/${name}` }]);
        expect(['drifted', 'missing']).toContain(report.findings[0].class);
        expect(JSON.stringify(report.findings)).toContain('stamp');
        expect(report.exit_reasons).toMatchObject([{ code: 10 }]);
        await user.does('audit', '--fix', '--yes');
        expect((await user.cronJob(name)).metadata.labels).toHaveProperty(['sched/stamp']);
        expect(await user.cronJobs()).toEqual([name]);
      }));

    test('kubectl copies it under another name: a duplicate, and the recorded one is kept', () =>
      behindOurBack('copied', async (user, name) => {
        const copy = JSON.parse(await user.kubectl('get', 'cronjob', name, '-o', 'json')) as Loose;
        const { labels, annotations } = copy.metadata;
        copy.metadata = { name: 'copy', labels, annotations };
        await user.kubectlReading(JSON.stringify(copy), 'create', '--filename', '-');
        expect(await user.told('audit')).toMatchObject({
          findings: [{ class: 'duplicate', name: 'nightly', native_id: `${user.namespace}/copy` }],
          figures: { only_there: 1 },
          exit_reasons: [{ code: 10 }],
        });
        await user.does('audit', '--fix', '--yes');
        expect(await user.cronJobs()).toEqual([name]);
      }));

    test('kubectl replaces it by another of the same name', () =>
      behindOurBack('replaced', async (user, name) => {
        const standing = await user.cronJob(name);
        await user.kubectl('delete', 'cronjob', name);
        const { labels, annotations } = standing.metadata;
        const other = { ...standing, metadata: { name, labels, annotations }, status: undefined };
        other.spec.schedule = '0 6 * * *';
        await user.kubectlReading(JSON.stringify(other), 'create', '--filename', '-');
        await tellsDrift(user, [
          { field: 'cron_expression', expected: '0 3 * * 1-5', actual: '0 6 * * *', by: 'kubectl-create' },
        ]);
      }));

    test('somebody writes between our read and our write: a conflict that says who wrote what', () =>
      behindOurBack('conflict', async (user, name) => {
        await user.kubectl('patch', 'cronjob', name, '--patch', '{"spec":{"schedule":"0 4 * * *"}}');
        const before = await user.cronJob(name);
        const { exit, stderr } = await user.tries('update', 'nightly', '--cron', '0 5 * * *');
        expect([exit, stderr]).toEqual([5, expect.stringContaining('cron_expression')]);
        expect(stderr).toContain('0 4 * * *');
        expect(stderr).toContain('kubectl-patch');
        expect(await user.cronJob(name)).toEqual(before);
      }));

    test('kubectl writes what means the same: no drift', () =>
      behindOurBack('same', async (user, name) => {
        const resources = { limits: { cpu: '1', memory: '1Gi' } };
        const made = await user.creates('amounts', ...CREATE, '--limits', 'cpu=1000m,memory=1024Mi');
        const container = { name: 'main', resources };
        const spec = { jobTemplate: { spec: { template: { spec: { containers: [container] } } } } };
        await user.kubectl('patch', 'cronjob', made, '--type', 'strategic', '--patch', JSON.stringify({ spec }));
        await user.kubectl('annotate', 'cronjob', name, 'note=looked at');
        expect(await user.told('audit')).toMatchObject({ findings: [], exit_reasons: [] });
      }));

    test('what stands in the namespace without our stamp is foreign, and is left alone', () =>
      behindOurBack('foreign', async (user) => {
        const words = ['--image', 'lab/succeeds:1', '--schedule', '@every 30m'];
        await user.kubectl('create', 'cronjob', 'theirs', ...words);
        const report = await user.told('audit');
        expect(report).toMatchObject({
          findings: [{ class: 'foreign', native_id: `${user.namespace}/theirs` }],
          exit_reasons: [],
        });
        await user.does('audit', '--fix', '--yes');
        expect(await user.cronJobs()).toContain('theirs');
      }));
  });
}

/** `get --live` and `audit` say the same: these fields, both values, who changed them; and the exit status is that of drift. */
async function tellsDrift(user: User, changed: readonly Changed[]): Promise<void> {
  const fields = changed.map(({ by, ...rest }) => ({ ...rest, changed_by: { name: by, at: expect.any(String) } }));
  const shown = await user.told('get', 'nightly', '--live');
  expect(shown.differences).toEqual(fields);
  expect(shown.live.state).toBe('drifted');
  const report = await user.told('audit');
  expect(report.findings).toMatchObject([{ class: 'drifted', name: 'nightly', fields }]);
  expect(report.exit_reasons).toMatchObject([{ code: 10 }]);
}

/** `kubectl edit`, with sed at the keyboard. */
async function edit({ plane, place, namespace }: User, name: string, script: string): Promise<void> {
  const words = [
    '--kubeconfig',
    plane.administrator.withCertificate,
    '--namespace',
    namespace,
    'edit',
    'cronjob',
    name,
  ];
  const ended = await run(plane.kubectl, words, place, { env: { KUBE_EDITOR: `sed -i '${script}'` } });
  expect(ended).toMatchObject({ exit: 0, stdout: expect.stringContaining('edited') });
}
