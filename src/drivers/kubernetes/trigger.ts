/** Starting one run beside the timetable, as `kubectl create job --from=cronjob/…` does. */
import { isSchedError, SchedError } from '../../errors.js';
import type { Json, NativeRun } from '../../schedule.js';
import type { Call, TriggerRequest } from '../driver.js';
import type { Cluster } from './cluster.js';
import { readRecorded, renderedTemplate } from './cronjob.js';
import { withParameters } from './job-template.js';
import { INSTANTIATE, ownerOf, runOf, SCHEDULED_TIME, TRIGGER } from './jobs.js';
import { mergePatch, patched } from './merge.js';
import { jobName } from './names.js';
import { cronJobPath, jobPath, jobsPath, type Place, placeOf, WRITING } from './paths.js';
import { type Tree, textAt, treeAt } from './tree.js';

/** Makes the Job of a key, or finds the one that was made for it. Throws NOT_FOUND without the CronJob. */
export async function trigger(
  { api }: Cluster,
  nativeId: string,
  request: TriggerRequest,
  call: Call,
): Promise<NativeRun> {
  const place = placeOf(nativeId);
  const cronJob = await api.request({ method: 'GET', path: cronJobPath(place) }, call);
  const body = jobBody(place, cronJob, request);
  try {
    return runOf(await api.request({ method: 'POST', path: jobsPath(place.namespace), query: WRITING, body }, call));
  } catch (error) {
    if (!isSchedError(error, 'CONFLICT')) {
      throw error;
    }
    const name = jobName(place.name, request.key);
    const standing = await standingJob(api, place, name, call);
    if (standing === undefined) {
      throw error;
    }
    if (ownerOf(standing)?.uid !== textAt(cronJob, 'metadata', 'uid')) {
      throw new SchedError('CONFLICT', `There is a Job ${name} that is not of ${place.name}.`, { cause: error });
    }
    return runOf(standing);
  }
}

async function standingJob(
  api: Cluster['api'],
  { namespace }: Place,
  name: string,
  call: Call,
): Promise<Json | undefined> {
  try {
    return await api.request({ method: 'GET', path: jobPath(namespace, name) }, call);
  } catch (error) {
    if (isSchedError(error, 'NOT_FOUND')) {
      return undefined;
    }
    throw error;
  }
}

function jobBody({ namespace, name }: Place, cronJob: Json, request: TriggerRequest): Tree {
  const template = templateFor(cronJob, request.parameters);
  const uid = textAt(cronJob, 'metadata', 'uid') ?? '';
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(name, request.key),
      namespace,
      labels: treeAt(template, 'metadata', 'labels'),
      annotations: {
        ...treeAt(template, 'metadata', 'annotations'),
        [INSTANTIATE]: 'manual',
        [TRIGGER]: request.trigger,
        ...(request.scheduled !== null && { [SCHEDULED_TIME]: new Date(request.scheduled).toISOString() }),
      },
      // Without blockOwnerDeletion, which would need a right of its own (cronjobs/finalizers).
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name, uid, controller: true }],
    },
    spec: treeAt(template, 'spec'),
  };
}

/** The job template as it stands, with `parameters` in place of those of the same names. */
function templateFor(cronJob: Json, parameters: TriggerRequest['parameters']): Tree {
  const template = treeAt(cronJob, 'spec', 'jobTemplate');
  if (Object.keys(parameters).length === 0) {
    return template;
  }
  const found = readRecorded(cronJob);
  if (found === undefined) {
    return withParameters(template, parameters, true);
  }
  const { recorded } = found;
  const spec = { ...recorded.spec, parameters: { ...recorded.spec.parameters, ...parameters } };
  const [before, after] = [renderedTemplate(recorded), renderedTemplate({ ...recorded, spec })];
  return patched(template, mergePatch(before, after, template) ?? {});
}
