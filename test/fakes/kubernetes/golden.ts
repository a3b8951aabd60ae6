import { readFileSync } from 'node:fs';
import type { Json } from '../../../src/schedule.js';

/** What a real API server (Kubernetes 1.36.3) answers to each probe, by its name. */
export const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Json>
>;
