import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newCronJob, type Recorded } from '../../src/drivers/kubernetes/cronjob.js';
import { nativeSchedule, versionOf } from '../../src/drivers/kubernetes/read-back.js';
import { differences, project } from '../../src/projection.js';
import type { Json, NativeSchedule, Projection, ScheduleSpec } from '../../src/schedule.js';
import { applied, stored, type Tree } from './server.js';
import { anySpec, container, plain, recorded, template } from './specs.js';

function read(cronJob: Json): NativeSchedule {
  return nativeSchedule(cronJob, {});
}

/** The CronJob of a spec as it stands, after somebody's merge patch. */
function standing(spec: Partial<ScheduleSpec> = {}, patch: Tree = {}, more: Partial<Recorded> = {}): Tree {
  return applied(stored(newCronJob(recorded(spec, more), false)), patch) as Tree;
}

function changes(spec: Partial<ScheduleSpec>, patch: Tree): readonly unknown[] {
  const { projection, paused } = read(standing(spec, patch));
  return differences(project({ ...plain, ...spec }, paused), projection);
}

/** A patch of the only container. */
function ofContainer(spec: Partial<ScheduleSpec>, patch: Tree): Tree {
  const made = standing(spec) as unknown as {
    spec: { jobTemplate: { spec: { template: { spec: { containers: Tree[] } } } } };
  };
  const [one] = made.spec.jobTemplate.spec.template.spec.containers;
  return ofPod({ containers: [applied(one, patch)] });
}

function ofPod(patch: Tree): Tree {
  return { spec: { jobTemplate: { spec: { template: { spec: patch } } } } };
}

describe('what the server made of a spec', () => {
  test('is the spec', () => {
    fc.assert(
      fc.property(anySpec, fc.boolean(), (spec, paused) => {
        const native = read(stored(newCronJob(recorded(spec), paused)));
        expect(differences(project(spec, paused), native.projection)).toEqual([]);
        expect(Object.keys(native.projection)).toEqual(expect.arrayContaining(Object.keys(project(spec, paused))));
        expect(native).toMatchObject({ paused, foreignFields: [], changedBy: {} });
        expect(native.stamp).toEqual({ registry: 'abcdefgh', schedule: 'ijklmnopqrst', generation: 1 });
      }),
      { numRuns: 300 },
    );
  });

  test('is the same where an agent fires, whatever its timetable', () => {
    const spec = { ...plain, timing: { kind: 'once', at: 0 }, end: 9, maxRuns: 3, catchup: 'all' } as const;
    const native = read(standing(spec, {}, { firedBy: 'agent' }));
    expect(differences(project(spec, true), native.projection)).toEqual([]);
    expect(native.paused).toBe(true);
  });

  test('stays what it was when the settings change: it stands as it was made', () => {
    const settings = { serviceAccount: 'trainer', imagePullSecrets: ['pull'], successfulJobs: 1, failedJobs: 0 };
    const native = read(standing({}, {}, { settings }));
    expect(differences(project(plain, false), native.projection)).toEqual([]);
    expect(native.foreignFields).toEqual([]);
  });
});

describe('somebody’s change', () => {
  test.each<[string, Partial<ScheduleSpec>, Tree, readonly Json[]]>([
    ['the schedule', {}, { spec: { schedule: '0 4 * * *' } }, ['cron_expression', '30 3 * * 1-5', '0 4 * * *']],
    ['the zone', {}, { spec: { timeZone: 'UTC' } }, ['timezone', 'Europe/Berlin', 'UTC']],
    ['no zone', {}, { spec: { timeZone: null } }, ['timezone', 'Europe/Berlin', null]],
    ['the overlap', {}, { spec: { concurrencyPolicy: 'Replace' } }, ['overlap', 'forbid', 'replace']],
    ['no deadline', {}, { spec: { startingDeadlineSeconds: null } }, ['catchup_policy', 'none', 'last']],
    [
      'another deadline',
      { catchup: 'last' },
      { spec: { startingDeadlineSeconds: 3600 } },
      ['catchup_policy', 'last', 'last, at most 3600 s late'],
    ],
    [
      'our deadline',
      { catchup: 'last' },
      { spec: { startingDeadlineSeconds: 30 } },
      ['catchup_policy', 'last', 'none'],
    ],
    ['a label', { labels: { team: 'ml' } }, { metadata: { labels: { team: 'x' } } }, ['labels.team', 'ml', 'x']],
    ['no label', { labels: { team: 'ml' } }, { metadata: { labels: { team: null } } }, ['labels.team', 'ml', null]],
    [
      'a time limit',
      {},
      { spec: { jobTemplate: { spec: { activeDeadlineSeconds: 9 } } } },
      ['timeout_seconds', null, 9],
    ],
    [
      'retries',
      {},
      { spec: { jobTemplate: { spec: { backoffLimit: null } } } },
      ['retry', null, { count: 6, delaySeconds: 10, factor: 2 }],
    ],
    ['a node', {}, ofPod({ nodeSelector: { a: 'b' } }), []],
    [
      'our node',
      { run: { ...container, nodeSelector: { a: 'b' } } },
      ofPod({ nodeSelector: { a: 'c' } }),
      ['run.nodeSelector', { a: 'b' }, { a: 'c' }],
    ],
    ['a service account', {}, ofPod({ serviceAccountName: 'x' }), []],
    [
      'our service account',
      { run: { ...container, serviceAccount: 'a' } },
      ofPod({ serviceAccountName: 'x', serviceAccount: 'x' }),
      ['run.serviceAccount', 'a', 'x'],
    ],
  ])('of %s is told by its field', (_what, spec, patch, told) => {
    const [field, expected, actual] = told;
    expect(changes(spec, patch)).toEqual(told.length === 0 ? [] : [{ field, expected, actual }]);
  });

  test.each<[string, Partial<ScheduleSpec>, Tree, string]>([
    ['the image', {}, { image: 'other' }, 'run.image'],
    ['the command', {}, { command: ['other'] }, 'run.argv'],
    ['a variable', {}, { env: [{ name: 'MODE', value: 'x' }] }, 'run.env'],
    [
      'an amount',
      { run: { ...container, resources: { requests: { cpu: '1' }, limits: {} } } },
      { resources: { requests: { cpu: '2' } } },
      'run.resources',
    ],
  ])('of %s in the container is told by its part of the run, and no other', (_what, spec, patch, field) => {
    expect(changes(spec, ofContainer(spec, patch))).toEqual([expect.objectContaining({ field })]);
  });

  test('of the parameters in the environment is told in the environment', () => {
    const env = [
      { name: 'PIPELINE_NAME', value: 'train' },
      { name: 'PIPELINE_PARAMS', value: '{"a":1}' },
      { name: 'SCHED_SCHEDULE', value: 'nightly-train' },
      { name: 'MODE', value: 'nightly' },
    ];
    expect(changes({}, ofContainer({}, { env }))).toEqual([
      { field: 'run.env', expected: { MODE: 'nightly' }, actual: { MODE: 'nightly', PIPELINE_PARAMS: '{"a":1}' } },
    ]);
  });

  test('of words with filled parameters keeps the words that are not changed', () => {
    const spec = { run: { ...container, argv: ['{epochs}', '$(X)'] }, parameters: { epochs: 3 } };
    expect(changes(spec, ofContainer(spec, { image: 'other' }))).toEqual([
      expect.objectContaining({ field: 'run.image' }),
    ]);
  });

  test('that a container run cannot say is told as the template that stands there', () => {
    const sidecar = { name: 'side', image: 'side' };
    const [told] = changes({}, ofPod({ containers: [{ name: 'main', image: 'x' }, sidecar] })) as { actual: Tree }[];
    expect(told).toMatchObject({ field: 'run', actual: { kind: 'template' } });
    expect(changes({}, ofContainer({}, { command: ['$(HOME)'] }))).toEqual([
      expect.objectContaining({ field: 'run', actual: expect.objectContaining({ kind: 'template' }) }),
    ]);
  });

  test('of a template is told with the changed value in its place and nothing else', () => {
    const spec = { run: template, parameters: { a: 1 } };
    expect(changes(spec, ofContainer(spec, { image: 'other' }))).toEqual([
      {
        field: 'run.template',
        expected: template.template,
        actual: {
          spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'train', image: 'other' }] } } },
        },
      },
    ]);
  });

  test('of what nobody asked for is no difference, and told by its path', () => {
    const patch = {
      metadata: { labels: { other: 'x' }, annotations: { 'a.b/c': 'd' } },
      spec: { jobTemplate: { spec: { parallelism: 2 } } },
    };
    const native = read(applied(standing({}, ofContainer({}, { workingDir: '/x', imagePullPolicy: 'Always' })), patch));
    expect(differences(project(plain, false), native.projection)).toEqual([]);
    expect([...(native.foreignFields ?? [])].sort()).toEqual([
      'metadata.annotations["a.b/c"]',
      'metadata.labels.other',
      'spec.jobTemplate.spec.parallelism',
      'spec.jobTemplate.spec.template.spec.containers[main].imagePullPolicy',
      'spec.jobTemplate.spec.template.spec.containers[main].workingDir',
    ]);
  });

  test('is told with who made it, and when', () => {
    const managedFields = [
      {
        manager: 'sched',
        operation: 'Update',
        time: '2031-01-01T00:00:00Z',
        fieldsV1: { 'f:spec': { 'f:timeZone': {}, 'f:suspend': {} } },
      },
      {
        manager: 'kubectl-edit',
        time: '2031-01-02T00:00:00Z',
        fieldsV1: { 'f:spec': { 'f:schedule': {} }, 'f:metadata': { 'f:labels': { 'f:team': {} } } },
      },
      {
        manager: 'kubectl-set',
        time: '2031-01-03T00:00:00Z',
        fieldsV1: {
          'f:spec': {
            'f:jobTemplate': {
              'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"main"}': { 'f:image': {} } } } } },
            },
          },
        },
      },
      {
        manager: 'other',
        time: '2031-01-04T00:00:00Z',
        fieldsV1: { 'f:spec': { 'f:jobTemplate': { 'f:spec': { 'f:parallelism': {} } } } },
      },
      {
        manager: 'kube-controller-manager',
        time: '2031-01-05T00:00:00Z',
        subresource: 'status',
        fieldsV1: { 'f:spec': { 'f:schedule': {} } },
      },
    ];
    const native = read(
      applied(standing({ labels: { team: 'a' } }, ofContainer({ labels: { team: 'a' } }, { image: 'other' })), {
        metadata: { managedFields },
      }),
    );
    const edited = { name: 'kubectl-edit', at: Date.UTC(2031, 0, 2) };
    const set = { name: 'kubectl-set', at: Date.UTC(2031, 0, 3) };
    expect(native.changedBy).toEqual({ cron_expression: edited, 'labels.team': edited, run: set, 'run.image': set });
  });
});

describe('what others made', () => {
  const foreign: Tree = {
    metadata: { name: 'a', namespace: 'b', labels: { x: 'y' } },
    spec: {
      schedule: '@every 1h',
      jobTemplate: { spec: { backoffLimit: 4, activeDeadlineSeconds: 60, ...(template.template.spec as Tree) } },
    },
  };

  test('says what a CronJob can say, and nothing else', () => {
    const native = read(stored(foreign, 'b'));
    expect(native).toMatchObject({ nativeId: 'b/a', stamp: null, paused: false });
    expect(native.projection).toEqual({
      cron_expression: '@every 1h',
      interval: null,
      run_once_start_time: null,
      change: null,
      native: null,
      start_time: null,
      end_time: null,
      max_runs: null,
      catchup_policy: 'last',
      overlap: 'allow',
      run: template,
      timeout_seconds: 60,
      retry: { count: 4, delaySeconds: 10, factor: 2 },
      labels: { x: 'y' },
      paused: false,
    } as unknown as Projection);
  });

  test('keeps its refusal to try again, which is not the default', () => {
    const never = applied(foreign, { spec: { jobTemplate: { spec: { backoffLimit: 0 } } } }) as Tree;
    expect(read(stored(never)).projection).toMatchObject({
      retry: null,
      run: { template: { spec: { backoffLimit: 0 } } },
    });
    const silent = applied(foreign, { spec: { jobTemplate: { spec: { backoffLimit: null } } } }) as Tree;
    expect(read(stored(silent)).projection.retry).toBeNull();
  });

  test('keeps its zone when it has one', () => {
    const zoned = applied(foreign, { spec: { timeZone: 'UTC' } }) as Tree;
    expect(read(stored(zoned)).projection.timezone).toBe('UTC');
  });
});

describe('a version', () => {
  test('is another one after any write, and the same while runs come and go', () => {
    const made = standing();
    const version = versionOf(made);
    const running = { status: { lastScheduleTime: '2031-01-01T00:00:00Z' }, metadata: { resourceVersion: '9' } };
    expect(versionOf(applied(made, running))).toBe(version);
    const writes: Tree[] = [
      { spec: { suspend: true }, metadata: { generation: 2 } },
      { metadata: { labels: { a: 'b' } } },
      { metadata: { annotations: { a: 'b' } } },
      { metadata: { uid: 'c' } },
    ];
    expect(new Set([version, ...writes.map((patch) => versionOf(applied(made, patch)))]).size).toBe(5);
  });
});
