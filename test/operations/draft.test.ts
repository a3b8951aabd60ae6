import { describe, expect, test } from '@jest/globals';
import type { Connection } from '../../src/context.js';
import { pipelineOf } from '../../src/naming.js';
import { completeRetry, completeRun } from '../../src/operations/draft.js';
import type { NativeSchedule, RunSpec } from '../../src/schedule.js';

describe('retries', () => {
  const own = { retryPace: { delaySeconds: 10, factor: 2 } };
  const any = { retryPace: null };
  test.each([
    [{ count: 3, delaySeconds: null, factor: null }, any, { count: 3, delaySeconds: 60, factor: 2 }],
    [{ count: 3, delaySeconds: null, factor: null }, own, { count: 3, delaySeconds: 10, factor: 2 }],
    [{ count: 3, delaySeconds: 0, factor: 1 }, own, { count: 3, delaySeconds: 0, factor: 1 }],
    [null, own, null],
  ] as const)('%j at the pace %j', (retry, manifest, complete) => {
    expect(completeRetry(retry, manifest)).toEqual(complete);
  });
});

describe('a borrowed run', () => {
  const run: RunSpec = { kind: 'template', template: { spec: {} } };
  const connected = (native: Partial<NativeSchedule> | undefined) => async () =>
    ({
      manifest: { noun: 'cronjob', title: 'Kubernetes' },
      orchestrator: { name: 'prod' },
      driver: {
        read: async (nativeId: string) => {
          expect(nativeId).toBe('nightly');
          return native;
        },
      },
    }) as unknown as Connection;
  const borrowed = { kind: 'borrowed', nativeId: 'nightly' } as const;

  test('is what the target shows', async () => {
    expect(await completeRun(borrowed, connected({ projection: { run: run as never } }))).toEqual(run);
  });

  test('a run of its own asks nobody', async () => {
    const never = async (): Promise<Connection> => {
      throw new Error('it was reached');
    };
    expect(await completeRun(run, never)).toBe(run);
  });

  test.each([
    [undefined, { code: 'NOT_FOUND', message: 'There is no cronjob nightly on prod.' }],
    [{ projection: {} }, { code: 'UNSUPPORTED', message: expect.stringContaining('does not tell') }],
    [{ projection: { run: null } }, { code: 'UNSUPPORTED' }],
  ])('is refused: %j', async (native, refusal) => {
    await expect(completeRun(borrowed, connected(native as never))).rejects.toMatchObject(refusal);
  });
});

test.each<[string, RunSpec]>([
  [
    'train',
    {
      kind: 'template',
      template: { spec: { template: { spec: { containers: [{ image: 'r.io/acme/train:1@sha256:0' }] } } } },
    },
  ],
  ['job', { kind: 'template', template: { spec: { template: { spec: { containers: [{}] } } } } }],
  ['job', { kind: 'template', template: {} }],
  ['dag', { kind: 'reference', id: 'dag' }],
  ['load', { kind: 'command', argv: ['/opt/load.sh'], cwd: '/', env: {} }],
])('the pipeline is %s', (pipeline, run) => {
  expect(pipelineOf(run)).toBe(pipeline);
});
