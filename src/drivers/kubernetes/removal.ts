/** Taking a CronJob away. Each step can be taken again: what is gone is done. */
import { isSchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';
import type { Call, Removal } from '../driver.js';
import type { ApiRequest } from './api.js';
import type { Cluster } from './cluster.js';
import { isFinished, jobsOf } from './jobs.js';
import { cronJobPath, jobPath, placeOf, WRITING } from './paths.js';
import { isGoing, isSuspended } from './read-back.js';
import { listAt, numberAt, textAt } from './tree.js';

/** Seconds that a Job stays when its schedule is gone and it has come to its end: a day, for whoever wants to see it. */
const LEFT_BEHIND = 86_400;

/** Removes a CronJob with its finished Jobs, and with the running ones, too, when told; otherwise these run on. */
export async function remove(cluster: Cluster, nativeId: string, { stopRuns }: Removal, call: Call): Promise<void> {
  const place = placeOf(nativeId);
  const path = cronJobPath(place);
  const cronJob = await unlessGone(cluster, { method: 'GET', path }, call);
  if (cronJob === undefined || isGoing(cronJob)) {
    return;
  }
  if (!isSuspended(cronJob)) {
    // Nothing starts any more while what runs is looked for.
    const suspending = { method: 'PATCH', path, query: WRITING, body: { spec: { suspend: true } } } as const;
    if ((await unlessGone(cluster, suspending, call)) === undefined) {
      return;
    }
  }
  const jobs: Json[] = [];
  if (!stopRuns) {
    for await (const job of jobsOf(cluster, place, cronJob, call)) {
      jobs.push(job);
    }
  }
  const leaving = jobs.some((job) => !isFinished(job)) || (!stopRuns && listAt(cronJob, 'status', 'active').length > 0);
  for (const job of leaving ? jobs : []) {
    const name = textAt(job, 'metadata', 'name') ?? '';
    const request = isFinished(job)
      ? deletion(jobPath(place.namespace, name), job, 'Background')
      : lastingADay(place.namespace, job);
    if (request !== undefined) {
      await unlessGone(cluster, request, call);
    }
  }
  await unlessGone(cluster, deletion(path, cronJob, leaving ? 'Orphan' : 'Background'), call);
}

/** Nobody will clear away a Job without an owner. */
function lastingADay(namespace: string, job: Json): ApiRequest | undefined {
  if (numberAt(job, 'spec', 'ttlSecondsAfterFinished') !== undefined) {
    return undefined;
  }
  const path = jobPath(namespace, textAt(job, 'metadata', 'name') ?? '');
  return { method: 'PATCH', path, query: WRITING, body: { spec: { ttlSecondsAfterFinished: LEFT_BEHIND } } };
}

function deletion(path: string, object: Json, propagationPolicy: 'Background' | 'Orphan'): ApiRequest {
  const uid = textAt(object, 'metadata', 'uid') ?? '';
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy, preconditions: { uid } };
  return { method: 'DELETE', path, body };
}

async function unlessGone({ api }: Cluster, request: ApiRequest, call: Call): Promise<Json | undefined> {
  try {
    return await api.request(request, call);
  } catch (error) {
    if (isSchedError(error, 'NOT_FOUND')) {
      return undefined;
    }
    throw error;
  }
}
