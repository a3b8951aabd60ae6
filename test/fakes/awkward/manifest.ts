import type { Manifest } from '../../../src/drivers/driver.js';

/** Everything that makes an orchestrator awkward at once, so that the contract stays honest. */
export const manifest = {
  flavor: 'awkward',
  title: 'Awkward',
  noun: 'job',
  settings: {
    target: { help: 'name of an open target', required: true },
    token: { help: 'what the target asks for', secret: true },
  },
  capabilities: ['setPaused', 'trigger', 'runs', 'findForeign'],
  runs: ['container', 'reference'],
  fields: ['end', 'parameters'],
  timing: {
    kinds: ['cron', 'interval', 'once'],
    cron: 'vixie',
    timezones: 'utc',
    shortestSeconds: 300,
    daylight: { gap: 'skip', fold: 'both', wildcard: 'same' },
  },
  catchup: { accepts: ['last'], default: 'last' },
  overlap: { accepts: ['allow', 'forbid'], default: 'allow' },
  retryPace: null,
  placeholders: true,
  stopsRuns: false,
  nativeIds: 'server',
  stamp: 'id',
  history: 'recent',
  notComparable: [
    'pipeline',
    'start_time',
    'max_runs',
    'catchup_limit',
    'timeout_seconds',
    'retry',
    'labels',
    'description',
    'owner',
  ],
  needsAgent: false,
  concurrency: 1,
} as const satisfies Manifest;
