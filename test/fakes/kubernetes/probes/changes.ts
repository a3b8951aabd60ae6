/** Patching and replacing CronJobs, and who is noted as the author. */
import type { Json } from '../../../../src/schedule.js';
import type { Probe, Step } from './probe.js';
import { create, cronJob, jobTemplate } from './writes.js';

const STATE = ['metadata.generation', 'metadata.resourceVersion'];

/** A PATCH that shows the generation and the version. */
export function patch(name: string, body: Json, show: Step['show'] = STATE, query = ''): Step {
  return { send: `PATCH /cronjobs/${name}${query}`, body, ...(show !== undefined && { show }) };
}

/** A new CronJob; its version and uid are kept. */
export function made(
  name: string,
  spec: Readonly<Record<string, Json>> = {},
  metadata: Readonly<Record<string, Json>> = {},
): Step {
  return create(cronJob(name, spec, metadata), '?fieldManager=sched', {
    show: STATE,
    keep: { version: 'metadata.resourceVersion', uid: 'metadata.uid' },
  });
}

/** Of a refusal whose message carries the whole object. */
const REFUSED = ['reason', 'code', 'details/causes/0/field', 'details/causes/0/reason', 'details/name'];
/** Fixed, so that it is recorded as it is. */
const LONG_AGO = '2020-01-01T00:00:00Z';

export const changes: readonly Probe[] = [
  {
    name: 'a patch that changes nothing writes nothing',
    steps: [
      made('same'),
      patch('same', { spec: { suspend: false } }),
      patch('same', {}),
      patch('same', { spec: { suspend: true } }),
      patch('same', { metadata: { labels: { a: 'b' } } }),
      patch('same', { metadata: { labels: { a: null } } }, [...STATE, 'metadata.labels']),
    ],
  },
  {
    name: 'a patch of an old version is a conflict',
    steps: [
      made('old'),
      patch('old', { metadata: { resourceVersion: '{version}' }, spec: { suspend: true } }),
      { send: 'PATCH /cronjobs/old', body: { metadata: { resourceVersion: '{version}' }, spec: { suspend: false } } },
      { send: 'PATCH /cronjobs/old', body: { metadata: { resourceVersion: 'abc' }, spec: { suspend: false } } },
    ],
  },
  {
    name: 'a patch of another uid or name is refused',
    steps: [
      made('other'),
      { send: 'PATCH /cronjobs/other', body: { metadata: { uid: '00000000-0000-0000-0000-000000000000' } } },
      { send: 'PATCH /cronjobs/other', body: { metadata: { name: 'another' } } },
      { send: 'PATCH /cronjobs/other', body: { metadata: { namespace: 'default' } } },
      patch('other', { metadata: { uid: '{uid}' } }),
    ],
  },
  {
    name: 'null removes, or sets the default again',
    steps: [
      made('nulls', {
        timeZone: 'UTC',
        startingDeadlineSeconds: 30,
        suspend: true,
        concurrencyPolicy: 'Forbid',
        successfulJobsHistoryLimit: 10,
      }),
      patch(
        'nulls',
        {
          spec: {
            timeZone: null,
            startingDeadlineSeconds: null,
            suspend: null,
            concurrencyPolicy: null,
            successfulJobsHistoryLimit: null,
          },
        },
        [
          ...STATE,
          'spec.timeZone',
          'spec.startingDeadlineSeconds',
          'spec.suspend',
          'spec.concurrencyPolicy',
          'spec.successfulJobsHistoryLimit',
        ],
      ),
      { send: 'PATCH /cronjobs/nulls', body: { spec: { schedule: null } } },
      { send: 'PATCH /cronjobs/nulls', body: { spec: { jobTemplate: null } } },
    ],
  },
  {
    name: 'lists are replaced whole by a merge patch',
    steps: [
      made('lists', { jobTemplate: jobTemplate({}, {}, { env: [{ name: 'A', value: '1' }], command: ['a', 'b'] }) }),
      patch(
        'lists',
        {
          spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'main', image: 'busybox' }] } } } } },
        },
        ['spec'],
      ),
    ],
  },
  {
    name: 'unknown fields in a patch are refused with 422 and the whole object in the message, or warned of',
    steps: [
      made('unknown-patch'),
      {
        ...patch('unknown-patch', { spec: { nope: 1 } }, REFUSED, '?fieldValidation=Strict'),
      },
      patch('unknown-patch', { spec: { nope: 1 } }),
      patch('unknown-patch', { spec: { nope: 1, suspend: true } }, STATE, '?fieldValidation=Ignore'),
      patch('unknown-patch', { spec: { suspend: 'yes' } }, REFUSED),
      { send: 'PATCH /cronjobs/unknown-patch', text: '{"spec":' },
      { send: 'PATCH /cronjobs/unknown-patch', body: { spec: { schedule: 'x' } } },
    ],
  },
  {
    name: 'the status has a door of its own',
    steps: [
      made('status'),
      patch(
        'status',
        { status: { lastScheduleTime: LONG_AGO }, spec: { suspend: true }, metadata: { labels: { a: 'b' } } },
        [...STATE, 'status', 'spec.suspend', 'metadata.labels'],
        '/status?fieldManager=sched',
      ),
      patch('status', { status: { lastSuccessfulTime: LONG_AGO } }, [...STATE, 'status']),
      patch('status', { status: { lastScheduleTime: null } }, [...STATE, 'status'], '/status?fieldManager=sched'),
      patch('status', { status: { lastScheduleTime: 'soon' } }, REFUSED, '/status'),
      { send: 'GET /cronjobs/status/status', show: ['kind', 'status'] },
    ],
  },
  {
    name: 'the authors of fields are noted',
    steps: [
      made(
        'authors',
        { timeZone: 'UTC', jobTemplate: jobTemplate({}, {}, { command: ['a'], env: [{ name: 'A', value: '1' }] }) },
        { labels: { a: '1', b: '2' }, annotations: { n: '1' }, finalizers: ['lab.example/stay'] },
      ),
      {
        send: 'PATCH /cronjobs/authors?fieldManager=kubectl-edit',
        body: {
          spec: { schedule: '1 0 30 2 *', timeZone: null, suspend: true },
          metadata: { labels: { a: '2', c: '3' }, annotations: null },
        },
        show: ['metadata.managedFields'],
      },
      {
        send: 'PATCH /cronjobs/authors/status?fieldManager=kubectl-edit',
        body: { status: { lastScheduleTime: LONG_AGO } },
        show: ['metadata.managedFields'],
      },
      {
        send: 'PATCH /cronjobs/authors',
        body: {
          spec: {
            jobTemplate: {
              spec: {
                template: {
                  spec: {
                    nodeSelector: { a: 'b' },
                    containers: [
                      { name: 'main', image: 'busybox:1', command: ['b'] },
                      { name: 'side', image: 'busybox:1' },
                    ],
                  },
                },
              },
            },
          },
        },
        show: ['metadata.managedFields'],
      },
      {
        send: 'PATCH /cronjobs/authors?fieldManager=sched',
        body: { spec: { schedule: '2 0 30 2 *' }, metadata: { finalizers: null } },
        show: ['metadata.managedFields'],
      },
      { send: `PATCH /cronjobs/authors?fieldManager=${'x'.repeat(129)}`, body: {} },
    ],
  },
  {
    name: 'a JSON patch whose test fails is refused',
    steps: [
      made('tested'),
      {
        send: 'PATCH /cronjobs/tested',
        type: 'application/json-patch+json',
        body: [{ op: 'test', path: '/spec/suspend', value: true }],
      },
      { send: 'PATCH /cronjobs/tested', type: 'application/json-patch+json', body: { spec: {} } },
      {
        send: 'PATCH /cronjobs/tested',
        type: 'application/json-patch+json',
        body: [{ op: 'replace', path: '/spec/suspend', value: true }],
        show: ['spec.suspend'],
      },
    ],
  },
  {
    name: 'replacing needs no version, and keeps one that is given',
    steps: [
      made('put'),
      { send: 'PUT /cronjobs/put', body: cronJob('put', { suspend: true }), show: STATE },
      { send: 'PUT /cronjobs/put', body: cronJob('put', {}, { resourceVersion: '{version}' }) },
      { send: 'PUT /cronjobs/put', body: cronJob('put', {}, { uid: '00000000-0000-0000-0000-000000000000' }) },
      { send: 'PUT /cronjobs/put', body: cronJob('other') },
    ],
  },
];
