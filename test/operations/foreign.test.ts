/** What carries no stamp: shown, never planned, fixed, or counted; and what could not be looked at at all. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from '../../src/context.js';
import { guard } from '../../src/drivers/guard.js';
import { connect } from '../../src/drivers/kubernetes/driver.js';
import { manifest } from '../../src/drivers/kubernetes/manifest.js';
import { audit } from '../../src/operations/audit/audit.js';
import { compare } from '../../src/operations/audit/natives.js';
import { undo } from '../../src/operations/undo.js';
import { presentAudit } from '../../src/present/audit.js';
import { openCluster } from '../fakes/kubernetes/cluster.js';
import { observed } from '../fakes/kubernetes/observed.js';
import { LOCAL, NOW } from '../registry/support.js';
import { type Scene, STYLE, setScene, theirs } from './scene.js';

let scene: Scene;
beforeEach(() => {
  scene = setScene();
});
afterEach(() => scene.stage.leave());

const plant = () => scene.stage.fake.target.plant({ spec: theirs() });
const told = async () => presentAudit(await scene.audited(), null);
const lines = async (kind: RegExp) => String(await (await told()).text(STYLE)).match(kind);

describe('what carries no stamp', () => {
  test('is foreign, unless it is recorded, and makes neither drift nor an exit status', async () => {
    const [one, taken] = [plant(), plant()];
    await scene.adopted(taken);
    const report = await scene.audited();
    expect(report.findings.filter((found) => found.class !== 'inconclusive')).toMatchObject([
      { class: 'foreign', nativeId: one, scheduleId: null, hint: `sched adopt fake ${one}` },
    ]);
    expect(report.figures).toMatchObject({ checked: 1, unchecked: 0, onlyHere: 0, onlyThere: 0, drift: 0 });
    expect(presentAudit(report, null).exit).toEqual([]);
    expect(presentAudit(report, ['foreign']).exit).toEqual([{ code: 10, reason: '1 foreign' }]);
  });

  test('leaves the drift of ours as it is', async () => {
    const { nativeId } = await scene.make();
    plant();
    scene.stage.fake.target.meddle(nativeId ?? '', 'delete');
    expect((await scene.audited()).figures).toMatchObject({ onlyHere: 1, onlyThere: 0, drift: 100 });
  });

  test('is neither planned nor touched', async () => {
    const one = plant();
    expect((await scene.repaired()).repairs).toEqual([]);
    expect(scene.stage.fake.target.objects().map(({ id }) => id)).toEqual([one]);
  });

  test('is named one by one when there are few, and one line when there are many; data names them all', async () => {
    const ids = [plant(), plant(), plant()];
    expect(await lines(/FOREIGN.*/g)).toEqual(ids.map((id) => `FOREIGN  ${id}  fake  not ours`));
    ids.push(plant());
    expect(await lines(/FOREIGN.*/g)).toEqual(['FOREIGN  4 foreign  fake  sched adopt fake lists them']);
    expect((await told()).item).toMatchObject({ findings: ids.map((id) => ({ class: 'foreign', native_id: id })) });
  });

  test('is the open change’s while one takes it up again', async () => {
    const { nativeId } = await scene.make();
    const { change } = await scene.deleted({ keepNative: true });
    expect((await scene.found()).map((one) => [one.class, one.nativeId])).toEqual([['foreign', nativeId]]);
    const taking = (context: Context) =>
      undo({ change: change ?? 0, force: false, reason: null, dryRun: false }, context);
    expect(await scene.stage.play(taking, { when: 'before', on: 'setStamp' })).toEqual({ kind: 'killed' });
    expect((await scene.found()).map((one) => one.class)).toEqual(['unfinished']);
  });

  test('is not asked for where names are given', async () => {
    await scene.make();
    plant();
    const { findings } = await scene.played((context) =>
      audit({ names: ['nightly'], orchestrator: undefined, since: null }, context),
    );
    expect(findings).toEqual([]);
    expect(scene.stage.fake.target.requests().filter((line) => line.startsWith('findForeign'))).toEqual([]);
  });

  test('that cannot be listed is unchecked, beside ours that were', async () => {
    await scene.make();
    scene.stage.fake.target.inject({ on: 'findForeign', kind: 'refused', status: 403, times: 9 });
    const report = await scene.audited();
    expect(report.coverage).toMatchObject([{ checked: 1, unchecked: 0, error: null }]);
    expect(presentAudit(report, null).exit).toEqual([{ code: 8, reason: '1 unchecked' }]);
    expect(await presentAudit(report, null).text(STYLE)).toContain(
      'UNCHECKED  -  fake  what is not ours there could not be listed: the target answered 403',
    );
  });
});

test('an orchestrator without records that cannot be looked at is not clean', async () => {
  scene.stage.fake.target.inject({ on: 'list', kind: 'refused', status: 401, times: 9 });
  const report = await scene.audited();
  expect(report.findings).toMatchObject([{ class: 'unchecked', scheduleId: null, detail: 'the target answered 401' }]);
  expect(report.coverage).toMatchObject([{ checked: 0, unchecked: 0, error: 'the target answered 401' }]);
  expect(presentAudit(report, null).exit).toEqual([{ code: 8, reason: '1 unchecked' }]);
});

test('a missing schedule is told once, without its runs', async () => {
  const { nativeId } = await scene.make();
  scene.stage.fake.target.meddle(nativeId ?? '', 'delete');
  expect((await scene.audited()).findings.map((one) => one.class)).toEqual(['missing']);
});

test('an unchecked schedule is told once, without its runs', async () => {
  await scene.make();
  scene.stage.fake.target.inject({ on: 'list', kind: 'empty', times: 9 });
  for (const on of ['read', 'runs'] as const) {
    scene.stage.fake.target.inject({ on, kind: 'refused', status: 403, times: 9 });
  }
  expect((await scene.audited()).findings.map((one) => one.class)).toEqual(['unchecked']);
});

test('on Kubernetes a CronJob without our label is foreign, at the cost of one request', async () => {
  const cluster = await openCluster();
  const names = [cluster.plant(), cluster.plant()];
  const { kubeconfig, namespace } = cluster;
  const driver = guard(
    observed(connect({ kubeconfig, namespace }, { env: {}, caFile: undefined }), cluster.during),
    manifest,
    {
      signal: new AbortController().signal,
      clock: { now: Date.now },
      debug: () => undefined,
      timeoutMs: 5_000,
      secrets: [],
    },
  );
  try {
    const orchestrator = { ...LOCAL, name: 'k8s', flavor: 'kubernetes', created: NOW, updated: NOW };
    const asking = { open: new Map(), foreign: true };
    const connection = { orchestrator, manifest, driver };
    const { findings, union } = await compare(scene.stage.registry(), connection, [], asking);
    expect([union, findings.map((found) => [found.class, found.nativeId])]).toEqual([
      0,
      names.map((name) => ['foreign', `${namespace}/${name}`]),
    ]);
    const asked = cluster.control.requests().filter((line) => line.includes('%21sched%2Fstamp'));
    expect(asked).toEqual([expect.stringContaining('findForeign GET ')]);
  } finally {
    await driver.close();
    await cluster.close();
  }
});
