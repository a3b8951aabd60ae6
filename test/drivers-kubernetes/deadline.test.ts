import { describe, expect, test } from '@jest/globals';
import { setStamp, update } from '../../src/drivers/kubernetes/change.js';
import { newCronJob } from '../../src/drivers/kubernetes/cronjob.js';
import type { Json, ScheduleSpec } from '../../src/schedule.js';
import { callAt, scripted } from './scripted-api.js';
import { applied, stored, type Tree } from './server.js';
import { plain, recorded, template } from './specs.js';

const PATH = '/apis/batch/v1/namespaces/space/cronjobs/train';
const CALL = callAt(Date.UTC(2031, 0, 1, 12, 0, 10));
const LAST: ScheduleSpec = { ...plain, run: template, overlap: 'allow', catchup: 'last' };
const STAMP = { registry: 'abcdefgh', schedule: 'ijklmnopqrst', generation: 1 };

/** What others made, with their deadline or none. */
function theirs(deadline: number | undefined): Tree {
  return {
    metadata: { name: 'train', namespace: 'space', uid: 'u', resourceVersion: '7' },
    spec: {
      schedule: '30 3 * * 1-5',
      timeZone: 'Europe/Berlin',
      ...(deadline !== undefined && { startingDeadlineSeconds: deadline }),
      jobTemplate: template.template,
    },
  };
}

async function written(cronJob: Json, work: (scene: ReturnType<typeof scripted>) => Promise<void>): Promise<Json> {
  const scene = scripted({ [`GET ${PATH}`]: cronJob, [`PATCH ${PATH}`]: cronJob });
  await work(scene);
  const patches = scene.requests.filter(({ method, path }) => method === 'PATCH' && path === PATH);
  return patches.reduce<Json>((standing, { body }) => applied(standing, body ?? null), cronJob);
}

async function stamped(cronJob: Json, spec: ScheduleSpec): Promise<Json> {
  const request = { spec, firedBy: 'orchestrator', scheduleId: 'x', stamp: STAMP } as const;
  return await written(cronJob, ({ cluster }) => setStamp(cluster, 'space/train', request, CALL));
}

async function edited(cronJob: Json, change: Partial<ScheduleSpec>): Promise<unknown> {
  const request = { spec: { ...LAST, ...change }, firedBy: 'orchestrator', version: null } as const;
  const after = await written(cronJob, ({ cluster }) => update(cluster, 'space/train', request, CALL));
  const { schedule, startingDeadlineSeconds } = (after as { spec: Tree }).spec;
  return [schedule, startingDeadlineSeconds ?? null];
}

const RETIMED = { timing: { kind: 'cron', expression: '0 4 * * *' } } as const;

describe.each([
  ['that was adopted without a mark', async (cronJob: Json) => cronJob],
  ['that was adopted with one', (cronJob: Json) => stamped(cronJob, LAST)],
])('the deadline of a CronJob %s', (_what, adopted) => {
  test('stays while catch-up does', async () => {
    expect(await edited(await adopted(theirs(3600)), RETIMED)).toEqual(['0 4 * * *', 3600]);
    expect(await edited(await adopted(theirs(undefined)), RETIMED)).toEqual(['0 4 * * *', null]);
  });

  test('is written when catch-up is changed to none', async () => {
    expect(await edited(await adopted(theirs(3600)), { catchup: 'none' })).toEqual(['30 3 * * 1-5', 30]);
    expect(await edited(await adopted(theirs(undefined)), { catchup: 'none' })).toEqual(['30 3 * * 1-5', 30]);
  });
});

describe('the deadline that none writes', () => {
  test('goes when catch-up is changed to last', async () => {
    expect(await edited(theirs(30), {})).toEqual(['30 3 * * 1-5', null]);
    const marked = await stamped(theirs(30), { ...LAST, catchup: 'none' });
    expect(await edited(marked, {})).toEqual(['30 3 * * 1-5', null]);
    // Whoever set another one meanwhile set it on what was to be none.
    const moved = applied(marked, { spec: { startingDeadlineSeconds: 3600 } });
    expect(await edited(moved, {})).toEqual(['30 3 * * 1-5', null]);
  });
});

test('a deadline that somebody put on a CronJob of ours goes with the next write', async () => {
  const own = stored(newCronJob(recorded(LAST), false), 'space');
  const moved = applied(own, { spec: { startingDeadlineSeconds: 3600 } });
  expect(await edited(moved, RETIMED)).toEqual(['0 4 * * *', null]);
});
