/** Runs and what becomes of them: by hand, side by side, out of time, gone. */
import { describe, expect, test } from '@jest/globals';
import { farAway } from './bare.js';
import { eventually, type Loose } from './client.js';
import type { ControlPlane } from './control-plane.js';
import { ago, pass, type User, withUser } from './user.js';

const WORDS = ['--cron', farAway(), '--timezone', 'UTC'];

export function runStories(plane: () => ControlPlane): void {
  const alone = (topic: string, story: (user: User) => Promise<void>) => withUser(plane(), { topic }, story);

  describe('runs', () => {
    test('a trigger makes the Job that kubectl create job --from makes', () =>
      alone('trigger', async (user) => {
        const name = await user.creates(
          'nightly',
          ...WORDS,
          '--image',
          'lab/succeeds:1',
          '--label',
          'team=ads',
          '--',
          'train',
        );
        await user.does('trigger', 'nightly', '--wait');
        await user.kubectl('create', 'job', 'by-kubectl', `--from=cronjob/${name}`);
        const jobs = await user.awaitJobs(name, 2);
        const ours = jobs.find(({ metadata }) => metadata.name !== 'by-kubectl');
        const theirs = jobs.find(({ metadata }) => metadata.name === 'by-kubectl');
        expect(comparable(ours)).toEqual(comparable(theirs));
        const items = await eventually('both runs', async () => {
          const found = (await user.told('runs', 'nightly')).items;
          return found.length === 2 && found.every(({ status }: Loose) => status === 'succeeded') && found;
        });
        expect(items).toMatchObject([{ trigger: 'manual' }, { trigger: 'manual' }]);
        // It neither moves the timetable on nor counts as its run.
        expect((await user.cronJob(name)).status).not.toHaveProperty('lastScheduleTime');
      }));

    test('a trigger’s own parameters reach that run alone, also while paused', () =>
      alone('parameters', async (user) => {
        const name = await user.creates(
          'nightly',
          ...WORDS,
          '--image',
          'lab/succeeds:1',
          '--param',
          'rate=1',
          '--paused',
        );
        await user.does('trigger', 'nightly', '--param', 'rate=2');
        const [job] = await user.awaitJobs(name, 1);
        expect(parametersOf(job.spec.template)).toEqual({ rate: '2' });
        expect(parametersOf((await user.cronJob(name)).spec.jobTemplate.spec.template)).toEqual({ rate: '1' });
        expect((await user.cronJob(name)).spec.suspend).toBe(true);
      }));

    test('a run that failed, one that took too long, one that waits for its pod', () =>
      alone('ends', async (user) => {
        await user.creates('fails', ...WORDS, '--image', 'lab/fails:1');
        await user.creates('lasts', ...WORDS, '--image', 'lab/lasts:1', '--run-timeout', '2s');
        await user.creates('waits', ...WORDS, '--image', 'lab/absent:1');
        await user.creates('nowhere', ...WORDS, '--image', 'lab/succeeds:1', '--node-selector', 'disk=slow');
        expect((await user.tries('trigger', 'fails', '--wait')).exit).toBe(1);
        await user.does('trigger', 'waits');
        await user.does('trigger', 'nowhere');
        expect((await user.tries('trigger', 'lasts', '--wait')).exit).toBe(1);
        const one = async (name: string): Promise<Loose> => (await user.told('runs', name)).items[0];
        expect(await one('fails')).toMatchObject({
          status: 'failed',
          reason: expect.stringContaining('BackoffLimitExceeded'),
        });
        expect(await one('lasts')).toMatchObject({
          status: 'timed_out',
          reason: expect.stringContaining('DeadlineExceeded'),
        });
        expect(await one('waits')).toMatchObject({ status: 'pending', finished_at: null });
        const { items } = await user.told('orchestrator', 'check', 'k8s');
        const pods = items.find(({ item }: Loose) => item === 'pending pods');
        expect(pods.ok).toBe(false);
        for (const text of ['2 pods', 'waits', 'ImagePullBackOff', 'nowhere', 'Unschedulable']) {
          expect(pods.detail).toContain(text);
        }
      }));

    test(
      'a failed run is tried again as often as asked, and its attempts are told',
      () =>
        alone('retries', async (user) => {
          const name = await user.creates(
            'fails',
            ...WORDS,
            '--image',
            'lab/fails:1',
            '--retries',
            '1',
            '--retry-delay',
            '10s',
          );
          expect((await user.cronJob(name)).spec.jobTemplate.spec.backoffLimit).toBe(1);
          expect((await user.tries('trigger', 'fails', '--wait')).exit).toBe(1);
          const [job] = await user.jobs(name);
          expect(job.status.failed).toBe(2);
        }),
      90_000,
    );

    test('Forbid holds back the timetable, and a run by hand neither holds it back nor is held back', () =>
      alone('forbid', async (user) => {
        const name = await user.creates(
          'lasts',
          ...WORDS,
          '--image',
          'lab/lasts:1',
          '--overlap',
          'forbid',
          '--catchup',
          'last',
        );
        await user.does('trigger', 'lasts');
        await due(user, name);
        await user.awaitJobs(name, 2);
        await due(user, name, 1);
        await eventually('the event', async () =>
          (await user.kubectl('get', 'events', '-o', 'jsonpath={.items[*].reason}')).includes('JobAlreadyActive'),
        );
        expect(await user.jobs(name)).toHaveLength(2);
        await user.does('trigger', 'lasts');
        await user.awaitJobs(name, 3);
        const { items } = await user.told('runs', 'lasts');
        expect(items.map(({ trigger }: Loose) => trigger).sort()).toEqual(['catchup', 'manual', 'manual']);
      }));

    test('Replace deletes the running Job: its run is not told as running any more', () =>
      alone('replace', async (user) => {
        const name = await user.creates(
          'lasts',
          ...WORDS,
          '--image',
          'lab/lasts:1',
          '--overlap',
          'replace',
          '--catchup',
          'last',
        );
        await due(user, name);
        const [first] = await user.awaitJobs(name, 1);
        await eventually(
          'the first run',
          async () => (await user.told('runs', 'lasts')).items[0]?.status === 'running',
        );
        await due(user, name, 1);
        await eventually('the second run', async () => {
          const jobs = await user.jobs(name);
          return jobs.length === 1 && jobs[0].metadata.name !== first.metadata.name;
        });
        const running = await eventually('the second run', async () => {
          const { items } = await user.told('runs', 'lasts', '--status', 'running');
          return items.length > 0 && items;
        });
        expect(running).toMatchObject([{ id: expect.not.stringContaining(first.metadata.name) }]);
      }));

    test('history limits are 10 unless told; with 0 a finished Job vanishes, and what was seen of it stays', () =>
      alone('limits', async (user) => {
        const name = await user.creates('keeps', ...WORDS, '--image', 'lab/succeeds:1');
        expect((await user.cronJob(name)).spec).toMatchObject({
          successfulJobsHistoryLimit: 10,
          failedJobsHistoryLimit: 10,
        });
        await user.does('orchestrator', 'update', 'k8s', '--set', 'successful_jobs_history_limit=0');
        const forgetful = await user.creates('forgets', ...WORDS, '--image', 'lab/succeeds:1');
        await user.does('trigger', 'forgets');
        await eventually('the end of the Job', async () => (await user.jobs(forgetful)).length === 0);
        const { items } = await user.told('runs', 'forgets');
        expect(items).toMatchObject([{ trigger: 'manual', status: expect.not.stringMatching(/running|pending/) }]);
      }));

    test('Jobs that somebody suspends are pending', () =>
      alone('suspended', async (user) => {
        const name = await user.creates('lasts', ...WORDS, '--image', 'lab/lasts:1');
        await user.does('trigger', 'lasts');
        const [job] = await user.awaitJobs(name, 1);
        await user.kubectl('patch', 'job', job.metadata.name, '--patch', '{"spec":{"suspend":true}}');
        await eventually(
          'the suspension',
          async () => (await user.told('runs', 'lasts')).items[0]?.status === 'pending',
        );
      }));
  });

  describe('a deleted schedule', () => {
    test('leaves its running Job alone, without an owner, and takes its finished ones along', () =>
      alone('orphans', async (user) => {
        const name = await user.creates('lasts', ...WORDS, '--image', 'lab/lasts:1');
        await user.does('trigger', 'lasts');
        await user.kubectl('create', 'job', 'finished', `--from=cronjob/${name}`);
        await user.kubectl('patch', 'job', 'finished', '--patch', '{"spec":{"activeDeadlineSeconds":1}}');
        await user.kubectl('wait', '--for=condition=failed', 'job/finished', '--timeout=20s');
        const [running] = (await user.jobs(name)).filter(({ metadata }) => metadata.name !== 'finished');
        await user.does('delete', 'lasts', '--yes');
        expect(await user.cronJobs()).toEqual([]);
        const { items } = await user.plane.client.demand('GET', `${user.path}/jobs`);
        expect(items).toMatchObject([{ metadata: { name: running.metadata.name }, status: { active: 1 } }]);
        expect(items[0].metadata).not.toHaveProperty('ownerReferences');
        expect(items[0].spec.ttlSecondsAfterFinished).toBe(86_400);
      }));

    test('takes its running Job along when told', () =>
      alone('stops', async (user) => {
        const name = await user.creates('lasts', ...WORDS, '--image', 'lab/lasts:1');
        await user.does('trigger', 'lasts');
        await user.awaitJobs(name, 1);
        await user.does('delete', 'lasts', '--yes', '--stop-runs');
        await eventually('the end of the Job', async () => {
          const { items } = await user.plane.client.demand('GET', `${user.path}/jobs`);
          return items.length === 0;
        });
      }));
  });
}

/** Lets the timetable be due now: some minutes ago as a daily time, under a past that has not seen it. */
async function due(user: User, name: string, minutes = 2): Promise<void> {
  const then = new Date(Date.now() - minutes * 60_000);
  await user.patches(name, {
    spec: { suspend: true, schedule: `${then.getUTCMinutes()} ${then.getUTCHours()} * * *` },
  });
  await user.patches(name, { status: { lastScheduleTime: ago(1800) } });
  await user.patches(name, { spec: { suspend: false } });
  await pass(500);
}

/** What a Job is, without its own name and moment and the labels that name it. */
function comparable({ metadata, spec }: Loose): object {
  const { annotations, labels, ownerReferences } = metadata;
  const { selector: _selector, template, ...rest } = spec;
  const own = /controller-uid|job-name/;
  const others = (some: Record<string, string>): object =>
    Object.fromEntries(Object.entries(some ?? {}).filter(([key]) => !own.test(key) && key !== 'sched/trigger'));
  return {
    annotations: others(annotations),
    labels: others(labels),
    ownerReferences,
    spec: { ...rest, template: { ...template, metadata: { labels: others(template.metadata.labels) } } },
  };
}

function parametersOf(template: Loose): unknown {
  const { env } = template.spec.containers[0];
  return JSON.parse(env.find(({ name }: Loose) => name === 'PIPELINE_PARAMS').value);
}
