import { setTimeout } from 'node:timers/promises';
import type { Call } from '../driver.js';
import type { Api } from './api.js';
import type { RunSettings } from './settings.js';

/** What every part of the driver works with. */
export interface Cluster {
  readonly api: Api;
  readonly settings: RunSettings;
  /** Waits so many milliseconds, or until the call is over: then throws its reason. */
  wait(milliseconds: number, call: Call): Promise<void>;
}

export async function wait(milliseconds: number, { signal }: Call): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal });
}
