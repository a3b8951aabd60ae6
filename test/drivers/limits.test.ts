import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Manifest } from '../../src/drivers/driver.js';
import { checkLimits, checkRemoval, checkTrigger, refusals } from '../../src/drivers/limits.js';
import { shortestStep } from '../../src/drivers/pace.js';
import { isSchedError } from '../../src/errors.js';
import type { ContainerRun, IntervalTiming, ScheduleSpec } from '../../src/schedule.js';
import { manifest as awkward } from '../fakes/awkward/manifest.js';
import { MANIFEST, SPEC, START } from './scripted.js';

const CONTAINER: ContainerRun = {
  kind: 'container',
  image: 'acme/train:1',
  argv: [],
  env: {},
  secretEnv: {},
  resources: { requests: {}, limits: {} },
  nodeSelector: {},
  serviceAccount: null,
  imagePullSecrets: [],
};

const CRON_ONLY: Manifest = {
  ...MANIFEST,
  flavor: 'plain',
  timing: { ...MANIFEST.timing, kinds: ['cron'], shortestSeconds: 60 },
};

function every(count: number, unit: IntervalTiming['unit'], more: Partial<IntervalTiming> = {}): IntervalTiming {
  return { kind: 'interval', count, unit, anchor: 0, on: [], times: [], ...more };
}

/** Field, limit and way out, as a user reads them. */
function said(spec: Partial<ScheduleSpec>, manifest: Manifest): string[] {
  return refusals({ ...SPEC, ...spec }, manifest).map(({ field, limit, instead }) => `${field}: ${limit}; ${instead}`);
}

describe('limits', () => {
  test('let pass what the manifest names, and what was not asked for', () => {
    expect(said({}, MANIFEST)).toEqual([]);
    expect(said({ labels: {}, parameters: {}, start: null }, { ...MANIFEST, fields: [] })).toEqual([]);
  });

  test.each<[string, Partial<ScheduleSpec>, Manifest, string]>([
    [
      'run',
      { run: { kind: 'command', argv: ['x'], cwd: '/', env: {} } },
      { ...MANIFEST, runs: ['container'] },
      'run: it runs a container, not a command; name an image (--image), or use --orchestrator local',
    ],
    [
      'timing',
      { timing: { kind: 'once', at: 0 } },
      CRON_ONLY,
      'run_once_start_time: it takes a cron expression, not a single run; use a cron expression, or let an agent fire it (--fired-by agent)',
    ],
    [
      'zone',
      { timezone: 'Europe/Berlin' },
      { ...MANIFEST, timing: { ...MANIFEST.timing, timezones: 'utc' } },
      'timezone: it knows only UTC, not Europe/Berlin; use --timezone UTC and times in UTC',
    ],
    [
      'catch-up',
      { catchup: 'all' },
      { ...MANIFEST, catchup: { accepts: ['none', 'last'], default: 'none' } },
      'catchup_policy: it knows none, last, not all; use --catchup none',
    ],
    [
      'overlap',
      { overlap: 'replace' },
      { ...MANIFEST, overlap: { accepts: ['allow'], default: 'allow' } },
      'overlap: it knows allow, not replace; use --overlap allow',
    ],
    [
      'start',
      { start: 0 },
      { ...MANIFEST, fields: [] },
      'start_time: it has no place for a start time; leave it out, or let an agent fire it (--fired-by agent)',
    ],
    [
      'the local flavor itself',
      { end: 0 },
      { ...MANIFEST, flavor: 'local', fields: [] },
      'end_time: it has no place for an end time; leave it out',
    ],
    [
      'pace',
      { timing: every(9, 'second') },
      MANIFEST,
      'interval: two runs are 10 s apart or more there, not 9 s; leave at least 10 s between two runs',
    ],
    [
      'polling',
      { timing: { kind: 'change', folder: '/', pollSeconds: 1, parameter: 'p' } },
      MANIFEST,
      'change: two runs are 10 s apart or more there, not 1 s; poll every 10 s',
    ],
  ])('say field, limit and way out: %s', (_name, spec, manifest, sentence) => {
    expect(said(spec, manifest)).toEqual([sentence]);
  });

  test.each([
    [every(1, 'minute'), '* * * * *'],
    [every(15, 'minute'), '*/15 * * * *'],
    [every(300, 'second'), '*/5 * * * *'],
    [every(1, 'hour'), '0 * * * *'],
    [every(6, 'hour'), '0 */6 * * *'],
    [every(24, 'hour'), '0 0 * * *'],
    [every(1, 'day'), '0 0 * * *'],
    [every(1, 'week'), '0 0 * * 0'],
    [every(1, 'month'), '0 0 1 * *'],
  ])('offer a cron expression of the same pace for %j', (timing, expression) => {
    expect(said({ timing }, CRON_ONLY)[0]).toContain(`use --cron "${expression}"`);
  });

  test.each([
    [every(45, 'minute'), '--cron "0,45 * * * *" (45 and 15 minutes apart, in turn)'],
    [every(25, 'minute'), '--cron "0,25,50 * * * *" (25 minutes apart, and 10 at the end of each hour)'],
    [every(5, 'hour'), '--cron "0 0,5,10,15,20 * * *" (5 hours apart, and 4 at the end of each day)'],
  ])('offer the nearest cron expression for %j, and tell how it differs', (timing, option) => {
    expect(said({ timing }, CRON_ONLY)[0]).toContain(`use ${option}, or let an agent fire it (--fired-by agent)`);
  });

  test.each([every(90, 'minute'), every(90, 'second'), every(2, 'week'), every(3, 'month'), every(10, 'second')])(
    'offer no cron expression where none has the pace: %j',
    (timing) => {
      expect(said({ timing }, CRON_ONLY)[0]).not.toContain('--cron');
    },
  );

  test('name everything at once, the first in the sentence', () => {
    const spec: ScheduleSpec = { ...SPEC, timezone: 'Asia/Tokyo', owner: 'me' };
    try {
      checkLimits(spec, awkward);
      throw new Error('let pass');
    } catch (error) {
      if (!isSchedError(error, 'UNSUPPORTED')) {
        throw error;
      }
      expect(error.message).toMatch(/^awkward cannot honour run: /);
      expect(error.detail?.split('\n').map((line) => line.split(':')[0])).toEqual([
        'run',
        'timezone',
        'catchup_policy',
        'owner',
      ]);
    }
  });

  test.each<[string, Partial<ScheduleSpec>, Manifest, string]>([
    [
      'retries at another pace',
      { retry: { count: 3, delaySeconds: 60, factor: 2 } },
      { ...MANIFEST, retryPace: { delaySeconds: 10, factor: 2 } },
      'retry: it waits 10 s before the first further attempt, and 2 times as long before each next; use --retry-delay 10s --retry-factor 2',
    ],
    [
      'a placeholder for the occurrence',
      { parameters: { day: ['{date}'] } },
      { ...MANIFEST, placeholders: false },
      'run: it cannot fill in {date} for each run; write {{date}} for the text itself, or use --orchestrator local',
    ],
    [
      'a part of a container',
      { run: { ...CONTAINER, nodeSelector: { disk: 'ssd' } } },
      { ...MANIFEST, runs: ['container'], fields: [] },
      'node_selector: it has no place for a choice of nodes; leave it out',
    ],
  ])('refuse %s', (_name, spec, manifest, sentence) => {
    expect(said(spec, manifest)).toEqual([sentence]);
  });

  test('take the pace itself, and {{date}} as text', () => {
    const manifest: Manifest = { ...MANIFEST, retryPace: { delaySeconds: 10, factor: 2 }, placeholders: false };
    const retry = { count: 3, delaySeconds: 10, factor: 2 };
    expect(said({ retry, parameters: { day: '{{date}} {other}' } }, manifest)).toEqual([]);
  });

  test('ask of a target only the run where an agent fires', () => {
    const spec: ScheduleSpec = { ...SPEC, timing: every(90, 'minute'), start: 0, end: 1, maxRuns: 3, catchup: 'all' };
    const manifest: Manifest = {
      ...CRON_ONLY,
      fields: [],
      catchup: { accepts: ['none'], default: 'none' },
      runs: ['container'],
    };
    expect(refusals(spec, manifest, 'agent').map(({ field }) => field)).toEqual(['run']);
    expect(refusals(spec, manifest).map(({ field }) => field)).toEqual([
      'run',
      'interval',
      'catchup_policy',
      'start_time',
      'end_time',
      'max_runs',
    ]);
  });

  test('refuse to end running work on a target that cannot', () => {
    expect(() => checkRemoval({ stopRuns: false }, MANIFEST)).not.toThrow();
    expect(() => checkRemoval({ stopRuns: true }, { ...MANIFEST, stopsRuns: true })).not.toThrow();
    expect(() => checkRemoval({ stopRuns: true }, { ...MANIFEST, stopsRuns: false })).toThrow(
      'cannot end running work',
    );
  });

  test.each(['UTC', 'Etc/UTC', 'GMT', 'Zulu', 'Etc/GMT+0'])('know %s as UTC', (timezone) => {
    expect(said({ timezone }, { ...MANIFEST, timing: { ...MANIFEST.timing, timezones: 'utc' } })).toEqual([]);
  });

  test('refuse a run with parameters on a target that takes none', () => {
    const request = { ...START, parameters: { a: 1 } };
    expect(() => checkTrigger(request, MANIFEST)).not.toThrow();
    expect(() => checkTrigger(request, { ...MANIFEST, fields: [] })).toThrow('cannot honour parameters');
  });
});

describe('the shortest step', () => {
  test.each([
    ['* * * * *', 60],
    ['*/20 * * * *', 1200],
    ['0,50 * * * *', 600],
    ['0 3 * * *', 86_400],
    ['30 23,0 * * *', 3600],
    ['59 23 31 12 *', 86_400],
    ['0 0-6/2 * * *', 7200],
  ])('of cron %s is %i s', (expression, seconds) => {
    expect(shortestStep({ kind: 'cron', expression })).toBe(seconds);
  });

  test('of an interval is its length, or the time between its times of day', () => {
    expect(shortestStep(every(90, 'minute'))).toBe(5400);
    expect(shortestStep(every(2, 'week'))).toBe(1_209_600);
    expect(shortestStep(every(1, 'day', { times: ['06:30', '18:00', '06:45'] }))).toBe(900);
    expect(shortestStep(every(1, 'day', { times: ['23:50', '00:10'] }))).toBe(1200);
    expect(shortestStep({ kind: 'once', at: 0 })).toBeUndefined();
  });

  test('of two times of day is the way round the clock that is shorter', () => {
    const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
    const text = ([hour, minute]: [number, number]): string =>
      `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
    fc.assert(
      fc.property(time, time, (one, other) => {
        const apart = Math.abs(one[0] * 60 + one[1] - other[0] * 60 - other[1]) * 60;
        fc.pre(apart > 0);
        expect(shortestStep(every(1, 'day', { times: [text(one), text(other)] }))).toBe(
          Math.min(apart, 86_400 - apart),
        );
      }),
    );
  });
});
