/** What is typed of a run, as `create` and `update` read it. */
import { describe, expect, test } from '@jest/globals';
import type { Surroundings, Typed } from '../../src/cli/command.js';
import { clearContainerParts } from '../../src/cli/options/container.js';
import { readRetry } from '../../src/cli/options/failure.js';
import { readRun } from '../../src/cli/options/workload.js';
import type { CommandRun, ContainerRun, RunSpec, TemplateRun } from '../../src/schedule.js';

const surroundings: Surroundings = {
  now: 0,
  cwd: '/work',
  env: { PATH: '/bin', TAG: '1.4' },
  timezone: { name: 'UTC', source: 'the test' },
  naming: undefined,
  readText: () => 'A=1\n',
  interactive: false,
};

const container: ContainerRun = {
  kind: 'container',
  image: 'acme/train:1',
  argv: ['train'],
  env: { EPOCHS: '3' },
  secretEnv: { TOKEN: { secret: 'login', key: 'token' } },
  resources: { requests: { cpu: '1' }, limits: { memory: '2Gi' } },
  nodeSelector: { pool: 'gpu' },
  serviceAccount: 'trainer',
  imagePullSecrets: ['registry'],
};
const command: CommandRun = { kind: 'command', argv: ['./a'], cwd: '/a', env: { PATH: '/host', A: '1' } };
const template: TemplateRun = {
  kind: 'template',
  template: { spec: { template: { spec: { containers: [{ image: 'acme/job' }] } } } },
};
const reference: RunSpec = { kind: 'reference', id: 'dag' };

const typed = (options: Typed, words: readonly string[] = [], before: RunSpec | null = null) =>
  readRun(options, words, surroundings, before, options.jobTemplate === undefined ? undefined : template);
const refused = (options: Typed, words: readonly string[] = [], before: RunSpec | null = null) => {
  try {
    typed(options, words, before);
  } catch (error) {
    return error;
  }
  throw new Error('it was taken');
};

describe('a container', () => {
  test('has nothing that was not asked for', () => {
    expect(typed({ image: 'acme/train:1.4' })).toEqual({
      kind: 'container',
      image: 'acme/train:1.4',
      argv: [],
      env: {},
      secretEnv: {},
      resources: { requests: {}, limits: {} },
      nodeSelector: {},
      serviceAccount: null,
      imagePullSecrets: [],
    });
  });

  test('has everything that was', () => {
    expect(
      typed(
        {
          image: 'acme/train',
          env: ['TAG=$' + '{TAG}'],
          secretEnv: ['TOKEN=registry-login/token', 'KEY=a.b/c_d-e.f'],
          requests: ['cpu=500m,memory=1Gi', 'nvidia.com/gpu=1'],
          limits: ['memory=2Gi'],
          nodeSelector: ['pool=gpu', 'kubernetes.io/arch=amd64'],
          serviceAccount: 'trainer',
          imagePullSecret: ['one', 'two', 'one'],
        },
        ['python', 'train.py'],
      ),
    ).toEqual({
      kind: 'container',
      image: 'acme/train',
      argv: ['python', 'train.py'],
      env: { TAG: '1.4' },
      secretEnv: { TOKEN: { secret: 'registry-login', key: 'token' }, KEY: { secret: 'a.b', key: 'c_d-e.f' } },
      resources: {
        requests: { cpu: '500m', memory: '1Gi', 'nvidia.com/gpu': '1' },
        limits: { memory: '2Gi' },
      },
      nodeSelector: { pool: 'gpu', 'kubernetes.io/arch': 'amd64' },
      serviceAccount: 'trainer',
      imagePullSecrets: ['one', 'two'],
    });
  });

  test('keeps in an update what is not named', () => {
    expect(typed({}, [], container)).toEqual(container);
    expect(typed({}, ['python', 'other.py'], container)).toEqual({ ...container, argv: ['python', 'other.py'] });
    expect(typed({ image: 'acme/train:2' }, [], container)).toEqual({ ...container, image: 'acme/train:2' });
    expect(typed({ requests: ['cpu=2'], imagePullSecret: ['other'] }, [], container)).toEqual({
      ...container,
      resources: { requests: { cpu: '2' }, limits: { memory: '2Gi' } },
      imagePullSecrets: ['registry', 'other'],
    });
  });

  test('has each variable once: what is named last takes its place', () => {
    expect(typed({ env: ['TOKEN=plain'] }, [], container)).toEqual({
      ...container,
      env: { EPOCHS: '3', TOKEN: 'plain' },
      secretEnv: {},
    });
    expect(typed({ secretEnv: ['EPOCHS=s/k'] }, [], container)).toEqual({
      ...container,
      env: {},
      secretEnv: { TOKEN: container.secretEnv.TOKEN, EPOCHS: { secret: 's', key: 'k' } },
    });
    expect(refused({ image: 'i', env: ['A=1'], secretEnv: ['A=s/k'] })).toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('A is given twice'),
    });
  });

  test('made of a command leaves the PATH of this machine behind', () => {
    const made = { ...typed({ image: 'acme/a' }), image: 'acme/a', env: { A: '1' } };
    expect(typed({ image: 'acme/a' }, [], command)).toEqual(made);
    expect(typed({ image: 'acme/a', secretEnv: ['A=s/k'] }, [], command)).toEqual({
      ...made,
      env: {},
      secretEnv: { A: { secret: 's', key: 'k' } },
    });
    expect(typed({ image: 'acme/a', env: ['PATH=/opt'] }, [], command)).toEqual({
      ...made,
      env: { A: '1', PATH: '/opt' },
    });
  });

  test('loses what is cleared, and nothing else', () => {
    expect(
      clearContainerParts(container, {
        clearSecretEnv: ['TOKEN'],
        clearRequest: ['cpu'],
        clearLimit: ['cpu'],
        clearNodeSelector: ['pool'],
        clearServiceAccount: true,
        clearImagePullSecret: ['registry', 'unknown'],
      }),
    ).toEqual({
      ...container,
      secretEnv: {},
      resources: { requests: {}, limits: { memory: '2Gi' } },
      nodeSelector: {},
      serviceAccount: null,
      imagePullSecrets: [],
    });
    expect(clearContainerParts(container, {})).toEqual(container);
  });

  test.each([
    [{ requests: ['cpu'] }, '--requests takes RESOURCE=AMOUNT, not "cpu"'],
    [{ requests: ['cpu=1,'] }, '--requests takes RESOURCE=AMOUNT, not ""'],
    [{ limits: ['cpu=1, memory='] }, '--limits takes RESOURCE=AMOUNT, not "memory="'],
    [{ nodeSelector: ['pool'] }, '--node-selector takes NAME=VALUE'],
    [{ serviceAccount: ' ' }, '--service-account takes a name'],
    [{ imagePullSecret: [''] }, '--image-pull-secret takes a name'],
    [{ image: '' }, '--image takes a name'],
    [{ secretEnv: ['TOKEN'] }, '--secret-env takes NAME=VALUE'],
    [{ secretEnv: ['1A=s/k'] }, '"1A" is not the name of an environment variable'],
    [{ secretEnv: ['A=s/k/l'] }, 'does not name a secret and its key'],
    [{ secretEnv: ['A=/k'] }, 'does not name a secret and its key'],
  ] as const)('%j is refused', (options, says) => {
    expect(refused({ image: 'i', ...options })).toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(says),
    });
  });

  test('a secret is neither filled in nor repeated', () => {
    expect(refused({ image: 'i', secretEnv: ['A=$' + '{TAG}/key'] })).toMatchObject({
      message: expect.stringContaining('never filled in'),
    });
    const error = refused({ image: 'i', secretEnv: ['A=hunter2'] });
    expect(error).toMatchObject({ hint: expect.stringContaining('SECRET/KEY') });
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect(String(error)).not.toContain('hunter2');
  });
});

describe('a run that comes as it is', () => {
  test.each([
    [{ jobTemplate: 'job.yaml' }, template],
    [{ fromCronjob: 'team/nightly' }, { kind: 'borrowed', nativeId: 'team/nightly' }],
    [{ reference: 'dag' }, reference],
  ] as const)('%j', (options, run) => {
    expect(typed(options)).toEqual(run);
    expect(typed(options, [], container)).toEqual(run);
    expect(refused(options, ['true'])).toMatchObject({ message: expect.stringContaining('brings its own command') });
    expect(refused({ ...options, env: ['A=1'] })).toMatchObject({
      message: expect.stringContaining('--env does not go with'),
    });
  });

  test.each([template, reference])('stays in an update that names something else: $kind', (before) => {
    expect(typed({}, [], before)).toEqual(before);
    expect(typed({}, ['true'], before)).toMatchObject({ kind: 'command', argv: ['true'] });
    expect(refused({ env: ['A=1'] }, [], before)).toMatchObject({ code: 'USAGE' });
  });
});

test.each([
  [{ workingDirectory: '/', image: 'i' }, [], null, '--working-directory does not go with a container'],
  [{ requests: ['cpu=1'] }, ['true'], null, '--requests does not go with a command'],
  [{ serviceAccount: 'a' }, [], command, '--service-account does not go with a command'],
  [{ secretEnv: ['A=s/k'] }, [], template, '--secret-env does not go with a job template'],
  [{ image: 'i', jobTemplate: 'f' }, [], null, '--image and --job-template exclude each other'],
  [{ fromCronjob: 'a', reference: 'b' }, [], null, '--reference and --from-cronjob exclude each other'],
  [{ fromCronjob: '' }, [], null, '--from-cronjob takes a name'],
  [{}, [], null, 'What is to run?'],
] as const)('what would be lost is refused: %j', (options, words, before, says) => {
  expect(refused(options, words, before)).toMatchObject({ code: 'USAGE', message: expect.stringContaining(says) });
});

describe('retries', () => {
  const before = { count: 2, delaySeconds: 5, factor: 3 };
  test.each([
    [{ retries: '3' }, null, { count: 3, delaySeconds: null, factor: null }],
    [{ retries: '3', retryDelay: '10s' }, null, { count: 3, delaySeconds: 10, factor: null }],
    [{ retries: '3' }, before, { ...before, count: 3 }],
    [{ retryFactor: '1' }, before, { ...before, factor: 1 }],
    [{}, before, before],
    [{}, null, null],
    [{ retries: '0' }, before, null],
  ] as const)('%j over %j', (options, standing, retry) => {
    expect(readRetry(options, standing)).toEqual(retry);
  });
});
