import { describe, expect, test } from '@jest/globals';
import { create } from '../../src/drivers/kubernetes/creation.js';
import { newCronJob } from '../../src/drivers/kubernetes/cronjob.js';
import { existence } from '../../src/drivers/kubernetes/existence.js';
import { failureOf } from '../../src/drivers/kubernetes/failure.js';
import { identity } from '../../src/drivers/kubernetes/identity.js';
import { rehearse } from '../../src/drivers/kubernetes/rehearsal.js';
import { remove } from '../../src/drivers/kubernetes/removal.js';
import type { Json } from '../../src/schedule.js';
import { callAt, failure, type Scripted, scripted } from './scripted-api.js';
import { applied, stored, type Tree } from './server.js';
import { plain, recorded } from './specs.js';

const CRONJOBS = '/apis/batch/v1/namespaces/space/cronjobs';
const JOBS = '/apis/batch/v1/namespaces/space/jobs';
const NAME = 'nightly-train-ijklmnop';
const PATH = `${CRONJOBS}/${NAME}`;
const ID = `space/${NAME}`;
const CALL = callAt(Date.UTC(2031, 0, 1));
const STANDING = stored(newCronJob(recorded(), false));
const REQUEST = {
  spec: plain,
  paused: false,
  firedBy: 'orchestrator',
  scheduleId: '5f0c1d3e-8a57-4b6e-9d55-0f6f3f4f9a10',
  stamp: { registry: 'abcdefgh', schedule: 'ijklmnopqrst', generation: 1 },
} as const;

function job(name: string, status: Tree = {}, spec: Tree = {}): Tree {
  const ownerReferences = [{ kind: 'CronJob', name: NAME, uid: 'b7a2', controller: true }];
  return { metadata: { name, uid: `uid-${name}`, ownerReferences }, spec, status };
}

const DONE = { conditions: [{ type: 'Complete', status: 'True' }] };

function writes({ requests }: Scripted): readonly string[] {
  return requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, body }) => {
      const { propagationPolicy } = (body ?? {}) as { propagationPolicy?: string };
      return `${method} ${path.split('/').slice(-2).join('/')}${propagationPolicy === undefined ? '' : ` ${propagationPolicy}`}`;
    });
}

describe('creating', () => {
  test('is one request, which drops no field in silence', async () => {
    const scene = scripted({ [`POST ${CRONJOBS}`]: null });
    expect(await create(scene.cluster, REQUEST, CALL)).toBe(ID);
    expect(scene.requests).toEqual([
      expect.objectContaining({
        method: 'POST',
        path: CRONJOBS,
        query: { fieldManager: 'sched', fieldValidation: 'Strict' },
      }),
    ]);
  });

  test('again finds what stands there, if it carries the same stamp and stays', async () => {
    const taken = { [`POST ${CRONJOBS}`]: failure('CONFLICT', 'taken') };
    expect(await create(scripted({ ...taken, [`GET ${PATH}`]: STANDING }).cluster, REQUEST, CALL)).toBe(ID);
    for (const [patch, said] of [
      [{ metadata: { labels: { 'sched/stamp': 's1-other234-ijklmnopqrst-1' } } }, 'Another CronJob'],
      [{ metadata: { labels: { 'sched/stamp': null } } }, 'Another CronJob'],
      [{ metadata: { deletionTimestamp: '2031-01-01T00:00:00Z' } }, 'still being deleted'],
    ] as const) {
      const { cluster } = scripted({ ...taken, [`GET ${PATH}`]: applied(STANDING, patch) });
      await expect(create(cluster, REQUEST, CALL)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining(said),
      });
    }
    await expect(create(scripted(taken).cluster, REQUEST, CALL)).rejects.toMatchObject({ message: 'taken' });
  });
});

describe('removing', () => {
  test('suspends first, so that nothing starts meanwhile; with nothing running all goes', async () => {
    const scene = scripted({
      [`GET ${PATH}`]: STANDING,
      [`PATCH ${PATH}`]: null,
      [`GET ${JOBS}`]: [job('done', DONE)],
      [`DELETE ${PATH}`]: null,
    });
    await remove(scene.cluster, ID, { stopRuns: false }, CALL);
    expect(scene.asked).toEqual([`GET ${PATH}`, `PATCH ${PATH}`, `GET ${JOBS}`, `DELETE ${PATH}`]);
    expect(writes(scene).at(-1)).toBe(`DELETE cronjobs/${NAME} Background`);
    expect(scene.requests.at(-1)?.body).toMatchObject({ preconditions: { uid: 'b7a2' } });
  });

  test('lets what runs run on, for a day after its end, and clears away what is done', async () => {
    const scene = scripted({
      [`GET ${PATH}`]: applied(STANDING, { spec: { suspend: true } }),
      [`GET ${JOBS}`]: [job('done', DONE), job('runs'), job('runs-too', {}, { ttlSecondsAfterFinished: 5 })],
      [`PATCH ${JOBS}`]: null,
      [`DELETE ${JOBS}`]: null,
      [`DELETE ${PATH}`]: null,
    });
    await remove(scene.cluster, ID, { stopRuns: false }, CALL);
    expect(writes(scene)).toEqual(['DELETE jobs/done Background', 'PATCH jobs/runs', `DELETE cronjobs/${NAME} Orphan`]);
    expect(scene.requests.find(({ method }) => method === 'PATCH')?.body).toEqual({
      spec: { ttlSecondsAfterFinished: 86_400 },
    });
  });

  test('lets run on what the CronJob counts as running and its label does not show', async () => {
    const scene = scripted({
      [`GET ${PATH}`]: applied(STANDING, { spec: { suspend: true }, status: { active: [{ name: 'unlabelled' }] } }),
      [`GET ${JOBS}`]: [],
      [`DELETE ${PATH}`]: null,
    });
    await remove(scene.cluster, ID, { stopRuns: false }, CALL);
    expect(writes(scene)).toEqual([`DELETE cronjobs/${NAME} Orphan`]);
  });

  test('takes what runs with it when told', async () => {
    const scene = scripted({ [`GET ${PATH}`]: STANDING, [`PATCH ${PATH}`]: null, [`DELETE ${PATH}`]: null });
    await remove(scene.cluster, ID, { stopRuns: true }, CALL);
    expect(writes(scene)).toEqual([`PATCH cronjobs/${NAME}`, `DELETE cronjobs/${NAME} Background`]);
  });

  test('is done where something is gone, at whatever step', async () => {
    const answers = {
      [`GET ${PATH}`]: STANDING,
      [`PATCH ${PATH}`]: null,
      [`GET ${JOBS}`]: [job('done', DONE), job('runs')],
      [`PATCH ${JOBS}`]: null,
      [`DELETE ${JOBS}`]: null,
      [`DELETE ${PATH}`]: null,
    };
    for (const key of Object.keys(answers).filter((line) => line !== `GET ${JOBS}`)) {
      const { cluster } = scripted({ ...answers, [key]: failure('NOT_FOUND') });
      await remove(cluster, ID, { stopRuns: false }, CALL);
    }
    const going = scripted({ [`GET ${PATH}`]: applied(STANDING, { metadata: { deletionTimestamp: 'x' } }) });
    await remove(going.cluster, ID, { stopRuns: false }, CALL);
    expect(going.asked).toHaveLength(1);
  });

  test.each(['', 'name', 'a/b/c', '/b', 'a/'])('of %j names nothing', async (nativeId) => {
    await expect(remove(scripted({}).cluster, nativeId, { stopRuns: false }, CALL)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('a namespace', () => {
  const SPACE = '/api/v1/namespaces/space';

  test('that was seen is not asked for again', async () => {
    const scene = scripted({ [`GET ${SPACE}`]: {} });
    const known = existence(scene.cluster.api);
    await known.prove('space', CALL);
    await known.prove('space', CALL);
    known.seen('other');
    await known.prove('other', CALL);
    expect(scene.asked).toEqual([`GET ${SPACE}`]);
  });

  test('that is not there is said, with what makes it', async () => {
    for (const answers of [{}, { [`GET ${SPACE}`]: failure('PERMISSION') }]) {
      await expect(existence(scripted(answers).cluster.api).prove('space', CALL)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringContaining('space'),
        hint: expect.stringMatching(/\S/),
      });
    }
  });

  test('that cannot be read is proven by a dry run', async () => {
    const scene = scripted({ [`GET ${SPACE}`]: failure('PERMISSION'), [`POST ${CRONJOBS}`]: {} });
    await existence(scene.cluster.api).prove('space', CALL);
    expect(scene.requests[1]?.query).toMatchObject({ dryRun: 'All' });
  });

  test('that is being deleted is there; one that nothing tells of is not taken for missing', async () => {
    const going = { [`GET ${SPACE}`]: failure('PERMISSION'), [`POST ${CRONJOBS}`]: failure('CONFLICT') };
    await existence(scripted(going).cluster.api).prove('space', CALL);
    const hidden = { [`GET ${SPACE}`]: failure('PERMISSION'), [`POST ${CRONJOBS}`]: failure('PERMISSION') };
    await expect(existence(scripted(hidden).cluster.api).prove('space', CALL)).rejects.toMatchObject({
      code: 'PERMISSION',
    });
    const down = { [`GET ${SPACE}`]: failure('PERMISSION'), [`POST ${CRONJOBS}`]: failure('UNAVAILABLE') };
    await expect(existence(scripted(down).cluster.api).prove('space', CALL)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });
});

describe('a namespace that cannot be read', () => {
  const SPACE = '/api/v1/namespaces/space';
  const proven = async (answer: { readonly status: number; readonly message: string }): Promise<unknown> => {
    const { status, message } = answer;
    const body = JSON.stringify({ kind: 'Status', code: status, message });
    const asked = { method: 'POST', path: CRONJOBS, namespace: 'space', server: 'https://127.0.0.1', context: 'test' };
    const refused = failureOf({ status, headers: {}, body }, asked);
    const scene = scripted({ [`GET ${SPACE}`]: failure('PERMISSION'), [`POST ${CRONJOBS}`]: refused });
    return await existence(scene.cluster.api).prove('space', CALL);
  };
  const about = 'cronjobs.batch "sched-probe-x7f2p" is forbidden';

  test.each([
    [403, `${about}: exceeded quota: q, requested: count/cronjobs.batch=1, used: count/cronjobs.batch=1`],
    [422, `${about}: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no probes`],
    [403, 'admission webhook "rules.example" denied the request: no image of that registry'],
    [400, 'admission webhook "rules.example" denied the request without explanation'],
    [403, `${about}: a rule of the house`],
  ])('is there when its rules refuse the dry run (%i, %s)', async (status, message) => {
    await expect(proven({ status, message })).resolves.toBeUndefined();
  });

  test.each([
    'cronjobs.batch is forbidden: User "u" cannot create resource "cronjobs" in API group "batch" in the namespace "space"',
    'cronjobs.batch "x" is forbidden: User "u" cannot create resource "cronjobs" in API group "batch" in the namespace "space"',
    'Forbidden',
  ])('is not proven by the refusal of a right, nor by one that says nothing (%s)', async (message) => {
    await expect(proven({ status: 403, message })).rejects.toMatchObject({
      code: 'PERMISSION',
      message: expect.stringContaining('cannot be told'),
    });
  });
});

describe('the identity', () => {
  test('is the UID of kube-system, with what every login knows of the cluster', async () => {
    const { cluster } = scripted({ 'GET /api/v1/namespaces/kube-system': { metadata: { uid: 'u-1' } } });
    expect(await identity(cluster.api, CALL)).toMatch(/^uid:u-1 ca:[0-9a-f]{16}@/);
  });

  test('of a cluster that does not show it is its address and who signed its certificate', async () => {
    const { cluster } = scripted({ 'GET /api/v1/namespaces/kube-system': failure('PERMISSION') });
    expect(await identity(cluster.api, CALL)).toMatch(/^ca:[0-9a-f]{16}@127\.0\.0\.1:6443\/base$/);
    const other = { ...cluster.api, server: 'https://127.0.0.1:6444/base' };
    expect(await identity(other, CALL)).not.toBe(await identity(cluster.api, CALL));
  });

  test('of a cluster that does not answer is none', async () => {
    const { cluster } = scripted({ 'GET /api/v1/namespaces/kube-system': failure('UNAVAILABLE') });
    await expect(identity(cluster.api, CALL)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('a rehearsal', () => {
  test('sends every write as a dry run, deletions in their body, and gives them as they would be sent', async () => {
    const scene = scripted({
      [`POST ${CRONJOBS}`]: null,
      [`GET ${PATH}`]: STANDING,
      [`PATCH ${PATH}`]: STANDING,
      [`GET ${JOBS}`]: [job('done', DONE), job('runs')],
      [`PATCH ${JOBS}`]: null,
      [`DELETE ${JOBS}`]: null,
      [`DELETE ${PATH}`]: null,
    });
    const request = { spec: { ...plain, timezone: 'UTC' }, firedBy: 'orchestrator', version: null } as const;
    const given = [
      ...(await rehearse(scene.cluster, { do: 'create', request: REQUEST }, CALL)),
      ...(await rehearse(scene.cluster, { do: 'update', nativeId: ID, request }, CALL)),
      ...(await rehearse(scene.cluster, { do: 'pause', nativeId: ID }, CALL)),
      ...(await rehearse(scene.cluster, { do: 'remove', nativeId: ID, removal: { stopRuns: false } }, CALL)),
    ];
    const sent = scene.requests.filter(({ method }) => method !== 'GET');
    for (const { method, query, body } of sent) {
      const told = method === 'DELETE' ? (body as { dryRun: Json }).dryRun : query?.dryRun;
      expect([method, told]).toEqual([method, method === 'DELETE' ? ['All'] : 'All']);
    }
    expect(JSON.stringify(given)).not.toContain('dryRun');
    const line = ({ method, path }: { readonly method: string; readonly path: string }): string =>
      `${method} https://127.0.0.1:6443/base${path}`;
    expect(given.map(({ method, url }) => `${method} ${url}`)).toEqual(sent.map(line));
    expect(given.map(({ method }) => method)).toEqual([
      'POST',
      'PATCH',
      'PATCH',
      'PATCH',
      'PATCH',
      'DELETE',
      'PATCH',
      'DELETE',
    ]);
  });

  test('of resuming an agent’s schedule says what resuming it would say', async () => {
    const standing = stored(newCronJob(recorded({}, { firedBy: 'agent' }), false));
    const { cluster } = scripted({ [`GET ${PATH}`]: standing });
    await expect(rehearse(cluster, { do: 'resume', nativeId: ID }, CALL)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });
});
