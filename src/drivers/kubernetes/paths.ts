/** Addresses of the API server, and our ids in them: a CronJob's id is `namespace/name`, a run's is its Job's name. */
import { SchedError } from '../../errors.js';

/** Where a CronJob stands. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** Query of every write: whose it is in `managedFields`, and no field is dropped in silence. */
export const WRITING = { fieldManager: 'sched', fieldValidation: 'Strict' } as const;

export function nativeIdOf({ namespace, name }: Place): string {
  return `${namespace}/${name}`;
}

/** Throws NOT_FOUND for what is no id of a CronJob. */
export function placeOf(nativeId: string): Place {
  const [namespace = '', name = '', ...more] = nativeId.split('/');
  if (namespace === '' || name === '' || more.length > 0) {
    throw new SchedError('NOT_FOUND', `${JSON.stringify(nativeId)} names no CronJob: their ids are namespace/name.`);
  }
  return { namespace, name };
}

export function namespacePath(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
}

export function cronJobsPath(namespace: string): string {
  return `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/cronjobs`;
}

export function cronJobPath({ namespace, name }: Place): string {
  return `${cronJobsPath(namespace)}/${encodeURIComponent(name)}`;
}

export function jobsPath(namespace: string): string {
  return `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs`;
}

export function jobPath(namespace: string, job: string): string {
  return `${jobsPath(namespace)}/${encodeURIComponent(job)}`;
}

export function podsPath(namespace: string): string {
  return `${namespacePath(namespace)}/pods`;
}
