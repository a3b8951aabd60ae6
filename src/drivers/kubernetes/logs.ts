/** The output of a run: the logs of its pods, as long as they are kept. */
import { isSchedError, SchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';
import type { Call } from '../driver.js';
import type { Cluster } from './cluster.js';
import { ownerOf } from './jobs.js';
import { jobPath, type Place, placeOf, podsPath } from './paths.js';
import { instantAt, listAt, textAt, valueAt } from './tree.js';

/** Where output comes from. */
interface Source {
  readonly pod: string;
  readonly container: string;
}

/**
 * What the pods of a run wrote, in the order in which they were made; where there are several containers, each with a line before it.
 * Throws NOT_FOUND for a Job that is not of this CronJob.
 */
export async function* logs(
  { api }: Cluster,
  nativeId: string,
  runId: string,
  call: Call,
): AsyncGenerator<Uint8Array, void, undefined> {
  const place = placeOf(nativeId);
  const job = await api.request({ method: 'GET', path: jobPath(place.namespace, runId) }, call);
  if (ownerOf(job)?.name !== place.name) {
    throw new SchedError('NOT_FOUND', `The Job ${runId} is no run of ${place.name}.`);
  }
  const sources = await sourcesOf(api, place, runId, call);
  for (const [index, { pod, container }] of sources.entries()) {
    if (sources.length > 1) {
      yield Buffer.from(`${index === 0 ? '' : '\n'}==> ${pod} ${container} <==\n`);
    }
    const path = `${podsPath(place.namespace)}/${encodeURIComponent(pod)}/log`;
    try {
      yield* api.text({ method: 'GET', path, query: { container } }, call);
    } catch (error) {
      // The pod went, or its container has not come so far: there is nothing of it to show.
      if (!isSchedError(error, 'NOT_FOUND', 'UNSUPPORTED')) {
        throw error;
      }
      call.debug(`${pod} ${container}: ${error.message}`);
    }
  }
}

async function sourcesOf(api: Cluster['api'], { namespace }: Place, job: string, call: Call): Promise<Source[]> {
  const pods: Json[] = [];
  const selector = { labelSelector: `batch.kubernetes.io/job-name=${job}` };
  for await (const page of api.pages(podsPath(namespace), selector, call)) {
    pods.push(...page);
  }
  const made = (pod: Json): number => instantAt(pod, 'metadata', 'creationTimestamp') ?? 0;
  return pods.toSorted((left, right) => made(left) - made(right)).flatMap(startedContainers);
}

function startedContainers(pod: Json): Source[] {
  const states = [
    ...listAt(pod, 'status', 'initContainerStatuses'),
    ...listAt(pod, 'status', 'containerStatuses'),
  ].filter((status) => ['running', 'terminated'].some((state) => valueAt(status, 'state', state) !== undefined));
  return states.map((status) => ({
    pod: textAt(pod, 'metadata', 'name') ?? '',
    container: textAt(status, 'name') ?? '',
  }));
}
