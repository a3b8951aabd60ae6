import { isSchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';
import type { Call, Connect } from '../driver.js';
import { openApi } from './api.js';
import { setPaused, setStamp, update } from './change.js';
import { check } from './check.js';
import { type Cluster, wait } from './cluster.js';
import { create } from './creation.js';
import { existence } from './existence.js';
import { identity } from './identity.js';
import { allRuns, runs } from './jobs.js';
import { logs } from './logs.js';
import type { manifest } from './manifest.js';
import { STAMP_LABEL } from './names.js';
import { cronJobPath, cronJobsPath, placeOf } from './paths.js';
import { nativeSchedule } from './read-back.js';
import { rehearse } from './rehearsal.js';
import { remove } from './removal.js';
import { runSettings } from './settings.js';
import { trigger } from './trigger.js';

/** The driver of the CronJobs in one namespace of a cluster. Settings that are no settings throw USAGE. */
export const connect: Connect<typeof manifest> = (settings, surroundings) => {
  const api = openApi(settings, surroundings);
  const cluster: Cluster = { api, settings: runSettings(settings), wait };
  const namespaces = existence(api);

  async function* cronJobs(labelSelector: string, call: Call): AsyncGenerator<Json, void, undefined> {
    let some = false;
    for await (const page of api.pages(cronJobsPath(api.namespace), { labelSelector }, call)) {
      if (page.length > 0) {
        some = true;
        namespaces.seen(api.namespace);
      }
      yield* page;
    }
    if (!some) {
      // The list of a namespace that is not there is empty, too.
      await namespaces.prove(api.namespace, call);
    }
  }

  return {
    identity: (call) => identity(api, call),
    create: (request, call) => create(cluster, request, call),

    async read(nativeId, call) {
      const place = placeOf(nativeId);
      try {
        const cronJob = await api.request({ method: 'GET', path: cronJobPath(place) }, call);
        namespaces.seen(place.namespace);
        return nativeSchedule(cronJob, settings);
      } catch (error) {
        if (!isSchedError(error, 'NOT_FOUND')) {
          throw error;
        }
        await namespaces.prove(place.namespace, call);
        return undefined;
      }
    },

    async *list(call) {
      for await (const cronJob of cronJobs(STAMP_LABEL, call)) {
        const native = nativeSchedule(cronJob, settings);
        if (native.stamp !== null) {
          yield native;
        }
      }
    },

    async *findForeign(call) {
      for await (const cronJob of cronJobs(`!${STAMP_LABEL}`, call)) {
        yield nativeSchedule(cronJob, settings);
      }
    },

    remove: (nativeId, removal, call) => remove(cluster, nativeId, removal, call),
    update: (nativeId, request, call) => update(cluster, nativeId, request, call),
    setStamp: (nativeId, request, call) => setStamp(cluster, nativeId, request, call),
    setPaused: (nativeId, paused, call) => setPaused(cluster, nativeId, paused, call),
    trigger: (nativeId, request, call) => trigger(cluster, nativeId, request, call),
    runs: (nativeId, query, call) => runs(cluster, nativeId, query, call),
    allRuns: (query, call) => allRuns(cluster, query, call),
    logs: (nativeId, runId, call) => logs(cluster, nativeId, runId, call),
    rehearse: (rehearsal, call) => rehearse(cluster, rehearsal, call),
    check: (call) => check(api, settings, call),

    async close() {
      api.close();
    },
  };
};
