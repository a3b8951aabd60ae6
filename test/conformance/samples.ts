/** Specs derived from a manifest: what it must carry, what it may refuse, what it must refuse. */
import { tmpdir } from 'node:os';
import type { Manifest, OptionalField } from '../../src/drivers/driver.js';
import {
  CATCHUP_POLICIES,
  type ContainerRun,
  type IntervalTiming,
  OVERLAP_POLICIES,
  type RunKind,
  type RunSpec,
  type ScheduleSpec,
  type Timing,
  type TimingKind,
} from '../../src/schedule.js';
import type { Bench } from './bench.js';

export interface Sample {
  readonly title: string;
  readonly spec: ScheduleSpec;
}

const START = Date.UTC(2031, 0, 1, 6);
const END = Date.UTC(2033, 11, 31, 22);
const RUN_KINDS: readonly RunKind[] = ['command', 'container', 'reference', 'template'];
const TIMING_KINDS: readonly TimingKind[] = ['cron', 'interval', 'once', 'change', 'native'];

/** A value for every part of a spec that not every target has a place for. */
const OPTIONAL = {
  start: { start: START },
  end: { end: END },
  maxRuns: { maxRuns: 7 },
  timeout: { timeoutSeconds: 5400 },
  labels: { labels: { team: 'ml', tier: '1' } },
  description: { description: 'Trains the model every night.' },
  owner: { owner: 'ml-team' },
  parameters: { parameters: { epochs: 3, rate: 0.001, name: 'a', nested: { list: [1, null, true, 'x'] }, none: null } },
} as const satisfies Partial<Record<OptionalField, Partial<ScheduleSpec>>>;

/** A value for every part of a container that not every target has a place for. */
const OF_CONTAINER = {
  secretEnv: { secretEnv: { TOKEN: { secret: 'registry-login', key: 'token' } } },
  resources: { resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '2Gi' } } },
  nodeSelector: { nodeSelector: { disk: 'ssd' } },
  serviceAccount: { serviceAccount: 'trainer' },
  imagePullSecrets: { imagePullSecrets: ['registry-login'] },
} as const satisfies Partial<Record<OptionalField, Partial<ContainerRun>>>;
const OPTIONAL_FIELDS: readonly OptionalField[] = [
  ...(Object.keys(OPTIONAL) as (keyof typeof OPTIONAL)[]),
  'retry',
  ...(Object.keys(OF_CONTAINER) as (keyof typeof OF_CONTAINER)[]),
];

/** `spec` with a value for one more field. */
function withField(spec: ScheduleSpec, field: OptionalField, bench: Bench): ScheduleSpec {
  if (field === 'retry') {
    return { ...spec, retry: { count: 3, ...(bench.manifest.retryPace ?? { delaySeconds: 60, factor: 2 }) } };
  }
  if (!(field in OF_CONTAINER)) {
    return { ...spec, ...OPTIONAL[field as keyof typeof OPTIONAL] };
  }
  const run = spec.run.kind === 'container' ? spec.run : containerRun;
  return { ...spec, run: { ...run, ...OF_CONTAINER[field as keyof typeof OF_CONTAINER] } };
}

const containerRun: ContainerRun = {
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

/** The run with other words, where it has words. */
export function saying(run: RunSpec, argv: readonly string[]): RunSpec {
  return 'argv' in run ? { ...run, argv } : run;
}

/** The plainest spec that the target takes. */
export function plainSpec(bench: Bench): ScheduleSpec {
  const { manifest } = bench;
  return {
    name: 'nightly-train',
    pipeline: 'train',
    timing: timingOf(first(manifest.timing.kinds), bench),
    timezone: zonesOf(manifest)[0] ?? 'UTC',
    start: null,
    end: null,
    maxRuns: null,
    catchup: manifest.catchup.default,
    catchupLimit: 100,
    overlap: manifest.overlap.default,
    run: runOf(first(manifest.runs), bench),
    parameters: {},
    timeoutSeconds: null,
    retry: null,
    labels: {},
    description: null,
    owner: null,
  };
}

/** One spec for each thing that the manifest says the target takes. */
export function accepted(bench: Bench): Sample[] {
  const { manifest } = bench;
  const plain = plainSpec(bench);
  return [
    ...manifest.timing.kinds.map((kind) => ({
      title: `timing ${kind}`,
      spec: { ...plain, timing: timingOf(kind, bench) },
    })),
    ...manifest.runs.map((kind) => ({ title: `run ${kind}`, spec: { ...plain, run: runOf(kind, bench) } })),
    ...zonesOf(manifest).map((timezone) => ({ title: `zone ${timezone}`, spec: { ...plain, timezone } })),
    ...manifest.catchup.accepts.map((catchup) => ({ title: `catch-up ${catchup}`, spec: { ...plain, catchup } })),
    ...manifest.overlap.accepts.map((overlap) => ({ title: `overlap ${overlap}`, spec: { ...plain, overlap } })),
    ...manifest.fields.map((field) => ({ title: `field ${field}`, spec: withField(plain, field, bench) })),
    {
      title: 'everything at once',
      spec: manifest.fields.reduce((spec, field) => withField(spec, field, bench), plain),
    },
  ];
}

/** One spec for each thing that the manifest rules out. */
export function ruledOut(bench: Bench): Sample[] {
  const { manifest } = bench;
  const plain = plainSpec(bench);
  const { kinds, shortestSeconds, timezones } = manifest.timing;
  return [
    ...without(TIMING_KINDS, kinds).map((kind) => ({
      title: `timing ${kind}`,
      spec: { ...plain, timing: timingOf(kind, bench) },
    })),
    ...without(RUN_KINDS, manifest.runs).map((kind) => ({
      title: `run ${kind}`,
      spec: { ...plain, run: runOf(kind, bench) },
    })),
    ...without(CATCHUP_POLICIES, manifest.catchup.accepts).map((catchup) => ({
      title: `catch-up ${catchup}`,
      spec: { ...plain, catchup },
    })),
    ...without(OVERLAP_POLICIES, manifest.overlap.accepts).map((overlap) => ({
      title: `overlap ${overlap}`,
      spec: { ...plain, overlap },
    })),
    ...without(OPTIONAL_FIELDS, manifest.fields).map((field) => ({
      title: `field ${field}`,
      spec: withField(plain, field, bench),
    })),
    ...(manifest.retryPace === null
      ? []
      : [{ title: 'another pace of retries', spec: { ...plain, retry: { count: 1, delaySeconds: 61, factor: 3 } } }]),
    ...(manifest.placeholders
      ? []
      : [{ title: 'a placeholder', spec: { ...plain, parameters: { day: '{scheduled_time}' } } }]),
    ...(timezones === 'utc' ? [{ title: 'another zone', spec: { ...plain, timezone: 'Europe/Berlin' } }] : []),
    ...(kinds.includes('interval') && shortestSeconds > 1
      ? [{ title: 'an interval too short', spec: { ...plain, timing: every(shortestSeconds - 1, 'second') } }]
      : []),
    ...(kinds.includes('cron') && shortestSeconds > 60
      ? [
          {
            title: 'a cron too frequent',
            spec: { ...plain, timing: { kind: 'cron', expression: '* * * * *' } as const },
          },
        ]
      : []),
  ];
}

/** Timings of the kinds that the target takes, which it may still count otherwise: to be carried exactly or refused. */
export function timings({ manifest }: Bench): Timing[] {
  const { kinds, shortestSeconds } = manifest.timing;
  const crons = [
    '@daily',
    '@hourly',
    '0 22 * * 5',
    '5 4 1 * *',
    '0 0 1,15 * 1-5',
    '*/20 6-8 * JAN,feb mon',
    '0 */2 */2 * 7',
    '59 23 31 12 *',
  ];
  const intervals: readonly IntervalTiming[] = [
    every(90, 'minute'),
    every(36, 'hour'),
    every(3, 'day', { times: ['06:30'] }),
    every(2, 'week', { on: [1, 4], times: ['06:30', '18:00'] }),
    every(1, 'month', { on: [31] }),
    every(5, 'month'),
    every(shortestSeconds, 'second'),
    every(7 * shortestSeconds + 1, 'second'),
  ];
  return [
    ...(kinds.includes('cron') ? crons.map((expression) => ({ kind: 'cron', expression }) as const) : []),
    ...(kinds.includes('interval') ? intervals : []),
  ];
}

/** Text that breaks whatever quotes by hand. */
export const TEXTS: readonly string[] = [
  `it's "quoted" \\ and \`ticked\``,
  'two\nlines\r\nand a\ttab ',
  `100% $(touch /tmp/never) ${'$'}{HOME} $$ && true; # | > <`,
  '--leading-dashes',
  'مرحبا بالعالم \u202Ertl\u202C',
  '🦊👩‍👩‍👧 é e\u0301 \u2028',
  '\'\'\' """ {{ jinja }} {% raw %} <b>&amp;</b> ]]>',
  '',
  'x'.repeat(10_240),
];

/** A spec with `text` in every place that takes text, and the places by themselves. */
export function withText(bench: Bench, kind: RunKind, text: string): ScheduleSpec {
  const { fields } = bench.manifest;
  const run = runOf(kind, bench);
  return {
    ...plainSpec(bench),
    run: !('argv' in run) ? run : { ...run, argv: [...run.argv, text, text], env: { ...run.env, SCHED_TEXT: text } },
    ...(fields.includes('parameters') && { parameters: { text, [`key ${text.slice(0, 40)}`]: [text] } }),
    ...(fields.includes('description') && { description: text }),
  };
}

function timingOf(kind: TimingKind, { manifest, native }: Bench): Timing {
  const shortest = manifest.timing.shortestSeconds;
  switch (kind) {
    case 'cron':
      return { kind, expression: '30 3 * * 1-5' };
    case 'interval':
      return shortest <= 3600 ? every(1, 'hour') : every(Math.ceil(shortest / 86_400), 'day');
    case 'once':
      return { kind, at: Date.UTC(2031, 4, 5, 5, 5) };
    case 'change':
      return { kind, folder: tmpdir(), pollSeconds: Math.max(300, shortest), parameter: 'path' };
    case 'native':
      return native ?? { kind, dialect: 'quartz', text: '0 0 3 L * ?' };
  }
}

function runOf(kind: RunKind, { reference, template }: Bench): RunSpec {
  switch (kind) {
    case 'command':
      return { kind, argv: ['train', '--epochs', '3'], cwd: tmpdir(), env: { PATH: '/usr/bin:/bin', MODE: 'nightly' } };
    case 'container':
      return containerRun;
    case 'reference':
      return { kind, id: reference ?? 'nothing' };
    case 'template':
      return { kind, template: template ?? {} };
  }
}

function every(count: number, unit: IntervalTiming['unit'], more: Partial<IntervalTiming> = {}): IntervalTiming {
  return { kind: 'interval', count, unit, anchor: START, on: [], times: [], ...more };
}

function zonesOf({ timing }: Manifest): string[] {
  switch (timing.timezones) {
    case 'any':
      return ['Europe/Berlin', 'UTC', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe'];
    case 'utc':
      return ['UTC'];
    case 'host':
      return [Intl.DateTimeFormat().resolvedOptions().timeZone];
  }
}

function first<T>([value]: readonly T[]): T {
  if (value === undefined) {
    throw new Error('the manifest names none');
  }
  return value;
}

function without<T>(all: readonly T[], some: readonly T[]): T[] {
  return all.filter((each) => !some.includes(each));
}
