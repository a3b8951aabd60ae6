/** What controllers and a node would do: pods for Jobs, Jobs for CronJobs, and their ends. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Json } from '../../../src/schedule.js';
import { secondsOf } from './collections.js';
import { jobWithDefaults, jobWithSelector } from './defaults.js';
import { at, type Fields, fieldsAt, textAt, withMetadata } from './fields.js';
import { CRONJOBS, JOBS, PODS } from './request.js';
import type { World } from './world.js';

/** A pod for a new Job, waiting for its container, unless somebody else's controller or nobody is to run it. */
export function startJob(world: World, namespace: string, name: string): void {
  const job = world.store.get(JOBS, namespace, name);
  const idle = at(job, 'spec.suspend') === true || at(job, 'spec.managedBy') !== undefined;
  if (job === undefined || idle || at(job, 'status.startTime') !== undefined) {
    return;
  }
  const pod = `${name}-${randomBytes(3).toString('hex').slice(0, 5)}`;
  const owner = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    name,
    uid: textAt(job, 'metadata.uid'),
    controller: true,
    blockOwnerDeletion: true,
  };
  const now = secondsOf(world.now());
  world.store.put(PODS, {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: pod,
      generateName: `${name}-`,
      namespace,
      uid: randomUUID(),
      creationTimestamp: now,
      labels: fieldsAt(job, 'spec.template.metadata.labels'),
      ownerReferences: [owner],
    },
    spec: fieldsAt(job, 'spec.template.spec'),
    status: { phase: 'Pending', qosClass: 'BestEffort' },
  });
  world.store.put(JOBS, {
    ...job,
    status: { startTime: now, active: 1, terminating: 0, uncountedTerminatedPods: {}, ready: 0 },
  });
}

/** The Job of an occurrence (milliseconds, a whole minute), as the CronJob controller makes it. Gives its name. */
export function fire(world: World, namespace: string, name: string, occurrence: number): string {
  const cronJob = world.store.get(CRONJOBS, namespace, name);
  if (cronJob === undefined) {
    throw new Error(`there is no ${namespace}/${name}`);
  }
  const job = `${name}-${occurrence / 60_000}`;
  const template = fieldsAt(cronJob, 'spec.jobTemplate');
  const owner = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    name,
    uid: textAt(cronJob, 'metadata.uid'),
    controller: true,
    blockOwnerDeletion: true,
  };
  const born = jobWithSelector(
    jobWithDefaults({
      kind: 'Job',
      apiVersion: 'batch/v1',
      metadata: {
        name: job,
        namespace,
        uid: randomUUID(),
        generation: 1,
        creationTimestamp: secondsOf(world.now()),
        labels: fieldsAt(template, 'metadata.labels'),
        annotations: {
          ...fieldsAt(template, 'metadata.annotations'),
          'batch.kubernetes.io/cronjob-scheduled-timestamp': secondsOf(occurrence),
        },
        ownerReferences: [owner],
      },
      spec: fieldsAt(template, 'spec'),
      status: {},
    }),
  );
  world.store.put(JOBS, born);
  world.store.put(CRONJOBS, {
    ...cronJob,
    status: { ...fieldsAt(cronJob, 'status'), lastScheduleTime: secondsOf(occurrence) },
  });
  startJob(world, namespace, job);
  return job;
}

/** Ends a Job's pod and the Job with it, with what its container wrote. */
export function finish(world: World, namespace: string, name: string, good: boolean, output: string): void {
  const job = world.store.get(JOBS, namespace, name);
  const pod = world.store.list(PODS, namespace).find((each) => fieldsAt(each, 'metadata.labels')['job-name'] === name);
  if (job === undefined || pod === undefined) {
    throw new Error(`there is no Job with a pod named ${namespace}/${name}`);
  }
  const now = secondsOf(world.now());
  const terminated = { exitCode: good ? 0 : 1, reason: good ? 'Completed' : 'Error', startedAt: now, finishedAt: now };
  const container = textAt(
    fieldsAt({ first: (at(pod, 'spec.containers') as readonly Json[])[0] ?? null }, 'first'),
    'name',
  );
  world.store.put(PODS, {
    ...pod,
    status: {
      phase: good ? 'Succeeded' : 'Failed',
      startTime: now,
      containerStatuses: [{ name: container, state: { terminated }, restartCount: 0 }],
    },
  });
  world.logs.set(`${namespace}/${textAt(pod, 'metadata.name')}`, Buffer.from(output));
  const condition = (type: string, reason: string, message: string): Json => ({
    type,
    status: 'True',
    lastProbeTime: now,
    lastTransitionTime: now,
    reason,
    message,
  });
  const end: Fields = good
    ? {
        conditions: [
          condition('SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods'),
          condition('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods'),
        ],
        completionTime: now,
        succeeded: 1,
      }
    : {
        conditions: [
          condition('FailureTarget', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit'),
          condition('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit'),
        ],
        failed: 1,
      };
  world.store.put(
    JOBS,
    withMetadata(
      { ...job, status: { startTime: now, terminating: 0, uncountedTerminatedPods: {}, ready: 0, ...end } },
      {},
    ),
  );
}
