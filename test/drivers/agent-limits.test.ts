import { describe, expect, test } from '@jest/globals';
import { agentPolicies } from '../../src/drivers/agent-limits.js';
import type { Manifest } from '../../src/drivers/driver.js';
import { checkLimits, refusals } from '../../src/drivers/limits.js';
import { manifest as local } from '../../src/drivers/local/manifest.js';
import type { ScheduleSpec } from '../../src/schedule.js';
import { specOf } from '../drivers-local/samples.js';
import { manifest as awkward } from '../fakes/awkward/manifest.js';

const run = { kind: 'reference', id: 'job' } as const;
const spec = (patch: Partial<ScheduleSpec> = {}) => specOf({ run, ...patch });
const without = (...gone: Manifest['capabilities'][number][]): Manifest => ({
  ...awkward,
  capabilities: awkward.capabilities.filter((capability) => !gone.includes(capability)),
});
const refused = (asked: ScheduleSpec, manifest: Manifest) =>
  refusals(asked, manifest, 'agent').map(({ field, instead }) => `${field}: ${instead}`);

describe('of a schedule that an agent fires', () => {
  test('the target need not know its timetable, zone, bounds and catch-up', () => {
    const timing = { kind: 'interval', count: 90, unit: 'second', anchor: 0, on: [], times: [] } as const;
    const asked = spec({ timing, timezone: 'Europe/Berlin', start: 0, maxRuns: 3, catchup: 'all', overlap: 'forbid' });
    expect(refusals(asked, awkward).map(({ field }) => field)).toEqual([
      'interval',
      'timezone',
      'catchup_policy',
      'start_time',
      'max_runs',
    ]);
    expect(refused(asked, awkward)).toEqual([]);
  });

  test('the target must start runs by hand, and tell which go on where they may not overlap', () => {
    expect(refused(spec(), without('trigger'))).toEqual([
      'fired_by: use --orchestrator local with the command that starts it',
    ]);
    expect(refused(spec({ overlap: 'forbid' }), without('runs'))).toEqual(['overlap: use --overlap allow']);
    expect(refused(spec({ overlap: 'replace' }), awkward)).toEqual(['overlap: use --overlap forbid']);
    expect([agentPolicies(awkward), agentPolicies(without('runs'))]).toEqual([
      { catchup: 'none', overlap: 'forbid' },
      { catchup: 'none', overlap: 'allow' },
    ]);
  });

  test('only a clock can fire it', () => {
    const timing = { kind: 'native', dialect: 'quartz', text: 'L' } as const;
    expect(refused(spec({ timing }), awkward)).toEqual([
      'native: use --orchestrator local with the command that starts it',
    ]);
  });

  test('what an agent fires in any case is not asked for', () => {
    expect(() => checkLimits(specOf(), local, 'agent')).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', hint: 'Leave --fired-by out.' }),
    );
  });
});
