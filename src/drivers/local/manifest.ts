import type { Manifest } from '../driver.js';

/** The embedded orchestrator: the agent's own file, fired by `sched agent`. */
export const manifest = {
  flavor: 'local',
  title: 'Local agent',
  noun: 'entry',
  settings: {
    file: { help: "absolute path of the agent's own file; it is made when missing", required: true, path: true },
  },
  capabilities: ['update', 'setPaused', 'trigger', 'runs', 'logs', 'check'],
  runs: ['command'],
  fields: ['start', 'end', 'maxRuns', 'timeout', 'retry', 'labels', 'description', 'owner', 'parameters'],
  timing: {
    kinds: ['cron', 'interval', 'once', 'change'],
    cron: 'vixie',
    timezones: 'any',
    shortestSeconds: 1,
    daylight: { gap: 'first-instant', fold: 'first', wildcard: 'elapsed' },
  },
  catchup: { accepts: ['none', 'last', 'all'], default: 'none' },
  overlap: { accepts: ['allow', 'forbid', 'replace'], default: 'forbid' },
  retryPace: null,
  placeholders: true,
  stopsRuns: false,
  nativeIds: 'client',
  stamp: 'full',
  history: 'full',
  notComparable: [],
  needsAgent: true,
  concurrency: 4,
} as const satisfies Manifest;
