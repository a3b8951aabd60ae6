import { SchedError } from '../../errors.js';
import type { manifest } from './manifest.js';

/** What a connection's settings say about every CronJob that it makes. */
export interface RunSettings {
  /** Of runs that name none; null: the namespace's own default. */
  readonly serviceAccount: string | null;
  /** Of runs that name none. */
  readonly imagePullSecrets: readonly string[];
  readonly successfulJobs: number;
  readonly failedJobs: number;
}

type Name = keyof (typeof manifest)['settings'];

/** Jobs of each outcome that are kept, unless told: enough to see what happened over a weekend. */
const KEPT = 10;

/** Reads the settings about runs. Throws USAGE for a limit that is no number of Jobs. */
export function runSettings(settings: Readonly<Partial<Record<Name, string>>>): RunSettings {
  const secrets = settings.image_pull_secrets ?? '';
  return {
    serviceAccount: settings.service_account === '' ? null : (settings.service_account ?? null),
    imagePullSecrets: secrets.split(/[,\s]+/).filter((name) => name !== ''),
    successfulJobs: limit('successful_jobs_history_limit', settings.successful_jobs_history_limit),
    failedJobs: limit('failed_jobs_history_limit', settings.failed_jobs_history_limit),
  };
}

function limit(name: Name, text: string | undefined): number {
  if (text === undefined || text === '') {
    return KEPT;
  }
  if (!/^\d{1,9}$/.test(text)) {
    throw new SchedError('USAGE', `The setting ${name} is a number of Jobs, not ${JSON.stringify(text)}.`, {
      hint: `For example ${name}=${KEPT}.`,
    });
  }
  return Number(text);
}
