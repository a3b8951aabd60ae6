import { describe, expect, test } from '@jest/globals';
import type { ApiRequest } from '../../src/drivers/kubernetes/api.js';
import { setPaused, setStamp, update } from '../../src/drivers/kubernetes/change.js';
import { newCronJob } from '../../src/drivers/kubernetes/cronjob.js';
import { hasPhantom } from '../../src/drivers/kubernetes/quiet.js';
import { versionOf } from '../../src/drivers/kubernetes/read-back.js';
import type { FiredBy, Json, ScheduleSpec } from '../../src/schedule.js';
import { type Answers, callAt, failure, type Scripted, scripted } from './scripted-api.js';
import { applied, stored, type Tree } from './server.js';
import { plain, recorded, template } from './specs.js';

const PATH = '/apis/batch/v1/namespaces/space/cronjobs/train';
const NOW = Date.UTC(2031, 0, 1, 12, 0, 10, 250);
const SECONDS = '2031-01-01T12:00:10Z';

function standing(spec: Partial<ScheduleSpec> = {}, patch: Tree = {}, firedBy: FiredBy = 'orchestrator'): Json {
  return applied(stored(newCronJob(recorded(spec, { firedBy }), false)), patch);
}

/** A server that has the object, and answers a status write with the time of its own clock. */
function server(cronJob: Json, clock: string = SECONDS, more: Answers = {}): Scripted {
  const written = { manager: 'sched', subresource: 'status', time: clock };
  const answer = applied(cronJob, { metadata: { resourceVersion: '8', managedFields: [written] } });
  return scripted({ [`GET ${PATH}`]: cronJob, [`PATCH ${PATH}/status`]: answer, [`PATCH ${PATH}`]: cronJob, ...more });
}

async function change(scene: Scripted, spec: Partial<ScheduleSpec>, version: string | null = null): Promise<void> {
  await update(
    scene.cluster,
    'space/train',
    { spec: { ...plain, ...spec }, firedBy: 'orchestrator', version },
    callAt(NOW),
  );
}

function writes({ requests }: Scripted): readonly ApiRequest[] {
  return requests.filter(({ method }) => method !== 'GET');
}

describe('an edit of the timetable', () => {
  test.each<[string, Partial<ScheduleSpec>, Partial<ScheduleSpec>]>([
    ['the expression', {}, { timing: { kind: 'cron', expression: '0 4 * * *' } }],
    ['the zone', {}, { timezone: 'UTC' }],
    ['no deadline', {}, { catchup: 'last' }],
    ['a deadline', { catchup: 'last' }, {}],
  ])('(%s) first says that everything before is done with, then happens', async (_what, before, after) => {
    const scene = server(standing(before));
    await change(scene, after);
    const [first, second, ...more] = writes(scene);
    expect(first).toMatchObject({
      path: `${PATH}/status`,
      body: { metadata: { resourceVersion: '7' }, status: { lastScheduleTime: SECONDS } },
    });
    expect(second).toMatchObject({ path: PATH, body: { metadata: { resourceVersion: '8' } } });
    expect(second?.query).toEqual({ fieldManager: 'sched', fieldValidation: 'Strict' });
    expect(more).toEqual([]);
  });

  test('is one request when the timetable stays', async () => {
    const scene = server(standing());
    await change(scene, { description: 'other', overlap: 'replace' });
    expect(writes(scene).map(({ path }) => path)).toEqual([PATH]);
    expect(writes(scene)[0]?.body).toMatchObject({
      metadata: { resourceVersion: '7' },
      spec: { concurrencyPolicy: 'Replace' },
    });
  });

  test('is none when nothing changes, whatever the version', async () => {
    const scene = server(standing());
    await change(scene, {}, 'another');
    expect(writes(scene)).toEqual([]);
  });

  test('never turns the clock back: what started would be due once more', async () => {
    const scene = server(
      standing({}, { status: { lastScheduleTime: '2031-01-01T12:00:30Z' } }),
      '2031-01-01T12:00:31Z',
    );
    await change(scene, { timezone: 'UTC' });
    expect(writes(scene)[0]?.body).toMatchObject({ status: { lastScheduleTime: '2031-01-01T12:00:30Z' } });
  });

  test('counts by the clock of the server where a full minute lies between', async () => {
    const scene = server(standing(), '2031-01-01T12:05:00Z');
    await change(scene, { timezone: 'UTC' });
    expect(writes(scene).map(({ body }) => (body as { status?: Json }).status)).toEqual([
      { lastScheduleTime: SECONDS },
      { lastScheduleTime: '2031-01-01T12:05:00Z' },
      undefined,
    ]);
  });

  test('of another version than expected is a conflict that names who wrote', async () => {
    const managedFields = [
      { manager: 'sched', time: '2031-01-01T00:00:00Z', fieldsV1: { 'f:spec': {} } },
      { manager: 'kubectl-edit', time: '2031-01-02T00:00:00Z', fieldsV1: { 'f:spec': { 'f:suspend': {} } } },
    ];
    const scene = server(standing({}, { metadata: { managedFields } }));
    await expect(change(scene, { timezone: 'UTC' }, 'another')).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('kubectl-edit wrote suspend at 2031-01-02T00:00:00.000Z'),
    });
    expect(writes(scene)).toEqual([]);
  });

  test('goes on when only a run started in between, and is a conflict when somebody wrote', async () => {
    const before = standing();
    for (const [patch, code] of [
      [{ status: { lastScheduleTime: SECONDS }, metadata: { resourceVersion: '9' } }, undefined],
      [{ spec: { suspend: true }, metadata: { generation: 2 } }, 'CONFLICT'],
    ] as const) {
      let reads = 0;
      let attempts = 0;
      const scene = server(before, SECONDS, {
        [`GET ${PATH}`]: () => (reads++ === 0 ? before : applied(before, patch)),
        [`PATCH ${PATH}`]: () => {
          attempts += 1;
          if (attempts === 1) {
            throw failure('CONFLICT');
          }
          return null;
        },
      });
      const outcome = change(scene, { description: 'other' }, versionOf(before));
      await (code === undefined ? outcome : expect(outcome).rejects.toMatchObject({ code }));
      expect(attempts).toBe(code === undefined ? 2 : 1);
    }
  });
});

describe('without the right to write the status', () => {
  const forbidden = { [`PATCH ${PATH}/status`]: failure('PERMISSION') };

  test('an edit waits until what was due is missed for good', async () => {
    const scene = server(standing(), SECONDS, forbidden);
    await change(scene, { timing: { kind: 'cron', expression: '* * * * *' } });
    // Due at 12:00:00, missed for good 30 s later; one second for the clocks.
    expect(scene.waits).toEqual([20_750]);
    expect(writes(scene).at(-1)).toMatchObject({ path: PATH, body: { metadata: { resourceVersion: '7' } } });
  });

  test('an edit does not wait when nothing was due lately, or nothing can fire', async () => {
    const scene = server(standing(), SECONDS, forbidden);
    await change(scene, { timing: { kind: 'cron', expression: '59 10 * * *' } });
    const paused = server(standing({}, { spec: { suspend: true } }), SECONDS, forbidden);
    await change(paused, { timing: { kind: 'cron', expression: '* * * * *' } });
    expect([scene.waits, paused.waits]).toEqual([[], []]);
  });

  test('an edit where missed runs are made up for is refused, with what is missing', async () => {
    const scene = server(standing({ catchup: 'last' }), SECONDS, forbidden);
    await expect(change(scene, { catchup: 'last', timezone: 'UTC' })).rejects.toMatchObject({
      code: 'PERMISSION',
      message: expect.stringContaining('cronjobs/status'),
      hint: expect.stringContaining('--catchup none'),
    });
    expect(scene.asked.filter((line) => line === `PATCH ${PATH}`)).toEqual([]);
  });

  test('resuming is refused where a deadline that somebody took away would make up for what was missed', async () => {
    const deadline = { spec: { suspend: true, startingDeadlineSeconds: 3600 } };
    const scene = server(standing({}, deadline), SECONDS, forbidden);
    await expect(setPaused(scene.cluster, 'space/train', false, callAt(NOW))).rejects.toMatchObject({
      code: 'PERMISSION',
    });
    expect(scene.waits).toEqual([]);
  });

  test('resuming waits, too', async () => {
    const every = { timing: { kind: 'cron', expression: '* * * * *' } } as const;
    const scene = server(standing(every, { spec: { suspend: true } }), SECONDS, forbidden);
    await setPaused(scene.cluster, 'space/train', false, callAt(NOW));
    expect(scene.waits).toEqual([20_750]);
    expect(writes(scene).at(-1)).toMatchObject({ path: PATH, body: { spec: { suspend: false } } });
  });
});

describe('resuming', () => {
  test('drops what was missed, where nothing is made up for', async () => {
    const scene = server(standing({}, { spec: { suspend: true } }));
    await setPaused(scene.cluster, 'space/train', false, callAt(NOW));
    expect(writes(scene).map(({ body }) => body)).toEqual([
      { metadata: { resourceVersion: '7' }, status: { lastScheduleTime: SECONDS } },
      { spec: { suspend: false } },
    ]);
  });

  test('lets the last missed run start, where that is asked for', async () => {
    const scene = server(standing({ catchup: 'last' }, { spec: { suspend: true } }));
    await setPaused(scene.cluster, 'space/train', false, callAt(NOW));
    expect(writes(scene).map(({ body }) => body)).toEqual([{ spec: { suspend: false } }]);
  });

  test.each([true, false])('what is so already (paused: %s) writes nothing', async (paused) => {
    const scene = server(standing({}, { spec: { suspend: paused } }));
    await setPaused(scene.cluster, 'space/train', paused, callAt(NOW));
    expect(writes(scene)).toEqual([]);
  });

  test('what an agent fires is refused: it would fire twice', async () => {
    const scene = server(standing({}, {}, 'agent'));
    await expect(setPaused(scene.cluster, 'space/train', false, callAt(NOW))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });

  test('pausing says nothing of the past', async () => {
    const scene = server(standing());
    await setPaused(scene.cluster, 'space/train', true, callAt(NOW));
    expect(writes(scene).map(({ body }) => body)).toEqual([{ spec: { suspend: true } }]);
  });
});

describe('somebody else’s edit of the timetable', () => {
  const spec = { schedule: '55 11 * * *', timeZone: 'UTC' };
  const edited = (time: string, status: Tree = {}): Json => ({
    metadata: {
      creationTimestamp: '2031-01-01T11:54:00Z',
      managedFields: [{ manager: 'kubectl-edit', time, fieldsV1: { 'f:spec': { 'f:schedule': {} } } }],
    },
    spec,
    status,
  });

  test('leaves a run behind when it came after the moment that it names', () => {
    expect(hasPhantom(edited('2031-01-01T11:55:12Z'), spec, NOW)).toBe(true);
  });

  test('leaves none when it came before, or when the moment is done with', () => {
    expect(hasPhantom(edited('2031-01-01T11:54:30Z'), spec, NOW)).toBe(false);
    expect(hasPhantom(edited('2031-01-01T11:55:12Z', { lastScheduleTime: '2031-01-01T11:56:00Z' }), spec, NOW)).toBe(
      false,
    );
    expect(hasPhantom(edited('2031-01-01T11:55:12Z'), { schedule: '@every 1m' }, NOW)).toBe(false);
  });

  test('does not fire by ours', async () => {
    const scene = server(applied(standing({ timezone: 'UTC' }, { spec }), edited('2031-01-01T11:55:12Z')));
    await change(scene, { timezone: 'UTC', timing: { kind: 'cron', expression: spec.schedule }, description: 'x' });
    expect(writes(scene)[0]?.path).toBe(`${PATH}/status`);
  });
});

describe('a mark', () => {
  const REQUEST = {
    spec: { ...plain, run: template },
    firedBy: 'orchestrator',
    scheduleId: '5f0c1d3e-8a57-4b6e-9d55-0f6f3f4f9a10',
    stamp: { registry: 'abcdefgh', schedule: 'ijklmnopqrst', generation: 3 },
  } as const;
  const theirs: Tree = {
    metadata: {
      name: 'train',
      namespace: 'space',
      uid: 'u',
      resourceVersion: '7',
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    },
    spec: { schedule: '0 4 * * *', jobTemplate: template.template, failedJobsHistoryLimit: 2 },
  };

  test('adds what makes the object ours, and changes nothing else of it', async () => {
    const request = { ...REQUEST, spec: { ...REQUEST.spec, labels: { 'app.kubernetes.io/managed-by': 'Helm' } } };
    const scene = server(theirs);
    await setStamp(scene.cluster, 'space/train', request, callAt(NOW));
    expect(writes(scene).map(({ body }) => body)).toEqual([
      {
        metadata: {
          resourceVersion: '7',
          labels: { 'sched/stamp': 's1-abcdefgh-ijklmnopqrst-3' },
          annotations: { 'sched/spec': expect.stringContaining('"failedJobs":2') },
        },
        spec: { jobTemplate: { metadata: { labels: { 'sched/schedule': 'abcdefgh-ijklmnopqrst' } } } },
      },
    ]);
  });

  test('comes off without a trace, and is not put on twice', async () => {
    const scene = server(theirs);
    await setStamp(scene.cluster, 'space/train', REQUEST, callAt(NOW));
    const marked = applied(theirs, writes(scene)[0]?.body ?? null);
    const again = server(marked);
    await setStamp(again.cluster, 'space/train', REQUEST, callAt(NOW));
    expect(writes(again)).toEqual([]);
    const off = server(marked);
    await setStamp(off.cluster, 'space/train', null, callAt(NOW));
    const bare = applied(marked, writes(off)[0]?.body ?? null) as Tree;
    expect(JSON.stringify(bare)).not.toMatch(/sched\//);
    expect(bare.spec).toEqual(theirs.spec);
  });
});
