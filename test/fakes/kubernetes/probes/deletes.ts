/** Deleting CronJobs. */
import { made, patch } from './changes.js';
import type { Probe } from './probe.js';

export const deletes: readonly Probe[] = [
  {
    name: 'delete answers with the uid, and is over at once',
    steps: [
      made('gone'),
      { send: 'DELETE /cronjobs/gone', show: 'all' },
      { send: 'GET /cronjobs/gone' },
      made('background'),
      {
        send: 'DELETE /cronjobs/background',
        body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
        show: 'all',
      },
      { send: 'GET /cronjobs/background' },
      made('in-query'),
      { send: 'DELETE /cronjobs/in-query?propagationPolicy=Background', show: ['status', 'details'] },
    ],
  },
  {
    name: 'a body of a delete leaves the query unread, dry run too',
    steps: [
      made('twofold'),
      {
        send: 'DELETE /cronjobs/twofold?propagationPolicy=Orphan',
        body: { propagationPolicy: 'Background', dryRun: ['All'] },
        show: ['kind', 'status'],
      },
      { send: 'GET /cronjobs/twofold', show: ['metadata.finalizers'] },
      { send: 'DELETE /cronjobs/twofold', body: { dryRun: ['Some'] } },
      {
        send: 'DELETE /cronjobs/twofold?dryRun=All',
        body: { propagationPolicy: 'Background' },
        show: ['kind', 'status'],
      },
      { send: 'GET /cronjobs/twofold' },
    ],
  },
  {
    name: 'foreground and orphan leave a finalizer for a moment',
    steps: [
      made('foreground'),
      {
        send: 'DELETE /cronjobs/foreground',
        body: { propagationPolicy: 'Foreground' },
        show: [
          'kind',
          'metadata.finalizers',
          'metadata.generation',
          'metadata.deletionGracePeriodSeconds',
          'metadata.deletionTimestamp',
        ],
      },
      { send: 'GET /cronjobs/foreground', until: 404, show: 'nothing' },
      made('orphan'),
      {
        send: 'DELETE /cronjobs/orphan',
        body: { propagationPolicy: 'Orphan' },
        show: [
          'kind',
          'metadata.finalizers',
          'metadata.generation',
          'metadata.deletionGracePeriodSeconds',
          'metadata.deletionTimestamp',
        ],
      },
      { send: 'GET /cronjobs/orphan', until: 404, show: 'nothing' },
      { send: 'DELETE /cronjobs/orphan', body: { propagationPolicy: 'Never' } },
      made('never'),
      { send: 'DELETE /cronjobs/never', body: { propagationPolicy: 'Never' } },
    ],
  },
  {
    name: 'a finalizer of somebody else holds the object',
    steps: [
      made('held', {}, { finalizers: ['lab.example/stay'] }),
      { send: 'DELETE /cronjobs/held', show: ['kind', 'metadata.finalizers', 'metadata.generation'] },
      { send: 'GET /cronjobs/held', show: ['metadata.finalizers', 'metadata.deletionTimestamp'] },
      { send: 'DELETE /cronjobs/held', show: ['kind', 'metadata.generation'] },
      { send: 'PATCH /cronjobs/held', body: { metadata: { finalizers: ['lab.example/stay', 'lab.example/more'] } } },
      patch('held', { metadata: { finalizers: null } }, ['kind', 'metadata.finalizers']),
      { send: 'GET /cronjobs/held' },
    ],
  },
  {
    name: 'deleting can be bound to a uid and a version',
    steps: [
      made('bound'),
      { send: 'DELETE /cronjobs/bound', body: { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } } },
      { send: 'DELETE /cronjobs/bound', body: { preconditions: { resourceVersion: '1' } } },
      {
        send: 'DELETE /cronjobs/bound',
        body: { preconditions: { uid: '{uid}', resourceVersion: '{version}' } },
        show: ['status'],
      },
      { send: 'DELETE /cronjobs/bound', body: { preconditions: { uid: '{uid}' } } },
    ],
  },
  {
    name: 'a collection can be deleted by label',
    steps: [
      made('shelf-a', {}, { labels: { shelf: 'delete' } }),
      made('shelf-b', {}, { labels: { shelf: 'delete' } }),
      made('shelf-c'),
      {
        send: 'DELETE /cronjobs?labelSelector=shelf%3Ddelete',
        show: ['kind', 'items/0/metadata/name', 'items/1/metadata/name', 'items/2'],
      },
      { send: 'GET /cronjobs/shelf-a' },
      { send: 'GET /cronjobs/shelf-c' },
    ],
  },
];
