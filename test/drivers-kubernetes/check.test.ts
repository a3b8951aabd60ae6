/** What `check` says of the login, the namespace and the rights on a cluster. */
import { describe, expect, test } from '@jest/globals';
import type { CheckItem } from '../../src/drivers/driver.js';
import type { Api } from '../../src/drivers/kubernetes/api.js';
import { check } from '../../src/drivers/kubernetes/check.js';
import { grantCommand, PERMISSIONS, permissionText } from '../../src/drivers/kubernetes/permissions.js';
import { SchedError } from '../../src/errors.js';
import { type Answer, CALL, denied, itemOf, items, ROBOT, scripted } from './checked-cluster.js';

describe('a cluster on which all is well', () => {
  test('says what was looked at', async () => {
    expect((await items({})).map(({ item, ok, detail }) => `${ok} ${item}: ${detail}`)).toEqual([
      'true server: Kubernetes v1.36.3 at https://cluster.example',
      `true login: ${ROBOT} (system:serviceaccounts, system:authenticated)`,
      'true namespace team: exists',
      ...PERMISSIONS.map((permission) => `true ${permissionText(permission)}: allowed`),
      'true service account default: exists',
      'true pending pods: none',
      'true quotas: none',
      'true nodes: 1 node, ready and without pressure',
    ]);
  });

  test('is only asked, and no more than six times at once for rights', async () => {
    const { api, sent } = scripted({});
    let open = 0;
    let most = 0;
    const counting: Api = {
      ...api,
      async request(request, call) {
        open += 1;
        most = Math.max(most, open);
        await new Promise((resolve) => setTimeout(resolve, 1));
        open -= 1;
        return await api.request(request, call);
      },
    };
    for await (const item of check(counting, {}, CALL)) {
      expect(item.ok).toBe(true);
    }
    expect(most).toBe(6);
    expect(sent.filter((line) => !/^GET |selfsubject(access)?reviews$/.test(line))).toEqual([]);
  });
});

describe('the login', () => {
  test('ends it all when the cluster does not take it', async () => {
    const refused = new SchedError('AUTHENTICATION', 'No.');
    await expect(items({ answers: { 'GET /version': refused } })).rejects.toBe(refused);
    await expect(
      items({ answers: { 'POST /apis/authentication.k8s.io/v1/selfsubjectreviews': refused } }),
    ).rejects.toBe(refused);
  });

  test('is not checked where the cluster does not know the question', async () => {
    const unknown = new SchedError('UNSUPPORTED', 'It does not know it.');
    const cluster = {
      answers: { 'POST /apis/authentication.k8s.io/v1/selfsubjectreviews': unknown },
      missing: ['get cronjobs.batch'],
    };
    expect(await itemOf('login', cluster)).toMatchObject({ ok: null, detail: 'not checked: It does not know it.' });
    // Nobody can be granted anything without a name.
    expect(await itemOf('get cronjobs.batch', cluster)).toMatchObject({ ok: false, hint: null });
  });

  test.each([
    ['v1.26.15', false],
    ['v1.27.0-gke.100', true],
    ['v1.36.3', true],
    ['v2.0.0', true],
  ])('of %s has time zones: %s', async (gitVersion, ok) => {
    expect(await itemOf('server', { answers: { 'GET /version': { gitVersion } } })).toMatchObject({ ok });
  });
});

describe('the namespace', () => {
  const path = 'GET /api/v1/namespaces/team';
  const probe = 'POST /apis/batch/v1/namespaces/team/cronjobs';
  const absent = new SchedError('NOT_FOUND', 'There is no namespace team.');

  test.each<[string, Readonly<Record<string, Answer>>, Partial<CheckItem>]>([
    [
      'there is none',
      { [path]: absent },
      { ok: false, detail: 'does not exist', hint: 'kubectl create namespace team' },
    ],
    ['it goes', { [path]: { status: { phase: 'Terminating' } } }, { ok: false }],
    ['a dry run proves it', { [path]: denied, [probe]: {} }, { ok: true, detail: 'exists' }],
    ['a dry run disproves it', { [path]: denied, [probe]: absent }, { ok: false, detail: 'does not exist' }],
    ['nothing may be asked', { [path]: denied, [probe]: denied }, { ok: null }],
  ])('%s', async (_name, answers, expected) => {
    expect(await itemOf('namespace team', { answers })).toMatchObject(expected);
  });

  test('that is not there is not looked into, where all would be empty and fine', async () => {
    const said = (await items({ answers: { [path]: absent } })).map(({ item }) => item);
    expect(said).not.toContain('pending pods');
    expect(said).not.toContain('quotas');
    expect(said.at(-1)).toBe('nodes');
  });
});

describe('permissions', () => {
  test('that are missing are exactly those, each with the command that grants it, and one for all at the end', async () => {
    const missing = ['patch cronjobs.batch', 'create jobs.batch', 'list nodes'];
    const found = await items({ missing });
    const failed = found.filter(({ ok }) => ok !== true);
    expect(failed).toEqual([
      {
        item: 'patch cronjobs.batch',
        ok: false,
        detail: 'not allowed: needed to update, pause and resume schedules',
        hint:
          'kubectl create role sched-patch-cronjobs-batch --verb=patch --resource=cronjobs.batch -n team && ' +
          'kubectl create rolebinding sched-patch-cronjobs-batch --role=sched-patch-cronjobs-batch --serviceaccount=team:robot -n team',
      },
      {
        item: 'create jobs.batch',
        ok: false,
        detail: 'not allowed: needed to trigger runs',
        hint: expect.stringContaining('--verb=create --resource=jobs.batch -n team'),
      },
      {
        item: 'list nodes',
        ok: null,
        detail: 'not allowed, can be done without: no word about nodes',
        hint:
          'kubectl create clusterrole sched-list-nodes --verb=list --resource=nodes && ' +
          'kubectl create clusterrolebinding sched-list-nodes --clusterrole=sched-list-nodes --serviceaccount=team:robot',
      },
      {
        item: 'permissions',
        ok: false,
        detail: '2 needed and 1 useful ones are missing, all granted by:',
        hint: failed
          .slice(0, 3)
          .map(({ hint }) => hint)
          .join(' && '),
      },
    ]);
  });

  test('that can be done without break nothing', async () => {
    const optional = PERMISSIONS.filter(({ without }) => without !== null).map(permissionText);
    expect(optional).toEqual([
      'patch cronjobs.batch/status',
      'list pods',
      'get pods/log',
      'get namespaces kube-system',
      'list resourcequotas',
      'list nodes',
      'get serviceaccounts',
    ]);
    const found = await items({ missing: optional });
    expect(found.filter(({ ok }) => ok === false)).toEqual([]);
    expect(found.filter(({ ok }) => ok === null)).toHaveLength(optional.length + 1);
  });

  test('are not checked where the cluster may not be asked, or does not know', async () => {
    const reviews = 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    for (const answer of [denied, { status: { allowed: false, evaluationError: 'webhook is down' } }]) {
      const found = await items({ answers: { [reviews]: answer } });
      const rights = found.filter(({ item }) => PERMISSIONS.some((permission) => permissionText(permission) === item));
      expect(rights.map(({ ok }) => ok)).toEqual(PERMISSIONS.map(() => null));
      expect(rights[0]?.detail).toMatch(/^not checked: /);
    }
  });

  test('are granted with resources of the same verbs together, to users and to accounts', () => {
    const all = grantCommand(PERMISSIONS, ROBOT, 'team');
    expect(all).toContain('--verb=get,list,create,patch,delete --resource=cronjobs.batch,jobs.batch -n team');
    expect(all).toContain('--verb=patch --resource=cronjobs.batch/status -n team');
    expect(all).toContain('--verb=get --resource=namespaces --resource-name=kube-system && ');
    expect(all.match(/create (cluster)?role /g)).toHaveLength(6);
    expect(grantCommand(PERMISSIONS.slice(0, 1), 'alice@example.com', 'team')).toContain(' --user=alice@example.com ');
    expect(grantCommand(PERMISSIONS.slice(0, 1), "O'Hara; rm", 'team')).toContain(` --user='O'\\''Hara; rm' `);
  });
});
