/** Files for `--job-template`: what they may hold, and what is taken of them. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fromKubectlYaml, fromYaml, toKubectlYaml, toYaml } from '../../src/cli/lazy/yaml.js';
import { jobTemplate, readJobTemplate } from '../../src/cli/options/job-template.js';
import type { Json } from '../../src/schedule.js';

const pod = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'acme/train' }] } };
const spec = { backoffLimit: 2, template: pod };
const metadata = { labels: { team: 'ads' }, annotations: { note: 'x' } };

describe('what a file may hold', () => {
  test.each<[string, Json, Json]>([
    ['a job’s spec', spec, { spec }],
    ['a job template', { metadata, spec }, { metadata, spec }],
    [
      'a job',
      { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a', namespace: 'b', ...metadata }, spec },
      { metadata, spec },
    ],
    ['a job without its version', { kind: 'Job', spec }, { spec }],
    [
      'a CronJob',
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'nightly', labels: { of: 'the CronJob' } },
        spec: { schedule: '0 3 * * *', jobTemplate: { metadata, spec } },
      },
      { metadata, spec },
    ],
    ['an old CronJob', { apiVersion: 'batch/v1beta1', kind: 'CronJob', spec: { jobTemplate: { spec } } }, { spec }],
  ])('%s', (_what, tree, template) => {
    expect(jobTemplate(tree, 'job.yaml')).toEqual(template);
  });

  test('a Job as the cluster shows it loses what the cluster wrote', () => {
    const generated = {
      'batch.kubernetes.io/controller-uid': 'u',
      'batch.kubernetes.io/job-name': 'j',
      'controller-uid': 'u',
      'job-name': 'j',
    };
    const shown = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: 'j',
        uid: 'u',
        resourceVersion: '1',
        creationTimestamp: '2026-01-01T00:00:00Z',
        labels: { ...generated, 'sched/schedule': 'a-b', team: 'ads' },
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          'cronjob.kubernetes.io/instantiate': 'manual',
        },
      },
      spec: {
        selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
        manualSelector: false,
        template: { metadata: { creationTimestamp: null, labels: { ...generated, app: 'train' } }, spec: pod.spec },
      },
      status: { active: 1 },
    };
    expect(jobTemplate(shown, 'job.yaml')).toEqual({
      metadata: { labels: { team: 'ads' } },
      spec: { manualSelector: false, template: { metadata: { labels: { app: 'train' } }, spec: pod.spec } },
    });
  });

  test('a selector of one’s own stays', () => {
    const own = { manualSelector: true, selector: { matchLabels: { app: 'a' } }, template: pod };
    expect(jobTemplate(own, 'job.yaml')).toEqual({ spec: own });
  });

  test('everything else of a spec arrives as it is', () => {
    const whole = {
      ...spec,
      completions: 3,
      podFailurePolicy: { rules: [{ action: 'Ignore' }] },
      template: { spec: { ...pod.spec, initContainers: [{ name: 'i', args: ['$(A)', '{{x}}'] }], volumes: [] } },
    };
    expect(jobTemplate({ kind: 'Job', spec: whole }, 'f')).toEqual({ spec: whole });
  });

  test.each<[Json, string]>([
    [{ apiVersion: 'v1', kind: 'Pod', spec: {} }, 'job.yaml holds a Pod, not a job template'],
    [{ apiVersion: 'v1', kind: 'List', items: [] }, 'holds a List'],
    [{ apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', spec }, 'holds a Job (batch.volcano.sh/v1alpha1)'],
    ['text', 'job.yaml is not a job template'],
    [[spec], 'job.yaml is not a job template'],
    [null, 'job.yaml is not a job template'],
    [{}, 'has no containers'],
    [{ kind: 'Job' }, 'has no containers'],
    [{ kind: 'CronJob', spec: { schedule: '* * * * *' } }, 'has no containers'],
    [{ spec: { template: { spec: { containers: [] } } } }, 'has no containers'],
  ])('%j is refused', (tree, says) => {
    expect(() => jobTemplate(tree, 'job.yaml')).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(says) }),
    );
  });

  test.each([Number.NaN, new Date(0), new Set(['a'])])('what JSON cannot write is refused: %p', (value) => {
    expect(() => jobTemplate({ ...spec, more: [value] }, 'job.yaml')).toThrow(/JSON does not know/);
  });
});

describe('reading', () => {
  const read = (text: string, env: Record<string, string> = {}) =>
    readJobTemplate(
      { jobTemplate: 'job.yaml' },
      {
        now: 0,
        cwd: '/here',
        env,
        timezone: { name: 'UTC', source: 'the test' },
        naming: undefined,
        readText: (path) => {
          expect(path).toBe('/here/job.yaml');
          return text;
        },
        interactive: false,
      },
    );

  test('nothing is read without the option', async () => {
    const never = () => {
      throw new Error('it was read');
    };
    expect(await readJobTemplate({}, { readText: never, cwd: '/', env: {} } as never)).toBeUndefined();
  });

  test('variables are filled in everywhere but in names, and told', async () => {
    const given = {
      spec: {
        ['$' + '{TAG}']: 'x',
        ...pod.spec,
        containers: [{ image: 'a:$' + '{TAG}', args: ['$' + '{TAG}', '$' + '{USER_ID}', '$$' + '{HOME}', '$(POD)'] }],
      },
    };
    const made = await read(toYaml({ template: given }), { TAG: '7', USER_ID: '9' });
    expect(made?.run.template).toEqual({
      spec: {
        template: {
          spec: {
            ['$' + '{TAG}']: 'x',
            restartPolicy: 'Never',
            containers: [{ image: 'a:7', args: ['7', '9', '$' + '{HOME}', '$(POD)'] }],
          },
        },
      },
    });
    expect(made?.filled).toEqual(['TAG', 'USER_ID']);
    expect(made?.remarks).toEqual([]);
    await expect(read(toYaml({ template: given }), {})).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('TAG is not set'),
    });
  });

  test('JSON is read too, and YAML that is none names its line', async () => {
    expect((await read(`\t${JSON.stringify(spec, null, '\t')}`))?.run).toEqual({
      kind: 'template',
      template: { spec },
    });
    await expect(read('spec: [')).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('job.yaml'),
    });
    await expect(read('a: 1\n---\nb: 2\n')).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('job.yaml'),
    });
  });

  test('of a CronJob only what runs is taken, and it is said', async () => {
    const made = await read(toYaml({ kind: 'CronJob', spec: { schedule: '0 3 * * *', jobTemplate: { spec } } }));
    expect(made?.run.template).toEqual({ spec });
    expect(made?.remarks).toEqual([expect.stringContaining('not when')]);
  });

  test('what is written for kubectl is read back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (tree) => {
        const plain = JSON.parse(JSON.stringify(tree)) as Json;
        expect(fromKubectlYaml(toKubectlYaml(plain), 'f')).toEqual(plain);
      }),
    );
    const texts = [
      'yes',
      'off',
      'y',
      '0644',
      '0o17',
      '0b1',
      '1_0',
      '12:30',
      '2024-01-01',
      '~',
      'null',
      '<<',
      '=',
      '1e3',
      '.inf',
    ];
    expect(fromKubectlYaml(toKubectlYaml(texts), 'f')).toEqual(texts);
    expect(fromYaml(toKubectlYaml(texts), 'f')).toEqual(texts);
  });

  // What kubectl 1.32 made of the same text.
  test('YAML means what it means to kubectl', () => {
    const text = [
      'base: &base {q: 1}',
      'modes: [0644, -0644, 0x1F, 0b11, 1_000, 08, 1e3, .5]',
      'words: [yes, No, on, off, y, n, true]',
      'texts: [12:30, 2024-01-01, 2024-01-01T00:00:00Z, "0644"]',
      'nothing: [~, null]',
      'merged: {<<: *base, r: 2}',
    ].join('\n');
    expect(fromKubectlYaml(text, 'f')).toEqual({
      base: { q: 1 },
      modes: [420, -420, 31, 3, 1000, 8, 1000, 0.5],
      words: [true, false, true, false, true, false, true],
      texts: ['12:30', '2024-01-01', '2024-01-01T00:00:00Z', '0644'],
      nothing: [null, null],
      merged: { q: 1, r: 2 },
    });
  });
});
