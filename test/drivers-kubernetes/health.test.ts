/** What `check` says of what runs need: pods, nodes, quotas, accounts and secrets. */
import { describe, expect, test } from '@jest/globals';
import type { CheckItem } from '../../src/drivers/driver.js';
import { SchedError } from '../../src/errors.js';
import type { Json } from '../../src/schedule.js';
import { denied, itemOf, items } from './checked-cluster.js';

function condition(type: string, status: string, more: object = {}): Json {
  return { type, status, ...more };
}

function node(name: string, conditions: readonly Json[] = [condition('Ready', 'True')], spec: Json = {}): Json {
  return { metadata: { name }, spec, status: { conditions } };
}

function pod(name: string, status: Json, job = 'ours-1'): Json {
  return { metadata: { name, labels: { 'batch.kubernetes.io/job-name': job } }, status };
}

function waiting(reason: string, message?: string): Json {
  return { containerStatuses: [{ state: { waiting: { reason, ...(message !== undefined && { message }) } } }] };
}

function quota(name: string, hard: Json, used: Json, spec: Json = {}): Json {
  return { metadata: { name }, spec, status: { hard, used } };
}

describe('what runs need', () => {
  const pods = '/api/v1/namespaces/team/pods';
  const jobs = '/apis/batch/v1/namespaces/team/jobs';
  const ours = [{ metadata: { name: 'ours-1' } }];

  test.each<[string, readonly Json[], Partial<CheckItem>]>([
    [
      'no node takes it',
      [
        pod('p1', {
          conditions: [
            condition('PodScheduled', 'False', { reason: 'Unschedulable', message: '0/1 nodes are available.' }),
          ],
        }),
      ],
      {
        ok: false,
        detail: '1 pod cannot start: p1: Unschedulable, 0/1 nodes are available.',
        hint: 'kubectl describe pod p1 -n team',
      },
    ],
    [
      'its image is not there',
      [pod('p1', waiting('ImagePullBackOff', 'Back-off pulling image "none:0"'))],
      { ok: false, detail: '1 pod cannot start: p1: ImagePullBackOff, Back-off pulling image "none:0"' },
    ],
    [
      'there are many',
      ['a', 'b', 'c', 'd', 'e'].map((name) => pod(name, waiting('ErrImagePull'))),
      { ok: false, detail: '5 pods cannot start: a: ErrImagePull; b: ErrImagePull; c: ErrImagePull; and 2 more' },
    ],
    ['it is on its way', [pod('p1', waiting('ContainerCreating'))], { ok: true, detail: '1 pod starting' }],
    ['it is of others', [pod('p1', waiting('ErrImagePull'), 'theirs')], { ok: true, detail: 'none' }],
  ])('pods wait: %s', async (_name, list, expected) => {
    expect(await itemOf('pending pods', { answers: { [pods]: list, [jobs]: ours } })).toMatchObject(expected);
  });

  test.each<[string, readonly Json[], Partial<CheckItem>]>([
    ['all well', [node('a'), node('b')], { ok: true, detail: '2 nodes, ready and without pressure' }],
    [
      'one short of memory',
      [node('a'), node('b', [condition('Ready', 'True'), condition('MemoryPressure', 'True')])],
      { ok: null, detail: '1 of 2 nodes in trouble: b: MemoryPressure', hint: 'kubectl describe node b' },
    ],
    [
      'none of use',
      [
        node('a', [condition('Ready', 'Unknown'), condition('DiskPressure', 'True'), condition('PIDPressure', 'True')]),
        node('b', [condition('Ready', 'True')], { unschedulable: true }),
      ],
      {
        ok: false,
        detail: '2 of 2 nodes in trouble: a: NotReady, DiskPressure, PIDPressure; b: SchedulingDisabled',
      },
    ],
    ['none at all', [], { ok: null, detail: 'there are none: runs wait until there is one' }],
  ])('nodes: %s', async (_name, list, expected) => {
    expect(await itemOf('nodes', { answers: { '/api/v1/nodes': list } })).toMatchObject(expected);
  });

  const hard = { pods: '10', 'requests.memory': '1Gi', 'count/jobs.batch': '5', secrets: '1' };
  test.each<[string, Json, Partial<CheckItem>]>([
    [
      'room',
      quota('q', hard, { pods: '8', 'requests.memory': '512Mi', 'count/jobs.batch': '0', secrets: '1' }),
      { ok: true, detail: 'count/jobs.batch 0 of 5, pods 8 of 10, requests.memory 512Mi of 1Gi', hint: null },
    ],
    [
      'nearly used up',
      quota('q', hard, { pods: '9', 'requests.memory': '512Mi' }),
      { ok: null, detail: 'nearly used up: pods 9 of 10', hint: 'kubectl describe quota q -n team' },
    ],
    [
      'used up, in other units',
      quota('q', hard, { pods: '9', 'requests.memory': '1024Mi' }),
      { ok: false, detail: 'used up: requests.memory 1024Mi of 1Gi' },
    ],
    ['nothing allowed', quota('q', { pods: '0' }, { pods: '0' }), { ok: false, detail: 'used up: pods 0 of 0' }],
    [
      'no further schedules, which stops no run',
      quota('q', { 'count/cronjobs.batch': '1' }, { 'count/cronjobs.batch': '1' }),
      { ok: null, detail: 'used up: count/cronjobs.batch 1 of 1' },
    ],
    [
      'of some pods only',
      quota('q', { pods: '1' }, { pods: '1' }, { scopes: ['BestEffort'] }),
      { ok: null, detail: 'used up: pods 1 of 1 (of some pods only)' },
    ],
    [
      'of what no run needs',
      quota('q', { secrets: '1' }, { secrets: '1' }),
      { ok: true, detail: 'nothing that runs need' },
    ],
  ])('a quota: %s', async (_name, one, expected) => {
    const answers = { '/api/v1/namespaces/team/resourcequotas': [one] };
    expect(await itemOf('quota q', { answers })).toMatchObject(expected);
  });

  test('accounts and secrets of the settings are there, and fit', async () => {
    const base = 'GET /api/v1/namespaces/team';
    const answers = {
      [`${base}/serviceaccounts/robot`]: {},
      [`${base}/secrets/good`]: { type: 'kubernetes.io/dockerconfigjson' },
      [`${base}/secrets/plain`]: { type: 'Opaque' },
      [`${base}/secrets/hidden`]: denied,
    };
    const settings = { service_account: 'robot', image_pull_secrets: 'good,plain,nope,hidden' };
    const found = (await items({ answers }, settings)).filter(({ item }) => /^(service account|image pull)/.test(item));
    expect(found.map(({ item, ok, detail }) => [item, ok, detail])).toEqual([
      ['service account robot', true, 'exists'],
      ['image pull secret good', true, 'exists'],
      ['image pull secret plain', false, 'is of type Opaque, not for pulling images'],
      ['image pull secret nope', false, 'does not exist in namespace team'],
      ['image pull secret hidden', null, 'not checked: robot may not.'],
    ]);
    expect(await itemOf('service account ghost', {}, { service_account: 'ghost' })).toMatchObject({
      ok: false,
      hint: 'kubectl create serviceaccount ghost -n team',
    });
  });

  test('is not shown as fine where it may not be seen', async () => {
    const answers = {
      [pods]: denied,
      '/api/v1/nodes': denied,
      '/api/v1/namespaces/team/resourcequotas': denied,
      'GET /api/v1/namespaces/team/serviceaccounts/default': denied,
    };
    const open = (await items({ answers })).filter(({ ok }) => ok !== true);
    expect(open.map(({ item, ok, detail }) => [item, ok, detail])).toEqual([
      ['service account default', null, 'not checked: robot may not.'],
      ['pending pods', null, 'not checked: robot may not.'],
      ['quotas', null, 'not checked: robot may not.'],
      ['nodes', null, 'not checked: robot may not.'],
    ]);
  });

  test('that a cluster does not answer for is no finding but an error', async () => {
    const down = new SchedError('UNAVAILABLE', 'It is down.');
    await expect(items({ answers: { [pods]: down } })).rejects.toBe(down);
  });
});
