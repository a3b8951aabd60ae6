import type { Manifest } from '../../../src/drivers/driver.js';

/** The reference fake: can everything, names by the client, has room for a full stamp. */
export const manifest = {
  flavor: 'memory',
  title: 'Memory',
  noun: 'object',
  settings: {
    target: { help: 'name of an open target', required: true },
    token: { help: 'what the target asks for', secret: true },
  },
  capabilities: [
    'update',
    'setStamp',
    'setPaused',
    'trigger',
    'runs',
    'allRuns',
    'logs',
    'rehearse',
    'findForeign',
    'check',
  ],
  runs: ['command', 'container', 'reference'],
  fields: ['start', 'end', 'maxRuns', 'timeout', 'retry', 'labels', 'description', 'owner', 'parameters'],
  timing: {
    kinds: ['cron', 'interval', 'once', 'change', 'native'],
    cron: 'vixie',
    timezones: 'any',
    shortestSeconds: 10,
    daylight: { gap: 'first-instant', fold: 'first', wildcard: 'same' },
  },
  catchup: { accepts: ['none', 'last', 'all'], default: 'none' },
  overlap: { accepts: ['allow', 'forbid', 'replace'], default: 'forbid' },
  retryPace: null,
  placeholders: true,
  stopsRuns: true,
  nativeIds: 'client',
  stamp: 'full',
  history: 'full',
  notComparable: [],
  needsAgent: false,
  concurrency: 4,
} as const satisfies Manifest;
