import type { Call, NativeRequest, Rehearsal } from '../driver.js';
import type { Api, ApiRequest } from './api.js';
import { setPaused, update } from './change.js';
import type { Cluster } from './cluster.js';
import { create } from './creation.js';
import { remove } from './removal.js';
import { isTree } from './tree.js';

/**
 * Takes a step with every write sent as a dry run: the server validates it, its policies and quotas answer, and nothing is stored.
 * Gives the writes as they would be sent. Throws what the step would throw.
 */
export async function rehearse(cluster: Cluster, rehearsal: Rehearsal, call: Call): Promise<readonly NativeRequest[]> {
  const sent: NativeRequest[] = [];
  const stage: Cluster = { ...cluster, api: dry(cluster.api, sent), wait: async () => undefined };
  switch (rehearsal.do) {
    case 'create':
      await create(stage, rehearsal.request, call);
      break;
    case 'update':
      await update(stage, rehearsal.nativeId, rehearsal.request, call);
      break;
    case 'pause':
    case 'resume':
      await setPaused(stage, rehearsal.nativeId, rehearsal.do === 'pause', call);
      break;
    case 'remove':
      await remove(stage, rehearsal.nativeId, rehearsal.removal, call);
  }
  return sent;
}

/** An api whose writes change nothing, and are written down. */
function dry(api: Api, sent: NativeRequest[]): Api {
  return {
    ...api,
    namespace: api.namespace,
    server: api.server,
    async request(request: ApiRequest, call: Call) {
      if (request.method === 'GET') {
        return await api.request(request, call);
      }
      sent.push({ method: request.method, url: api.url(request), body: request.body ?? null });
      return await api.request(asDryRun(request), call);
    },
  };
}

/** A deletion that has a body is told in it: the server takes its options from one place only, and would delete. */
function asDryRun(request: ApiRequest): ApiRequest {
  return request.method === 'DELETE' && isTree(request.body)
    ? { ...request, body: { ...request.body, dryRun: ['All'] } }
    : { ...request, query: { ...request.query, dryRun: 'All' } };
}
