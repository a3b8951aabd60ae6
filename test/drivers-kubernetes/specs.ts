/** Specs that a CronJob can carry, and what they are made into. */
import fc from 'fast-check';
import { type Recorded, recordedOf } from '../../src/drivers/kubernetes/cronjob.js';
import type { RunSettings } from '../../src/drivers/kubernetes/settings.js';
import type { ContainerRun, Json, ScheduleSpec, TemplateRun } from '../../src/schedule.js';

export const settings: RunSettings = {
  serviceAccount: null,
  imagePullSecrets: [],
  successfulJobs: 10,
  failedJobs: 10,
};

export const container: ContainerRun = {
  kind: 'container',
  image: 'registry.test/train:1.2',
  argv: ['train', '--epochs', '3'],
  env: { MODE: 'nightly' },
  secretEnv: {},
  resources: { requests: {}, limits: {} },
  nodeSelector: {},
  serviceAccount: null,
  imagePullSecrets: [],
};

export const template: TemplateRun = {
  kind: 'template',
  template: {
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'train', image: 'train:1' }] } } },
  },
};

export const plain: ScheduleSpec = {
  name: 'nightly-train',
  pipeline: 'train',
  timing: { kind: 'cron', expression: '30 3 * * 1-5' },
  timezone: 'Europe/Berlin',
  start: null,
  end: null,
  maxRuns: null,
  catchup: 'none',
  catchupLimit: 100,
  overlap: 'forbid',
  run: container,
  parameters: {},
  timeoutSeconds: null,
  retry: null,
  labels: {},
  description: null,
  owner: null,
};

const STAMP = { registry: 'abcdefgh', schedule: 'ijklmnopqrst', generation: 1 };

/** What is recorded of a spec, changed by `spec` and, for the rest, by `more`. */
export function recorded(spec: Partial<ScheduleSpec> = {}, more: Partial<Recorded> = {}): Recorded {
  const request = {
    spec: { ...plain, ...spec },
    firedBy: 'orchestrator',
    scheduleId: '5f0c1d3e-8a57-4b6e-9d55-0f6f3f4f9a10',
    stamp: STAMP,
  } as const;
  return { ...recordedOf(request, settings), ...more };
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom('$', '(', ')', 'A', '{', '}', ' ', "'"), maxLength: 12 }),
);
const printable = text.filter((value) => !value.includes('\0'));
const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/);
const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9_.]{0,10}[a-z0-9])?$/);
const amount = fc.constantFrom('1000m', '0.5', '1024Mi', '2048Ki', '1e3', '0.5e1', '2', '4Gi', '250m');
const amounts = fc.dictionary(fc.constantFrom('cpu', 'memory', 'nvidia.com/gpu'), amount, { maxKeys: 2 });

const containerRun: fc.Arbitrary<ContainerRun> = fc
  .record({
    kind: fc.constant('container' as const),
    image: fc.constantFrom('train', 'train:latest', 'registry.test:5000/a/train:1', `train@sha256:${'a'.repeat(64)}`),
    argv: fc.array(printable, { maxLength: 4 }),
    env: fc.dictionary(name, printable, { maxKeys: 4 }),
    secretEnv: fc.dictionary(name, fc.record({ secret: label, key: label }), { maxKeys: 2 }),
    resources: fc.record({ requests: amounts, limits: amounts }),
    nodeSelector: fc.dictionary(label, label, { maxKeys: 2 }),
    serviceAccount: fc.option(label),
    imagePullSecrets: fc.array(label, { maxLength: 2 }),
  })
  .filter(({ env, secretEnv }) => Object.keys(env).every((key) => !Object.hasOwn(secretEnv, key)));

const templateRun: fc.Arbitrary<TemplateRun> = fc
  .record({
    image: fc.constantFrom('train', 'train:1'),
    args: fc.array(printable, { maxLength: 3 }),
    env: fc.array(fc.record({ name, value: printable }), { maxLength: 3 }),
    limits: amounts,
    labels: fc.dictionary(label, label, { maxKeys: 2 }),
    port: fc.option(fc.integer({ min: 1, max: 65_535 })),
    parallelism: fc.option(fc.integer({ min: 1, max: 9 })),
  })
  .map(({ image, args, env, limits, labels, port, parallelism }) => {
    const ports = port === null ? [] : [{ containerPort: port }];
    const one: Json = { name: 'train', image, args, env, resources: { limits }, ports };
    return {
      kind: 'template',
      template: {
        metadata: { labels },
        spec: {
          ...(parallelism !== null && { parallelism }),
          template: {
            spec: { restartPolicy: 'Never', containers: [one], volumes: [{ name: 'scratch', emptyDir: {} }] },
          },
        },
      },
    };
  });

const cron = fc.constantFrom(
  '30 3 * * 1-5',
  '0 0 * * 7',
  '5 4 1 * *',
  '@daily',
  '*/15 0-6,22 * JAN,jul sun-tue',
  '0 9 * * 5-7',
);

/** Whatever a CronJob of ours can carry. */
export const anySpec: fc.Arbitrary<ScheduleSpec> = fc
  .record({
    name: text.filter((value) => value !== '' && !value.includes('\0')),
    expression: cron,
    timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu'),
    catchup: fc.constantFrom('none' as const, 'last' as const),
    overlap: fc.constantFrom('allow' as const, 'forbid' as const, 'replace' as const),
    run: fc.oneof(containerRun, templateRun),
    parameters: fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>, {
      maxKeys: 3,
    }),
    timeoutSeconds: fc.option(fc.integer({ min: 1, max: 100_000 })),
    retries: fc.option(fc.integer({ min: 1, max: 9 })),
    labels: fc.dictionary(label, fc.oneof(label, fc.constant('')), { maxKeys: 3 }),
    description: fc.option(text),
    owner: fc.option(text),
  })
  .map(({ expression, retries, ...rest }) => ({
    ...plain,
    ...rest,
    timing: { kind: 'cron', expression },
    retry: retries === null ? null : { count: retries, delaySeconds: 10, factor: 2 },
  }));
