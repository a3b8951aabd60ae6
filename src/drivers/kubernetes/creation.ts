import { isSchedError, SchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';
import type { Call, CreateRequest } from '../driver.js';
import type { Cluster } from './cluster.js';
import { newCronJob, recordedOf } from './cronjob.js';
import { STAMP_LABEL } from './names.js';
import { cronJobPath, cronJobsPath, nativeIdOf, type Place, WRITING } from './paths.js';
import { isGoing } from './read-back.js';
import { textAt } from './tree.js';

/**
 * Makes a CronJob, or finds the one that was made for the same stamp. Gives its native id. Throws CONFLICT when another one has its
 * name, UNSUPPORTED for what it cannot carry.
 */
export async function create({ api, settings }: Cluster, request: CreateRequest, call: Call): Promise<string> {
  const recorded = recordedOf(request, settings);
  const body = newCronJob(recorded, request.paused);
  const place: Place = { namespace: api.namespace, name: textAt(body, 'metadata', 'name') ?? '' };
  try {
    await api.request({ method: 'POST', path: cronJobsPath(place.namespace), query: WRITING, body }, call);
  } catch (error) {
    if (!isSchedError(error, 'CONFLICT')) {
      throw error;
    }
    const standing = await standingAt(api, place, call);
    if (standing === undefined) {
      throw error;
    }
    if (isGoing(standing)) {
      throw new SchedError('CONFLICT', `The CronJob ${place.name} is still being deleted.`, {
        hint: 'Try again in a moment.',
        cause: error,
      });
    }
    if (textAt(standing, 'metadata', 'labels', STAMP_LABEL) !== recorded.stamp) {
      throw new SchedError('CONFLICT', `Another CronJob of the name ${place.name} is there already.`, {
        hint: `kubectl get cronjob ${place.name} -n ${place.namespace}`,
        cause: error,
      });
    }
  }
  return nativeIdOf(place);
}

async function standingAt(api: Cluster['api'], place: Place, call: Call): Promise<Json | undefined> {
  try {
    return await api.request({ method: 'GET', path: cronJobPath(place) }, call);
  } catch (error) {
    if (isSchedError(error, 'NOT_FOUND')) {
      return undefined;
    }
    throw error;
  }
}
