/** What somebody else did to our native objects: told field by field, with who, and repaired. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { presentAudit } from '../../src/present/audit.js';
import { presentGot } from '../../src/present/got.js';
import type { Json } from '../../src/schedule.js';
import { type Scene, STYLE, setScene } from './scene.js';

let scene: Scene;
let nativeId: string;
beforeEach(async () => {
  scene = setScene();
  nativeId = (await scene.make()).nativeId ?? '';
});
afterEach(() => scene.stage.leave());

const style = STYLE;
const NOW = STYLE.now;

function meddle(change: (body: Record<string, Json>) => Record<string, Json>): void {
  scene.stage.fake.target.meddle(nativeId, { body: change(scene.body(nativeId)) });
}

function edited(more: object, tells: Json = {}): void {
  meddle((body) => ({ ...body, spec: { ...(body.spec as object), ...more } as Json, tells }));
}

const by = { changedBy: { cron_expression: { name: 'kubectl-edit', at: NOW - 60_000 } } };

describe('an edit there', () => {
  test('is told with both values and who made it, in words and in data', async () => {
    edited({ timing: { kind: 'cron', expression: '0 4 * * *' } }, by);
    expect(await scene.found()).toMatchObject([
      {
        class: 'drifted',
        fields: [
          { field: 'cron_expression', expected: '0 3 * * *', actual: '0 4 * * *', changedBy: { name: 'kubectl-edit' } },
        ],
      },
    ]);
    const told = presentAudit(await scene.audited(), null);
    expect(await told.text(style)).toContain('cron_expression 0 3 * * * → 0 4 * * * (by kubectl-edit, 1 min ago)');
    expect(told.item).toMatchObject({
      findings: [
        { fields: [{ field: 'cron_expression', changed_by: { name: 'kubectl-edit', at: '2026-11-21T14:02:00Z' } }] },
      ],
    });
  });

  test('is told by get, with what others set and how to look further', async () => {
    edited(
      { timing: { kind: 'cron', expression: '0 4 * * *' } },
      { ...by, foreignFields: ['metadata.labels.app', 'spec.suspend'], commands: ['kubectl get cronjob x'] },
    );
    const got = presentGot([{ name: 'nightly', result: await scene.got(), error: null }], false);
    const text = await got.text(style);
    expect(text).toContain('cron_expression   0 3 * * * → 0 4 * * * (by kubectl-edit, 1 min ago)');
    expect(text).toContain('\nalso set there, not by sched: metadata.labels.app, spec.suspend\n');
    expect(text.endsWith('\n  kubectl get cronjob x')).toBe(true);
    expect(got.item).toMatchObject({
      differences: [{ changed_by: { name: 'kubectl-edit' } }],
      live: { foreign_fields: ['metadata.labels.app', 'spec.suspend'], commands: ['kubectl get cronjob x'] },
    });
  });

  test('makes an update a conflict that says who', async () => {
    edited(
      { timing: { kind: 'cron', expression: '0 4 * * *' } },
      { changedBy: { cron_expression: { name: 'helm', at: null } } },
    );
    await expect(scene.changed({ description: 'x' })).rejects.toMatchObject({
      code: 'CONFLICT',
      detail: 'cron_expression  0 3 * * * → 0 4 * * * (by helm)',
    });
  });

  test('of an image is told as the image, and written over', async () => {
    const { run } = scene.body(nativeId).spec as { run: object };
    edited({ run: { ...run, image: 'evil:1' }, labels: { team: 'them' } });
    const [drift] = await scene.found();
    expect(drift?.fields.map(({ field, expected, actual }) => [field, expected, actual])).toEqual([
      ['run.image', 'acme/train:1', 'evil:1'],
      ['labels.team', null, 'them'],
    ]);
    const { repairs } = await scene.repaired();
    expect(repairs.map(({ words, outcome }) => [words, outcome])).toEqual([
      ['set run.image, labels.team as recorded', 'repaired'],
    ]);
    expect(await scene.found()).toEqual([]);
  });
});

describe('a stamp', () => {
  const without = ({ stamp: _stamp, ...body }: Record<string, Json>) => body;

  test('that is lost is drift, found by the id, told by get, and put on again alone', async () => {
    const { stamp } = scene.body(nativeId);
    meddle(without);
    expect(await scene.found()).toMatchObject([
      { class: 'drifted', nativeId, fields: [{ field: 'stamp', expected: stamp, actual: null }] },
    ]);
    expect((await scene.got()).live).toMatchObject({ state: 'drifted', differences: [{ field: 'stamp' }] });
    await expect(scene.changed({ description: 'x' })).rejects.toMatchObject({ code: 'CONFLICT' });
    const before = scene.stage.fake.target.requests().length;
    const { repairs } = await scene.repaired();
    expect(repairs.map(({ words }) => words)).toEqual(['mark it as ours again']);
    expect(scene.stage.fake.target.requests().slice(before)).not.toContain(`update put ${nativeId}`);
    expect(scene.body(nativeId).stamp).toBe(stamp);
    expect(await scene.found()).toEqual([]);
  });

  test('that is lost beside an edit is put on with it', async () => {
    meddle((body) => without({ ...body, spec: { ...(body.spec as object), timezone: 'Asia/Tokyo' } as Json }));
    const { repairs } = await scene.repaired();
    expect(repairs.map(({ words }) => words)).toEqual(['set timezone as recorded and mark it as ours again']);
    expect(await scene.found()).toEqual([]);
  });

  test('of another registry on ours is told, and left alone', async () => {
    meddle((body) => ({ ...body, stamp: 's1-aaaaaaaa-bbbbbbbbbbbb-1' }));
    expect(await scene.found()).toMatchObject([
      { class: 'drifted', fields: [{ field: 'stamp', actual: 's1-aaaaaaaa-bbbbbbbbbbbb-1' }] },
    ]);
    const { repairs } = await scene.repaired();
    expect(repairs.map(({ outcome }) => outcome)).toEqual(['left alone']);
    expect(scene.body(nativeId).stamp).toBe('s1-aaaaaaaa-bbbbbbbbbbbb-1');
  });

  test('on a copy under another name: a duplicate that names both, and only the copy is removed', async () => {
    const copy = scene.stage.fake.target.plant(scene.body(nativeId));
    expect(await scene.found()).toMatchObject([
      {
        class: 'duplicate',
        nativeId: copy,
        detail: `${copy} is a second one beside ${nativeId}, the recorded one`,
      },
    ]);
    await scene.repaired();
    expect(scene.stage.fake.target.objects().map(({ id }) => id)).toEqual([nativeId]);
    expect(await scene.found()).toEqual([]);
  });

  test('lost by ours and carried by a copy: both are told, and both are put right', async () => {
    const copy = scene.stage.fake.target.plant(scene.body(nativeId));
    meddle(without);
    expect((await scene.found()).map((one) => [one.class, one.nativeId])).toEqual([
      ['drifted', nativeId],
      ['duplicate', copy],
    ]);
    await scene.repaired();
    expect(scene.stage.fake.target.objects().map(({ id }) => id)).toEqual([nativeId]);
    expect(await scene.found()).toEqual([]);
  });
});

describe('a target', () => {
  test('that cannot be listed leaves everything unchecked, with the reason', async () => {
    scene.stage.fake.target.inject({ on: 'list', kind: 'refused', status: 404, times: 9 });
    const report = await scene.audited();
    expect(report.coverage).toMatchObject([{ checked: 0, unchecked: 1, error: 'the target answered 404' }]);
    expect(report.findings.map((one) => [one.class, one.detail])).toEqual([['unchecked', 'the target answered 404']]);
  });

  test('that lists nothing and refuses the direct read: unchecked, never missing', async () => {
    scene.stage.fake.target.inject({ on: 'list', kind: 'empty', times: 9 });
    scene.stage.fake.target.inject({ on: 'read', kind: 'refused', status: 403, times: 9 });
    expect((await scene.found()).map((one) => one.class)).toEqual(['unchecked']);
  });
});

describe('delete', () => {
  const sent = () => scene.stage.fake.target.requests().filter((line) => /^(remove|setPaused|setStamp) /.test(line));

  test('--keep-native takes the stamp off, so that it is nobody’s', async () => {
    await scene.deleted({ keepNative: true });
    expect(scene.body(nativeId)).toMatchObject({ spec: { pipeline: 'train' } });
    expect(scene.body(nativeId).stamp).toBeUndefined();
    expect(scene.stage.registry().tombstones(scene.record().orchestratorId)).toEqual([]);
    expect(await scene.found()).toMatchObject([{ class: 'foreign', nativeId }]);
  });

  test('--keep-native taken back takes up what was kept, and makes no second one', async () => {
    const { stamp } = scene.body(nativeId);
    const { change } = await scene.deleted({ keepNative: true });
    await scene.undone(change ?? 0);
    expect(scene.stage.fake.target.objects().map(({ id }) => id)).toEqual([nativeId]);
    expect([scene.body(nativeId).stamp, scene.record().nativeId]).toEqual([stamp, nativeId]);
    expect(await scene.found()).toEqual([]);
  });

  test('--keep-native where no mark can be taken off says so by a tombstone', async () => {
    const other = setScene('awkward');
    await other.make();
    await other.deleted({ keepNative: true });
    expect(other.stage.registry().tombstones(other.record().orchestratorId)).toMatchObject([{ why: 'kept-native' }]);
    expect((await other.found()).map((one) => one.class)).toEqual(['foreign']);
    other.stage.leave();
  });

  test('--stop-runs reaches the target, and only where it is asked for', async () => {
    await scene.deleted({ stopRuns: true });
    expect(sent()).toEqual([`remove delete ${nativeId}`]);
    expect(scene.stage.fake.target.lastRemoval()).toEqual({ stopRuns: true });
    nativeId = (await scene.make()).nativeId ?? '';
    await scene.deleted();
    expect(scene.stage.fake.target.lastRemoval()).toEqual({ stopRuns: false });
  });

  test('--stop-runs is refused where it cannot be done, and where nothing is removed, before anything is', async () => {
    await expect(scene.deleted({ stopRuns: true, keepNative: true })).rejects.toMatchObject({ code: 'USAGE' });
    expect(sent()).toEqual([]);
    const other = setScene('awkward');
    await other.make();
    await expect(other.deleted({ stopRuns: true })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(other.record().desired).toBe('active');
    other.stage.leave();
  });

  test('a dry run shows the request and does nothing', async () => {
    const { items, change } = await scene.deleted({ dryRun: true });
    expect(items[0]?.result).toMatchObject({
      outcome: 'planned',
      requests: [{ method: 'DELETE', url: `memory://objects/${nativeId}` }],
    });
    expect([change, scene.record().desired]).toEqual([null, 'active']);
  });
});
