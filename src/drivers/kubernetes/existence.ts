/** Nothing counts as absent in a namespace that may be absent itself, or out of sight. */
import { isSchedError, SchedError } from '../../errors.js';
import type { Call } from '../driver.js';
import type { Api } from './api.js';
import { isRefusedByAdmission } from './forbidden.js';
import { cronJobsPath, namespacePath, WRITING } from './paths.js';
import { statusOf } from './status.js';

export interface Existence {
  /** Something was seen in it. */
  seen(namespace: string): void;
  /** Throws NOT_FOUND when there is no such namespace, PERMISSION when that cannot be told. A namespace once proven is not asked for again. */
  prove(namespace: string, call: Call): Promise<void>;
}

/** The smallest CronJob that is valid; sent as a dry run it tells whether its namespace is there. */
const PROBE = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { generateName: 'sched-probe-' },
  spec: {
    schedule: '0 0 31 2 *',
    suspend: true,
    jobTemplate: {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'none:0' }] } } },
    },
  },
} as const;

/** Remembers the namespaces of one connection that are there. */
export function existence(api: Api): Existence {
  const proven = new Set<string>();

  async function prove(namespace: string, call: Call): Promise<void> {
    try {
      await api.request({ method: 'GET', path: namespacePath(namespace) }, call);
    } catch (error) {
      if (isSchedError(error, 'NOT_FOUND')) {
        throw missing(namespace, error);
      }
      if (!isSchedError(error, 'PERMISSION')) {
        throw error;
      }
      await probe(namespace, error, call);
    }
  }

  /** Whoever may create CronJobs learns from a dry run whether the namespace is there. */
  async function probe(namespace: string, refused: SchedError, call: Call): Promise<void> {
    const query = { ...WRITING, dryRun: 'All' };
    try {
      await api.request({ method: 'POST', path: cronJobsPath(namespace), query, body: PROBE }, call);
    } catch (error) {
      if (isSchedError(error, 'NOT_FOUND')) {
        throw missing(namespace, error);
      }
      const status = statusOf(error);
      // A namespace that is being deleted is still there, and one whose rules refuse the probe is, too.
      if (!isSchedError(error, 'CONFLICT') && (status === undefined || !isRefusedByAdmission(status))) {
        throw isSchedError(error, 'PERMISSION') ? unprovable(namespace, refused) : error;
      }
    }
  }

  function unprovable(namespace: string, refused: SchedError): SchedError {
    return new SchedError(
      'PERMISSION',
      `Whether the namespace ${namespace} exists cannot be told, so nothing in it counts as missing.`,
      { ...(refused.hint !== undefined && { hint: refused.hint }), cause: refused },
    );
  }

  return {
    seen(namespace) {
      proven.add(namespace);
    },
    async prove(namespace, call) {
      if (!proven.has(namespace)) {
        await prove(namespace, call);
        proven.add(namespace);
      }
    },
  };
}

function missing(namespace: string, cause: SchedError): SchedError {
  return new SchedError('NOT_FOUND', `There is no namespace ${namespace}.`, {
    hint: cause.hint ?? `kubectl create namespace ${namespace}`,
    cause: cause.cause,
  });
}
