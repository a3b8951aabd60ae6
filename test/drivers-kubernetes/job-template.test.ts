import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arriving, escapeDollars } from '../../src/drivers/kubernetes/dollars.js';
import { renderJobTemplate } from '../../src/drivers/kubernetes/job-template.js';
import type { Json, ScheduleSpec } from '../../src/schedule.js';
import { container, plain, settings, template } from './specs.js';

const LABELS = { 'sched/schedule': 'a-b' };

function rendered(spec: Partial<ScheduleSpec>, others: Partial<typeof settings> = {}): Json {
  return renderJobTemplate({ ...plain, ...spec }, { ...settings, ...others }, LABELS);
}

function refused(spec: Partial<ScheduleSpec>): string {
  try {
    rendered(spec);
  } catch (error) {
    expect(error).toMatchObject({ code: 'UNSUPPORTED', hint: expect.stringMatching(/\S/) });
    return (error as Error).message;
  }
  throw new Error('it was taken');
}

describe('a container', () => {
  test('is one container, tried once, without a time limit', () => {
    expect(rendered({})).toEqual({
      metadata: { labels: LABELS },
      spec: {
        backoffLimit: 0,
        activeDeadlineSeconds: null,
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [
              {
                name: 'main',
                image: 'registry.test/train:1.2',
                command: ['train', '--epochs', '3'],
                args: null,
                env: [
                  { name: 'PIPELINE_NAME', value: 'train' },
                  { name: 'PIPELINE_PARAMS', value: '{}' },
                  { name: 'SCHED_SCHEDULE', value: 'nightly-train' },
                  { name: 'MODE', value: 'nightly' },
                ],
              },
            ],
          },
        },
      },
    });
  });

  test('has all that can be asked for', () => {
    const run = {
      ...container,
      argv: [],
      secretEnv: { TOKEN: { secret: 'login', key: 'token' } },
      resources: { requests: { cpu: '500m' }, limits: { memory: '2Gi' } },
      nodeSelector: { disk: 'ssd' },
      serviceAccount: 'trainer',
      imagePullSecrets: ['pull'],
    };
    const retry = { count: 3, delaySeconds: 10, factor: 2 };
    const made = rendered({ run, retry, timeoutSeconds: 60 }, { serviceAccount: 'other', imagePullSecrets: ['other'] });
    expect(made).toMatchObject({
      spec: {
        backoffLimit: 3,
        activeDeadlineSeconds: 60,
        template: {
          spec: {
            serviceAccountName: 'trainer',
            imagePullSecrets: [{ name: 'pull' }],
            nodeSelector: { disk: 'ssd' },
            containers: [
              {
                resources: { requests: { cpu: '500m' }, limits: { memory: '2Gi' } },
                env: expect.arrayContaining([
                  { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'login', key: 'token' } } },
                ]),
              },
            ],
          },
        },
      },
    });
    expect(JSON.stringify(made)).toContain('"command":null');
  });

  test('runs as the settings say where it says nothing', () => {
    expect(rendered({}, { serviceAccount: 'other', imagePullSecrets: ['one', 'two'] })).toMatchObject({
      spec: {
        template: { spec: { serviceAccountName: 'other', imagePullSecrets: [{ name: 'one' }, { name: 'two' }] } },
      },
    });
  });

  test('is told what its own environment does not set', () => {
    const run = {
      ...container,
      env: { PIPELINE_NAME: 'mine' },
      secretEnv: { SCHED_SCHEDULE: { secret: 's', key: 'k' } },
    };
    const made = JSON.stringify(rendered({ run, parameters: { epochs: 3 } }));
    expect(made).toContain('{"name":"PIPELINE_NAME","value":"mine"}');
    expect(made.split('"PIPELINE_NAME"')).toHaveLength(2);
    expect(made.split('"SCHED_SCHEDULE"')).toHaveLength(2);
    expect(made).toContain('{\\"epochs\\":3}');
  });

  test('has its parameters filled in, and keeps empty words and other braces', () => {
    const run = {
      ...container,
      argv: ['train', '', '{epochs}', '{{epochs}}', '{other}', '{{date}}'],
      env: { E: 'x{epochs}' },
    };
    expect(rendered({ run, parameters: { epochs: 3 } })).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              {
                command: ['train', '', '3', '{epochs}', '{other}', '{date}'],
                env: expect.arrayContaining([{ name: 'E', value: 'x3' }]),
              },
            ],
          },
        },
      },
    });
  });

  test.each([
    ['A=B', 'A=B'],
    ['', '""'],
    ['1A', '1A'],
    ['Ä', 'Ä'],
    ['we ird', 'we ird'],
  ])('with a variable named %j is refused', (name, named) => {
    expect(refused({ run: { ...container, env: { [name]: 'x' } } })).toContain(named);
    expect(refused({ run: { ...container, secretEnv: { [name]: { secret: 's', key: 'k' } } } })).toMatch(/secret_env/);
  });

  test('is refused with one variable twice, and without an image', () => {
    expect(refused({ run: { ...container, env: { A: '' }, secretEnv: { A: { secret: 's', key: 'k' } } } })).toMatch(
      /A is/,
    );
    expect(refused({ run: { ...container, image: '' } })).toMatch(/no image/);
    expect(refused({ run: { ...container, image: ' x' } })).toMatch(/no image/);
  });

  test('is the only thing that can be made of words', () => {
    expect(refused({ run: { kind: 'command', argv: ['x'], cwd: '/', env: {} } })).toMatch(/not a command/);
  });
});

describe('a dollar', () => {
  /** As the kubelet expands where no variable is known (third_party/forked/golang/expansion). */
  function kubelet(input: string): string {
    let output = '';
    let checkpoint = 0;
    for (let cursor = 0; cursor < input.length; cursor += 1) {
      if (input[cursor] === '$' && cursor + 1 < input.length) {
        output += input.slice(checkpoint, cursor);
        const rest = input.slice(cursor + 1);
        let advance = 1;
        if (rest[0] === '$') {
          output += '$';
        } else if (rest[0] === '(') {
          const end = rest.indexOf(')');
          output += end === -1 ? '$(' : `<${rest.slice(1, end)}>`;
          advance = end === -1 ? 1 : end + 1;
        } else {
          output += `$${rest[0]}`;
        }
        cursor += advance;
        checkpoint = cursor + 1;
      }
    }
    return output + input.slice(checkpoint);
  }

  const dollars = fc.string({ unit: fc.constantFrom('$', '(', ')', 'A', ' '), maxLength: 12 });

  test('arrives as it was typed', () => {
    fc.assert(
      fc.property(dollars, (text) => expect(kubelet(escapeDollars(text))).toBe(text)),
      { numRuns: 1000 },
    );
  });

  test('is read as it arrives, and not at all where a variable is meant', () => {
    fc.assert(
      fc.property(dollars, (text) => {
        const arrived = arriving(text);
        expect(arrived ?? 'a variable').toBe(kubelet(text).includes('<') ? 'a variable' : kubelet(text));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['$(HOME)', '$$(HOME)'],
    ['$$', '$$$$'],
    ['$HOME', '$HOME'],
    ['5$', '5$'],
  ])('%s is written %s', (text, written) => {
    expect(escapeDollars(text)).toBe(written);
  });
});

describe('a template', () => {
  test('is carried as it is, with our label among its own', () => {
    const run = {
      ...template,
      template: { ...template.template, metadata: { labels: { a: 'b' }, annotations: { c: 'd' } } },
    };
    expect(rendered({ run })).toEqual({
      metadata: { labels: { ...LABELS, a: 'b' }, annotations: { c: 'd' } },
      spec: { ...(template.template.spec as object), backoffLimit: null, activeDeadlineSeconds: null },
    });
  });

  test('has retries and a time limit only when they are asked for, and its own text unescaped', () => {
    const asked = { retry: { count: 2, delaySeconds: 10, factor: 2 }, timeoutSeconds: 9, run: template };
    expect(rendered(asked)).toMatchObject({ spec: { backoffLimit: 2, activeDeadlineSeconds: 9 } });
    const pod = { containers: [{ name: 'x', image: 'y', args: ['$(HOME)', '{epochs}'] }] };
    const run = { ...template, template: { spec: { template: { spec: pod } } } };
    expect(rendered({ run })).toMatchObject({ spec: { template: { spec: pod } } });
  });

  test('gets the parameters in each of its containers that has none', () => {
    const containers = [
      { name: 'a', image: 'x', env: [{ name: 'A', value: '1' }] },
      { name: 'b', image: 'x', env: [{ name: 'PIPELINE_PARAMS', value: 'mine' }] },
    ];
    const run = { ...template, template: { spec: { template: { spec: { containers } } } } };
    expect(rendered({ run, parameters: { e: 1 } })).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              {
                env: [
                  { name: 'A', value: '1' },
                  { name: 'PIPELINE_PARAMS', value: '{"e":1}' },
                ],
              },
              { env: [{ name: 'PIPELINE_PARAMS', value: 'mine' }] },
            ],
          },
        },
      },
    });
  });

  test.each([
    ['nothing', {}, /containers/],
    ['a whole Job', { kind: 'Job', ...template.template }, /kind/],
    ['a mark of ours', { ...template.template, metadata: { labels: { 'sched/schedule': 'x' } } }, /sched\/schedule/],
  ])('that is %s is refused', (_what, held, message) => {
    expect(refused({ run: { kind: 'template', template: held } })).toMatch(message);
  });
});
