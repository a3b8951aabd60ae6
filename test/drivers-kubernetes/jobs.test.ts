import { describe, expect, test } from '@jest/globals';
import { newCronJob } from '../../src/drivers/kubernetes/cronjob.js';
import { allRuns, runOf, runs } from '../../src/drivers/kubernetes/jobs.js';
import { trigger } from '../../src/drivers/kubernetes/trigger.js';
import type { Json, NativeRun } from '../../src/schedule.js';
import { callAt, failure, scripted } from './scripted-api.js';
import { applied, stored, type Tree } from './server.js';
import { container, recorded, template } from './specs.js';

const DUE = Date.UTC(2031, 0, 1, 3, 30);
const CRON = { kind: 'CronJob', name: 'train', uid: 'u1', controller: true };

function at(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

function job(name: string, status: Tree = {}, more: Tree = {}): Tree {
  return applied(
    {
      metadata: { name, ownerReferences: [CRON], creationTimestamp: at(DUE + 200), annotations: {} },
      spec: {},
      status,
    },
    more,
  ) as Tree;
}

function ended(type: 'Complete' | 'Failed', more: Tree = {}): Tree {
  return { conditions: [{ type, status: 'True', lastTransitionTime: at(DUE + 9_000), ...more }] };
}

describe('a Job', () => {
  test.each<[string, Tree, Partial<NativeRun>]>([
    ['that nobody has begun', {}, { status: 'pending', started: null, attempt: 1 }],
    [
      'whose pod waits',
      { startTime: at(DUE), active: 1, ready: 0 },
      { status: 'pending', started: DUE, finished: null },
    ],
    ['whose pod runs', { startTime: at(DUE), active: 1, ready: 1 }, { status: 'running', attempt: 1 }],
    ['between two attempts', { startTime: at(DUE), active: 1, ready: 0, failed: 1 }, { status: 'running', attempt: 2 }],
    [
      'that succeeded',
      { ...ended('Complete', { reason: 'CompletionsReached' }), completionTime: at(DUE + 5_000), succeeded: 1 },
      { status: 'succeeded', finished: DUE + 5_000, reason: null, attempt: 1 },
    ],
    [
      'that succeeded at last',
      { ...ended('Complete'), completionTime: at(DUE + 5_000), succeeded: 1, failed: 2 },
      { status: 'succeeded', attempt: 3 },
    ],
    [
      'that failed',
      { ...ended('Failed', { reason: 'BackoffLimitExceeded', message: 'Job has reached it' }), failed: 3 },
      { status: 'failed', finished: DUE + 9_000, reason: 'BackoffLimitExceeded: Job has reached it', attempt: 3 },
    ],
    [
      'that took too long',
      ended('Failed', { reason: 'DeadlineExceeded', message: 'too long' }),
      { status: 'timed_out', finished: DUE + 9_000, attempt: 1 },
    ],
    [
      'that is about to fail',
      { conditions: [{ type: 'FailureTarget', status: 'True', reason: 'x' }], ready: 1 },
      { status: 'running', finished: null, reason: null },
    ],
    [
      'that is held back',
      { conditions: [{ type: 'Suspended', status: 'True', reason: 'JobSuspended' }] },
      { status: 'pending', reason: 'JobSuspended' },
    ],
    [
      'that was held back',
      { conditions: [{ type: 'Suspended', status: 'False', reason: 'JobResumed' }], ready: 1 },
      { status: 'running', reason: null },
    ],
  ])('%s says so', (_what, status, run) => {
    expect(runOf(job('a', status))).toMatchObject(run);
  });

  test.each<[string, Tree, Pick<NativeRun, 'trigger' | 'scheduled'>]>([
    [
      'of the timetable, on time',
      { name: 'x', annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2031-01-01T09:00:00+05:30' } },
      { trigger: 'schedule', scheduled: DUE },
    ],
    [
      'of the timetable, made up for',
      {
        name: 'x',
        creationTimestamp: at(DUE + 61_000),
        annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': at(DUE) },
      },
      { trigger: 'catchup', scheduled: DUE },
    ],
    ['named by its minute', { name: `train-${DUE / 60_000}` }, { trigger: 'schedule', scheduled: DUE }],
    ['named by something else', { name: 'train-backup-2031' }, { trigger: 'manual', scheduled: null }],
    [
      'that somebody started',
      { name: `train-${DUE / 60_000}`, annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' } },
      { trigger: 'manual', scheduled: null },
    ],
    [
      'that sched started for an occurrence',
      {
        name: 'x',
        annotations: {
          'cronjob.kubernetes.io/instantiate': 'manual',
          'sched/trigger': 'backfill',
          'sched/scheduled-time': at(DUE),
        },
      },
      { trigger: 'backfill', scheduled: DUE },
    ],
  ])('%s is known by what it stands for', (_what, metadata, run) => {
    expect(runOf(job('a', {}, { metadata }))).toMatchObject(run);
  });
});

const CRONJOBS = '/apis/batch/v1/namespaces/space/cronjobs';
const JOBS = '/apis/batch/v1/namespaces/space/jobs';

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) {
    all.push(item);
  }
  return all;
}

describe('the runs of a CronJob', () => {
  const cronJob = applied(stored(newCronJob(recorded(), false)), { metadata: { uid: 'u1' } });
  const others = { metadata: { ownerReferences: [{ ...CRON, uid: 'another' }] } };
  const some = [
    job('first', { startTime: at(DUE) }),
    job('third', { startTime: at(DUE + 2_000) }),
    job('not yet', {}),
    job('second', { startTime: at(DUE + 1_000) }),
    job('of another', { startTime: at(DUE) }, others),
    job('of nobody', { startTime: at(DUE) }, { metadata: { ownerReferences: null } }),
  ];

  test('are its own Jobs, newest first', async () => {
    const { cluster, requests } = scripted({ [`GET ${CRONJOBS}/train`]: cronJob, [`GET ${JOBS}`]: some });
    const found = await collected(runs(cluster, 'space/train', { since: null }, callAt(DUE)));
    expect(found.map(({ nativeId }) => nativeId)).toEqual(['not yet', 'third', 'second', 'first']);
    expect(requests[1]?.query).toEqual({ labelSelector: 'sched/schedule=abcdefgh-ijklmnopqrst' });
  });

  test('since a time are those that began then or later, or have not yet', async () => {
    const { cluster } = scripted({ [`GET ${CRONJOBS}/train`]: cronJob, [`GET ${JOBS}`]: some });
    const found = await collected(runs(cluster, 'space/train', { since: DUE + 1_000 }, callAt(DUE)));
    expect(found.map(({ nativeId }) => nativeId)).toEqual(['not yet', 'third', 'second']);
  });

  test('are looked for among all Jobs when the template does not mark them', async () => {
    const bare = applied(cronJob, { spec: { jobTemplate: { metadata: null } } });
    const { cluster, requests } = scripted({ [`GET ${CRONJOBS}/train`]: bare, [`GET ${JOBS}`]: some });
    expect(await collected(runs(cluster, 'space/train', { since: null }, callAt(DUE)))).toHaveLength(4);
    expect(requests[1]?.query).toEqual({});
  });

  test('of all schedules come with their schedule, and those of nobody not at all', async () => {
    const { cluster, requests } = scripted({ [`GET ${JOBS}`]: some });
    const found = await collected(allRuns(cluster, { since: DUE + 2_000 }, callAt(DUE)));
    expect(found.map(({ nativeId, run }) => [nativeId, run.nativeId])).toEqual([
      ['space/train', 'third'],
      ['space/train', 'not yet'],
    ]);
    expect(requests[0]?.query).toEqual({ labelSelector: 'sched/schedule' });
  });
});

describe('a run by hand', () => {
  const standing = (run: Parameters<typeof recorded>[0] = {}): Json =>
    applied(stored(newCronJob(recorded(run), false)), { metadata: { name: 'train', uid: 'u1' } });
  const REQUEST = { key: 'k', parameters: {}, trigger: 'manual', scheduled: null } as const;

  test('is the Job that kubectl would make, under a name of its key', async () => {
    const { cluster, requests } = scripted({
      [`GET ${CRONJOBS}/train`]: standing({ labels: { team: 'ml' } }),
      [`POST ${JOBS}`]: ({ body }) => body as Json,
    });
    const run = await trigger(cluster, 'space/train', { ...REQUEST, trigger: 'backfill', scheduled: DUE }, callAt(DUE));
    expect(run).toMatchObject({
      trigger: 'backfill',
      scheduled: DUE,
      nativeId: expect.stringMatching(/^train-[a-z2-7]{10}$/),
    });
    const [, { body, query } = {}] = requests;
    expect(query).toEqual({ fieldManager: 'sched', fieldValidation: 'Strict' });
    expect(body).toMatchObject({
      kind: 'Job',
      metadata: {
        labels: { team: 'ml', 'sched/schedule': 'abcdefgh-ijklmnopqrst' },
        annotations: {
          'cronjob.kubernetes.io/instantiate': 'manual',
          'sched/scheduled-time': at(DUE).replace('Z', '.000Z'),
        },
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'train', uid: 'u1', controller: true }],
      },
      spec: { backoffLimit: 0 },
    });
    expect(JSON.stringify(body)).not.toContain('blockOwnerDeletion');
  });

  test('with parameters fills them in, keeps the others and what somebody changed', async () => {
    const spec = { run: { ...container, argv: ['{a}', '{b}'] }, parameters: { a: 1, b: 2 } };
    const pod = { priorityClassName: 'high' };
    const changed = applied(standing(spec), { spec: { jobTemplate: { spec: { template: { spec: pod } } } } });
    const { cluster, requests } = scripted({
      [`GET ${CRONJOBS}/train`]: changed,
      [`POST ${JOBS}`]: ({ body }) => body as Json,
    });
    await trigger(cluster, 'space/train', { ...REQUEST, parameters: { b: 3 } }, callAt(DUE));
    expect(requests[1]?.body).toMatchObject({
      spec: {
        template: {
          spec: {
            priorityClassName: 'high',
            containers: [
              {
                command: ['1', '3'],
                env: expect.arrayContaining([{ name: 'PIPELINE_PARAMS', value: '{"a":1,"b":3}' }]),
              },
            ],
          },
        },
      },
    });
  });

  test('of what others made is told its parameters in the environment', async () => {
    const theirs = { metadata: { name: 'train', uid: 'u1' }, spec: { jobTemplate: template.template } };
    const { cluster, requests } = scripted({
      [`GET ${CRONJOBS}/train`]: theirs,
      [`POST ${JOBS}`]: ({ body }) => body as Json,
    });
    await trigger(cluster, 'space/train', { ...REQUEST, parameters: { b: 3 } }, callAt(DUE));
    expect(JSON.stringify(requests[1]?.body)).toContain('{"name":"PIPELINE_PARAMS","value":"{\\"b\\":3}"}');
  });

  test('asked for again is the one that stands there, if it is of this CronJob', async () => {
    const answers = { [`GET ${CRONJOBS}/train`]: standing(), [`POST ${JOBS}`]: failure('CONFLICT') };
    const ours = scripted({ ...answers, [`GET ${JOBS}/train-`]: job('train-there') });
    expect(await trigger(ours.cluster, 'space/train', REQUEST, callAt(DUE))).toMatchObject({ nativeId: 'train-there' });
    const theirs = scripted({
      ...answers,
      [`GET ${JOBS}/train-`]: job('x', {}, { metadata: { ownerReferences: null } }),
    });
    await expect(trigger(theirs.cluster, 'space/train', REQUEST, callAt(DUE))).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    const gone = scripted(answers);
    await expect(trigger(gone.cluster, 'space/train', REQUEST, callAt(DUE))).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });
});
