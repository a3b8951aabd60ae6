/** Jobs as a client sees them: made by hand, ended by their status, gone with their CronJob. */
import type { Json } from '../../../../src/schedule.js';
import type { Probe, Step } from './probe.js';
import { create, cronJob, jobTemplate } from './writes.js';

/** A Job of somebody else's controller, so that nothing but the probe writes to it. */
function job(
  name: string,
  metadata: Readonly<Record<string, Json>> = {},
  spec: Readonly<Record<string, Json>> = {},
): Json {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, ...metadata },
    spec: { managedBy: 'lab.example/runner', ...(jobTemplate().spec as object), ...spec },
  };
}

function owner(name: string, more: Readonly<Record<string, Json>> = {}): Json {
  return [{ apiVersion: 'batch/v1', kind: 'CronJob', name, uid: '{uid}', controller: true, ...more }];
}

const parent = (name: string): Step => create(cronJob(name), '', { show: 'nothing', keep: { uid: 'metadata.uid' } });
const START = '2020-01-01T00:00:00Z';
const END = '2020-01-01T00:01:00Z';
const condition = (type: string, more: Readonly<Record<string, Json>> = {}): Json => ({
  type,
  status: 'True',
  lastTransitionTime: END,
  ...more,
});

export const jobs: readonly Probe[] = [
  {
    name: 'a Job made by hand as kubectl makes it',
    steps: [
      parent('hand'),
      {
        send: 'POST /jobs?fieldManager=sched&fieldValidation=Strict',
        body: job('hand-1', {
          ownerReferences: owner('hand'),
          annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
          labels: { a: 'b' },
        }),
        show: 'all',
      },
      { send: 'POST /jobs', body: job('hand-1') },
      { send: 'POST /jobs?dryRun=All', body: job('hand-1') },
      { send: 'GET /cronjobs/hand', show: ['status'] },
      { send: 'GET /jobs?labelSelector=a%3Db&limit=500', show: ['kind', 'items/0/metadata/name', 'items/0/kind'] },
    ],
  },
  {
    name: 'names of Jobs have 63 characters at most',
    steps: [
      { send: 'POST /jobs?dryRun=All', body: job('j'.repeat(63)) },
      { send: 'POST /jobs?dryRun=All', body: job('j'.repeat(64)) },
      { send: 'POST /jobs?dryRun=All', body: job('j.dotted') },
    ],
  },
  {
    name: 'Job templates cannot be changed, little else can',
    steps: [
      { send: 'POST /jobs', body: job('fixed'), show: ['metadata.generation'] },
      {
        send: 'PATCH /jobs/fixed',
        body: { spec: { template: { metadata: { labels: { x: 'y' } } } } },
        show: ['code', 'reason', 'details/causes/0/field', 'details/causes/0/reason'],
      },
      {
        send: 'PATCH /jobs/fixed',
        body: { spec: { ttlSecondsAfterFinished: 86_400 } },
        show: ['metadata.generation', 'spec.ttlSecondsAfterFinished'],
      },
      {
        send: 'PATCH /jobs/fixed',
        body: { spec: { backoffLimit: 1 } },
        show: ['metadata.generation', 'spec.backoffLimit'],
      },
      { send: 'PATCH /jobs/fixed', body: { spec: { completions: 2 } } },
    ],
  },
  {
    name: 'a Job ends by its status',
    steps: [
      { send: 'POST /jobs', body: job('ends'), show: ['metadata.generation'] },
      {
        send: 'PATCH /jobs/ends/status',
        body: { status: { startTime: START, active: 1 } },
        show: ['status', 'metadata.generation'],
      },
      {
        send: 'PATCH /jobs/ends/status',
        body: { status: { active: 0, succeeded: 1, completionTime: END, conditions: [condition('Complete')] } },
      },
      {
        send: 'PATCH /jobs/ends/status',
        body: {
          status: {
            active: 0,
            succeeded: 1,
            completionTime: END,
            conditions: [
              condition('SuccessCriteriaMet'),
              condition('Complete', { reason: 'CompletionsReached', message: 'done' }),
            ],
          },
        },
        show: ['status'],
      },
      { send: 'POST /jobs', body: job('fails'), show: ['metadata.generation'] },
      {
        send: 'PATCH /jobs/fails/status',
        body: { status: { startTime: START, failed: 1, conditions: [condition('Failed')] } },
      },
      {
        send: 'PATCH /jobs/fails/status',
        body: {
          status: {
            startTime: START,
            failed: 1,
            active: 0,
            conditions: [
              condition('FailureTarget'),
              condition('Failed', { reason: 'DeadlineExceeded', message: 'late' }),
            ],
          },
        },
        show: ['status'],
      },
      { send: 'GET /jobs/ends', show: ['status'] },
    ],
  },
  {
    name: 'Jobs go with their CronJob',
    steps: [
      parent('family'),
      { send: 'POST /jobs', body: job('family-1', { ownerReferences: owner('family') }), show: 'nothing' },
      {
        send: 'POST /jobs',
        body: job('family-2', { ownerReferences: owner('family', { blockOwnerDeletion: true }) }),
        show: 'nothing',
      },
      { send: 'DELETE /cronjobs/family', body: { propagationPolicy: 'Background' }, show: ['status'] },
      { send: 'GET /jobs/family-1', until: 404 },
      { send: 'GET /jobs/family-2', until: 404 },
    ],
  },
  {
    name: 'Jobs stay behind an orphaning delete, without an owner',
    steps: [
      parent('left'),
      { send: 'POST /jobs', body: job('left-1', { ownerReferences: owner('left') }), show: 'nothing' },
      { send: 'DELETE /cronjobs/left', body: { propagationPolicy: 'Orphan' }, show: ['metadata.finalizers'] },
      { send: 'GET /cronjobs/left', until: 404 },
      { send: 'GET /jobs/left-1', show: ['metadata.name', 'metadata.ownerReferences'] },
    ],
  },
  {
    name: 'foreground waits for the Jobs that block it',
    steps: [
      parent('front'),
      {
        send: 'POST /jobs',
        body: job('front-1', { ownerReferences: owner('front', { blockOwnerDeletion: true }) }),
        show: 'nothing',
      },
      { send: 'DELETE /cronjobs/front', body: { propagationPolicy: 'Foreground' }, show: ['metadata.finalizers'] },
      { send: 'GET /cronjobs/front', until: 404 },
      { send: 'GET /jobs/front-1', until: 404 },
    ],
  },
  {
    name: 'one Job can be deleted',
    steps: [
      { send: 'POST /jobs', body: job('single'), show: 'nothing' },
      {
        send: 'DELETE /jobs/single',
        body: { propagationPolicy: 'Background' },
        show: ['kind', 'status', 'details.kind', 'details.name'],
      },
      { send: 'GET /jobs/single', until: 404 },
    ],
  },
];
