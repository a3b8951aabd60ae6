/** Creating: defaults, names, fields, dry run, limits. */
import type { Json } from '../../../../src/schedule.js';
import type { Probe, Step } from './probe.js';

type Fields = Readonly<Record<string, Json>>;

/** A CronJob that never fires: 30 February. */
export function cronJob(name: string, spec: Fields = {}, metadata: Fields = {}): Fields {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { ...(name !== '' && { name }), ...metadata },
    spec: { schedule: '0 0 30 2 *', jobTemplate: jobTemplate(), ...spec },
  };
}

export function jobTemplate(job: Fields = {}, pod: Fields = {}, container: Fields = {}): Fields {
  return {
    spec: {
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1', ...container }], ...pod },
      },
      ...job,
    },
  };
}

export function create(body: Json, query = '', more: Partial<Step> = {}): Step {
  return { send: `POST /cronjobs${query}`, body, ...more };
}

const STRICT = '?fieldValidation=Strict';
const DRY = '?dryRun=All';

/** The whole of a CronJob as somebody careful writes it. */
const FULL = cronJob(
  'full',
  {
    schedule: '0 3 30 2 *',
    timeZone: 'Europe/Berlin',
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: 30,
    successfulJobsHistoryLimit: 10,
    failedJobsHistoryLimit: 0,
    suspend: true,
    jobTemplate: {
      metadata: { labels: { 'sched/schedule': 'a-b' }, annotations: { note: 'x' } },
      ...jobTemplate(
        { backoffLimit: 0, activeDeadlineSeconds: 60, ttlSecondsAfterFinished: 0 },
        {
          serviceAccountName: 'runner',
          imagePullSecrets: [{ name: 'registry' }],
          nodeSelector: { disk: 'ssd' },
          hostNetwork: false,
        },
        {
          image: 'busybox',
          command: ['train', '--epochs', ''],
          args: [],
          env: [
            { name: 'A', value: '1' },
            { name: 'EMPTY', value: '' },
            { name: 'S', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
          ],
          resources: { limits: { cpu: '1000m', memory: '1024Mi' }, requests: { cpu: 0.5, memory: '0.5Gi' } },
          tty: false,
          workingDir: '',
        },
      ),
    },
  },
  { labels: { 'sched/stamp': 's1-a', team: '' }, annotations: { 'sched/spec': '{}' } },
);

const AMOUNTS = [
  '0.1',
  '100m',
  '1.5',
  '2e3',
  '1k',
  '1000',
  '1024',
  '1024Ki',
  '1536Mi',
  '0.5Gi',
  '1e-3',
  '0',
  '12345678',
  '1Ti',
  '0.0001',
  '+5',
];

export const writes: readonly Probe[] = [
  {
    name: 'create adds defaults',
    steps: [create(cronJob('minimal'), '', { show: 'all' }), { send: 'GET /cronjobs/minimal', show: 'all' }],
  },
  {
    name: 'create keeps what was said, in canonical amounts, without what is empty, and notes who wrote it',
    steps: [create(FULL, `${STRICT}&fieldManager=sched`, { show: 'all' })],
  },
  {
    name: 'amounts are canonical',
    steps: AMOUNTS.map((cpu) =>
      create(cronJob('amounts', { jobTemplate: jobTemplate({}, {}, { resources: { limits: { cpu } } }) }), DRY, {
        show: ['spec/jobTemplate/spec/template/spec/containers/0/resources'],
      }),
    ),
  },
  {
    name: 'an image without a tag is pulled always',
    steps: [
      'busybox',
      'busybox:latest',
      'r.test:5000/busybox',
      'r.test:5000/busybox:1',
      `b@sha256:${'a'.repeat(64)}`,
    ].map((image) =>
      create(cronJob('image', { jobTemplate: jobTemplate({}, {}, { image }) }), DRY, {
        show: ['spec/jobTemplate/spec/template/spec/containers/0/imagePullPolicy'],
      }),
    ),
  },
  { name: 'name taken', steps: [create(cronJob('taken')), create(cronJob('taken'))] },
  {
    name: 'namespace missing',
    steps: [
      { send: 'POST /apis/batch/v1/namespaces/{ns}-ghost/cronjobs', body: cronJob('lost') },
      { send: 'POST /apis/batch/v1/namespaces/{ns}-ghost/cronjobs?dryRun=All', body: cronJob('lost') },
      { send: 'GET /apis/batch/v1/namespaces/{ns}-ghost/cronjobs', show: ['items'] },
      { send: 'GET /apis/batch/v1/namespaces/{ns}-ghost/cronjobs/lost' },
      { send: 'GET /api/v1/namespaces/{ns}-ghost' },
    ],
  },
  {
    name: 'names have 52 characters at most',
    steps: [
      create(cronJob('n'.repeat(52)), DRY),
      create(cronJob('n'.repeat(53)), DRY),
      create(cronJob('', {}, { generateName: 'n'.repeat(47) }), DRY),
    ],
  },
  {
    name: 'names are lower-case subdomains, better without dots',
    steps: [create(cronJob('Nightly_Train'), DRY), create(cronJob('a.b'), DRY), create(cronJob(''), DRY)],
  },
  {
    name: 'labels and annotations have their own rules',
    steps: [
      create(cronJob('labelled', {}, { labels: { team: 'has space' } }), DRY),
      create(cronJob('labelled', {}, { labels: { 'has space': 'x' } }), DRY),
      create(cronJob('labelled', {}, { labels: { team: 'x'.repeat(64) } }), DRY),
      create(cronJob('labelled', {}, { annotations: { a: 'x'.repeat(262_144) } }), DRY),
      create(cronJob('labelled', {}, { annotations: { a: 'x'.repeat(262_143) } }), DRY),
    ],
  },
  {
    name: 'dry run stores nothing and gives no version',
    steps: [
      create(cronJob('dry'), DRY, { show: 'all' }),
      { send: 'GET /cronjobs/dry' },
      create(cronJob('dry'), '?dryRun=true'),
      create(cronJob('dry')),
      {
        send: 'PATCH /cronjobs/dry?dryRun=All',
        body: { spec: { suspend: true } },
        show: ['spec.suspend', 'metadata.generation', 'metadata.resourceVersion'],
      },
      { send: 'DELETE /cronjobs/dry?dryRun=All', show: ['status'] },
      { send: 'GET /cronjobs/dry', show: ['spec.suspend', 'metadata.generation', 'metadata.resourceVersion'] },
      create(cronJob('dry'), DRY),
    ],
  },
  {
    name: 'several faults are one refusal',
    steps: [
      create(cronJob('s', { schedule: 'x', timeZone: 'Mars/Olympus', concurrencyPolicy: 'Skip' }), DRY),
      create(
        cronJob('s', { startingDeadlineSeconds: -1, successfulJobsHistoryLimit: -1, failedJobsHistoryLimit: -1 }),
        DRY,
      ),
    ],
  },
  {
    name: 'job templates have their own rules',
    steps: [
      create(cronJob('j', { jobTemplate: jobTemplate({}, { restartPolicy: 'Always' }) }), DRY),
      create(cronJob('j', { jobTemplate: jobTemplate({ backoffLimit: -1, activeDeadlineSeconds: -1 }) }), DRY),
      create(cronJob('j', { jobTemplate: jobTemplate({}, { containers: [] }) }), DRY),
      create(cronJob('j', { jobTemplate: jobTemplate({}, {}, { image: '' }) }), DRY),
      create(cronJob('j', { jobTemplate: jobTemplate({}, {}, { env: [{ name: '', value: 'x' }] }) }), DRY),
      create(
        cronJob('j', {
          jobTemplate: jobTemplate({}, {}, { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
        }),
        DRY,
      ),
      create(cronJob('j', { jobTemplate: jobTemplate({}, {}, { resources: { limits: { cpu: 'lots' } } }) }), DRY),
    ],
  },
  {
    name: 'a value of another type is a bad request',
    steps: [
      create(cronJob('typed', { suspend: 'yes' }), DRY),
      create(cronJob('typed', { startingDeadlineSeconds: 'soon' }), DRY),
      create(cronJob('typed', { jobTemplate: jobTemplate({}, {}, { command: 'train' }) }), DRY),
      create(cronJob('typed', { jobTemplate: jobTemplate({}, {}, { env: [{ name: 'A', value: 1 }] }) }), DRY),
    ],
  },
  {
    name: 'unknown fields are refused, warned of, or dropped',
    steps: ['?fieldValidation=Strict', '', '?fieldValidation=Warn', '?fieldValidation=Ignore'].map((query) =>
      create(
        cronJob('unknown', { timezone: 'UTC', jobTemplate: jobTemplate({ nope: 1 }) }),
        `${query === '' ? '?' : `${query}&`}dryRun=All`,
        query.includes('Strict') ? {} : { show: ['spec.timezone'] },
      ),
    ),
  },
  {
    name: 'a field given twice is refused',
    steps: [
      {
        send: `POST /cronjobs${STRICT}&dryRun=All`,
        text: '{"metadata":{"name":"twice"},"spec":{"schedule":"0 0 30 2 *","schedule":"1 0 30 2 *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"main","image":"x"}]}}}}}}',
      },
    ],
  },
  {
    name: 'bodies of another type are refused',
    steps: [
      create(cronJob('plain'), '', { type: 'text/plain' }),
      create(cronJob('plain')),
      { send: 'PATCH /cronjobs/plain', type: 'application/json', body: {} },
      { send: 'POST /cronjobs', text: '{"metadata":' },
    ],
  },
  {
    name: 'the namespace in the body is that of the path',
    steps: [create(cronJob('elsewhere', {}, { namespace: 'default' }), DRY)],
  },
  {
    name: 'old versions of the API are gone',
    steps: [
      { send: 'GET /apis/batch/v1beta1/namespaces/{ns}/cronjobs' },
      { send: 'GET /apis/batch/v1/namespaces/{ns}/cronjob' },
    ],
  },
  {
    name: 'large objects are too large in three ways',
    steps: [
      create(cronJob('large', { jobTemplate: jobTemplate({}, {}, { args: ['x'.repeat(1_000_000)] }) }), '', {
        show: ['metadata.name'],
      }),
      { send: 'DELETE /cronjobs/large', show: 'nothing' },
      create(cronJob('larger', { jobTemplate: jobTemplate({}, {}, { args: ['x'.repeat(1_600_000)] }) })),
      create(cronJob('largest', { jobTemplate: jobTemplate({}, {}, { args: ['x'.repeat(3_300_000)] }) })),
    ],
  },
];
