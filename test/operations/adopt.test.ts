/** What stands on an orchestrator already is taken over, managed, and given back. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { adoptable } from '../../src/operations/adopt.js';
import { runs } from '../../src/operations/runs.js';
import { trigger } from '../../src/operations/trigger.js';
import type { Json } from '../../src/schedule.js';
import { parseStamp } from '../../src/stamp.js';
import { type Scene, setScene, theirs } from './scene.js';

let scene: Scene;
beforeEach(() => {
  scene = setScene();
});
afterEach(() => scene.stage.leave());

const NATIVE = { hides: ['pipeline', 'labels', 'description', 'owner', 'parameters', 'catchup_limit'] };
const plant = (more: Record<string, Json> = {}, expression?: string) =>
  scene.stage.fake.target.plant({ spec: theirs(expression), ...NATIVE, ...more });
const writes = () =>
  scene.stage.fake.target.requests().filter((line) => /^(create|remove|update|setPaused|setStamp|trigger) /.test(line));
const standing = () => scene.stage.fake.target.objects().map(({ id, paused }) => [id, paused]);

describe('adopting', () => {
  test('lists what is not ours and not recorded, and writes nothing', async () => {
    await scene.make('0 1 * * *');
    const free = plant({ tells: { madeBy: 'zenml' } });
    const taken = plant();
    await scene.adopted(taken, { name: 'taken' });
    const before = writes().length;
    const rows = await scene.played((context) => adoptable('fake', context));
    expect(rows.map(({ native, spec }) => [native.nativeId, native.madeBy, spec?.timing])).toEqual([
      [free, 'zenml', { kind: 'cron', expression: '0 3 * * *' }],
    ]);
    expect(writes()).toHaveLength(before);
  });

  test('records it as it stands there, and writes nothing there', async () => {
    const id = plant();
    const before = JSON.stringify(scene.stage.fake.target.objects());
    const { items, change } = await scene.adopted(id);
    expect(items).toMatchObject([{ result: { outcome: 'adopted', assumedZone: false, carried: [], stamp: null } }]);
    expect(scene.record()).toMatchObject({
      origin: 'adopted',
      nativeId: id,
      desired: 'active',
      lifecycle: 'ready',
      revision: 1,
      spec: { name: 'nightly', pipeline: 'train', timezone: 'UTC', timing: { expression: '0 3 * * *' } },
    });
    expect(scene.record().nextRun).toBeGreaterThan(Date.now());
    expect(scene.stage.registry().change(change ?? 0)?.verb).toBe('adopt');
    expect(JSON.stringify(scene.stage.fake.target.objects())).toBe(before);
    expect(await scene.found()).toEqual([]);
    expect((await scene.got()).live).toMatchObject({ state: 'as written', differences: [] });
  });

  test('a dry run records nothing, also no identity', async () => {
    const id = plant();
    const { items, change } = await scene.adopted(id, { dryRun: true, stamp: true });
    expect([items[0]?.result?.outcome, change]).toEqual(['planned', null]);
    expect(scene.stage.registry().scheduleNames('', 9)).toEqual([]);
    expect(scene.stage.registry().orchestrator('fake')?.identity).toBeNull();
    expect(scene.body(id).stamp).toBeUndefined();
  });

  test('a zone that is not told is the one that was typed, else UTC and said', async () => {
    const one = plant({ hides: [...NATIVE.hides, 'timezone'] });
    const other = plant({ hides: [...NATIVE.hides, 'timezone'] });
    expect((await scene.adopted(one)).items[0]?.result?.assumedZone).toBe(true);
    expect(scene.record().spec.timezone).toBe('UTC');
    await scene.adopted(other, { name: 'other', timezone: 'Asia/Tokyo' });
    expect(scene.record('other').spec.timezone).toBe('Asia/Tokyo');
    expect(await scene.found()).toEqual([]);
    await expect(scene.adopted(plant(), { name: 'third', timezone: 'Asia/Tokyo' })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  test('the name is the last part of its own unless another is given; one that is taken is a conflict', async () => {
    const id = plant();
    await scene.adopted(id, { name: null });
    expect(scene.record(id)).toMatchObject({ nativeId: id });
    await expect(scene.adopted(plant(), { name: id })).rejects.toMatchObject({
      code: 'CONFLICT',
      hint: '--name gives it another one.',
    });
    await expect(scene.adopted('a', { nativeIds: ['a', 'b'] })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('what is recorded, ours, another registry’s, or not there is refused', async () => {
    const id = plant();
    await scene.adopted(id);
    await expect(scene.adopted(id, { name: 'again' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `${id} is recorded already: it is nightly.`,
    });
    await expect(scene.adopted('nowhere', { name: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const stranger = plant({ stamp: 's1-aaaaaaaa-bbbbbbbbbbbb-1' });
    await expect(scene.adopted(stranger, { name: 'x' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `${stranger} belongs to another registry, aaaaaaaa.`,
    });
    const own = setScene();
    const { nativeId } = await own.make();
    const copy = own.stage.fake.target.plant({ ...own.body(nativeId ?? '') });
    await expect(own.adopted(copy, { name: 'x' })).rejects.toMatchObject({
      message: `${copy} is a second object of nightly, which has ${nativeId}.`,
    });
    own.stage.leave();
  });

  test('an orphan of ours can be adopted', async () => {
    const { nativeId } = await scene.make();
    const copy = scene.stage.fake.target.plant({ ...scene.body(nativeId ?? '') });
    await scene.deleted({ hard: true });
    expect((await scene.found()).map((one) => one.class)).toEqual(['orphan']);
    await scene.adopted(copy);
    expect(await scene.found()).toEqual([]);
  });

  test('one that is paused there is paused here, by who did it', async () => {
    const id = plant({ tells: { changedBy: { paused: { name: 'kubectl-patch', at: 5000 } } } });
    scene.stage.fake.target.meddle(id, { paused: true });
    await scene.adopted(id);
    expect(scene.record()).toMatchObject({ desired: 'paused', pause: { by: 'kubectl-patch', at: 5000 } });
    expect(await scene.found()).toEqual([]);
  });

  test('an expression that only the target reads is carried as its own dialect', async () => {
    const id = plant({ shows: { cron_expression: '@every 1h30m' } });
    await scene.adopted(id);
    expect(scene.record().spec.timing).toEqual({ kind: 'native', dialect: 'memory', text: '@every 1h30m' });
    expect(await scene.found()).toEqual([]);
    await scene.paused(true);
    expect(standing()).toEqual([[id, true]]);
  });
});

describe('an adopted one', () => {
  test('is paused, resumed, triggered and changed in place, unmarked', async () => {
    const id = plant();
    await scene.adopted(id);
    await scene.paused(true);
    expect(standing()).toEqual([[id, true]]);
    await scene.paused(false);
    await scene.played((context) =>
      trigger({ name: 'nightly', parameters: {}, wait: false, timeoutMs: null, dryRun: false }, context),
    );
    expect(await scene.played((context) => runs({ name: 'nightly', filter: { limit: 9 } }, context))).toHaveLength(1);
    await scene.changed({ timing: { kind: 'cron', expression: '0 4 * * *' } });
    expect(standing()).toEqual([[id, false]]);
    expect(scene.body(id)).toMatchObject({ spec: { timing: { expression: '0 4 * * *' } } });
    expect(scene.body(id).stamp).toBeUndefined();
    expect(await scene.found()).toEqual([]);
    expect(scene.record()).toMatchObject({ origin: 'adopted', nativeId: id });
  });

  test('keeps what its record cannot say, through changes, and its drift is noticed', async () => {
    const id = plant({ shows: { catchup_policy: 'last, at most 60 s late' } });
    const { items } = await scene.adopted(id);
    expect(items[0]?.result?.carried).toEqual([{ field: 'catchup_policy', value: 'last, at most 60 s late' }]);
    expect(scene.record().spec.catchup).toBe('last');
    expect(await scene.found()).toEqual([]);
    await scene.changed({ timing: { kind: 'cron', expression: '0 4 * * *' } });
    expect(await scene.found()).toEqual([]);
    const { shows: _shows, ...body } = scene.body(id);
    scene.stage.fake.target.meddle(id, { body: { ...body, shows: { catchup_policy: 'none' } } });
    expect(await scene.found()).toMatchObject([
      {
        class: 'drifted',
        fields: [{ field: 'catchup_policy', expected: 'last, at most 60 s late', actual: 'none' }],
      },
    ]);
  });

  test('that was deleted there is missing', async () => {
    const id = plant();
    await scene.adopted(id);
    scene.stage.fake.target.meddle(id, 'delete');
    expect((await scene.found()).map((one) => one.class)).toEqual(['missing']);
    await scene.deleted();
    expect([writes(), scene.record().desired]).toEqual([[], 'archived']);
  });

  test('is only stopped when it is deleted, and taken up again by undo', async () => {
    const id = plant();
    await scene.adopted(id);
    const { items, change } = await scene.deleted();
    expect(items[0]?.result).toMatchObject({ outcome: 'deleted', native: 'stopped', running: null });
    expect(standing()).toEqual([[id, true]]);
    expect(await scene.found()).toMatchObject([{ class: 'foreign', nativeId: id }]);
    await scene.undone(change ?? 0);
    expect(standing()).toEqual([[id, false]]);
    expect(scene.record()).toMatchObject({ nativeId: id, desired: 'active', origin: 'adopted', generation: 1 });
    expect(await scene.found()).toEqual([]);
  });

  test('paused when it was deleted is paused when it is back, and still known for what it carries', async () => {
    const id = plant({ shows: { catchup_policy: 'last, at most 60 s late' } });
    await scene.adopted(id);
    await scene.paused(true);
    const { change } = await scene.deleted();
    await scene.undone(change ?? 0);
    expect([standing(), scene.record().desired]).toEqual([[[id, true]], 'paused']);
    expect(await scene.found()).toEqual([]);
  });

  test('is removed with --delete-native, and left as it is with --keep-native', async () => {
    const [one, other] = [plant(), plant()];
    await scene.adopted(one);
    expect((await scene.deleted({ deleteNative: true })).items[0]?.result).toMatchObject({ native: 'removed' });
    expect(standing()).toEqual([[other, false]]);
    await scene.adopted(other);
    expect((await scene.deleted({ keepNative: true })).items[0]?.result).toMatchObject({ native: 'left' });
    expect(standing()).toEqual([[other, false]]);
    expect(await scene.found()).toMatchObject([{ class: 'foreign', nativeId: other }]);
  });

  test('is left as it stands when the adoption is undone', async () => {
    const id = plant();
    const { change } = await scene.adopted(id, { stamp: true });
    await scene.undone(change ?? 0);
    expect([standing(), scene.body(id).stamp, scene.record().desired]).toEqual([[[id, false]], undefined, 'archived']);
    expect(await scene.found()).toMatchObject([{ class: 'foreign', nativeId: id }]);
  });
});

describe('--stamp', () => {
  test('marks it and nothing else, and it is listed from then on', async () => {
    const id = plant();
    const { spec } = scene.body(id);
    const { items } = await scene.adopted(id, { stamp: true });
    expect(items[0]?.result?.stamp).toBe(scene.body(id).stamp);
    expect(parseStamp(String(scene.body(id).stamp))?.registry).toBe(scene.stage.registry().identity);
    expect(scene.body(id)).toMatchObject({ spec: { timing: (spec as { timing: Json }).timing } });
    expect(writes()).toEqual([`setStamp get ${id}`, `setStamp put ${id}`]);
    expect(await scene.found()).toEqual([]);
  });

  test('can be made up for, once', async () => {
    const id = plant();
    await scene.adopted(id);
    expect((await scene.adopted(id, { stamp: true })).items[0]?.result?.outcome).toBe('stamped');
    expect(await scene.found()).toEqual([]);
    await expect(scene.adopted(id, { stamp: true })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('is taken off when it is deleted, and when it is kept', async () => {
    const id = plant();
    await scene.adopted(id, { stamp: true });
    await scene.deleted();
    expect([standing(), scene.body(id).stamp]).toEqual([[[id, true]], undefined]);
    expect(await scene.found()).toMatchObject([{ class: 'foreign', nativeId: id }]);
  });

  test('that somebody took off is drift, and is put on again', async () => {
    const id = plant();
    await scene.adopted(id, { stamp: true });
    const { stamp, ...body } = scene.body(id);
    scene.stage.fake.target.meddle(id, { body });
    expect(await scene.found()).toMatchObject([
      { class: 'drifted', fields: [{ field: 'stamp', expected: stamp, actual: null }] },
    ]);
    await scene.repaired();
    expect(scene.body(id).stamp).toBe(stamp);
    expect(await scene.found()).toEqual([]);
  });

  test('is refused where nothing can be marked, before anything is read', async () => {
    const other = setScene('awkward');
    const id = other.stage.fake.target.plant({});
    await expect(other.adopted(id, { stamp: true })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    other.stage.leave();
  });
});
