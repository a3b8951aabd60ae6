import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from '../../src/drivers/local/driver.js';
import { lastHeartbeat } from '../../src/drivers/local/heartbeat.js';
import { outputFile } from '../../src/drivers/local/output.js';
import { openStore } from '../../src/drivers/local/store/open.js';
import { differences, project } from '../../src/projection.js';
import { formatStamp } from '../../src/stamp.js';
import { callAt, collect, handClock, MINUTE, requestOf, START, scratch, specOf } from './samples.js';

let place: ReturnType<typeof scratch>;
let driver: ReturnType<typeof connect>;
const clock = handClock();
const call = callAt(clock);

beforeEach(() => {
  place = scratch();
  clock.set(START);
  driver = connect({ file: place.file });
});

afterEach(async () => {
  await driver.close();
  place.remove();
});

describe('schedules', () => {
  test('what is made reads back without a difference, under its stamp', async () => {
    const request = requestOf({
      labels: { team: 'ads' },
      retry: { count: 2, delaySeconds: 5, factor: 2 },
      description: 'ü "quoted"\n',
    });
    const nativeId = await driver.create(request, call);
    const read = await driver.read(nativeId, call);
    expect(nativeId).toBe(formatStamp(request.stamp));
    expect(read?.stamp).toEqual(request.stamp);
    expect(differences(project(request.spec, false), read?.projection ?? {})).toEqual([]);
  });

  test('asking twice for one stamp makes one', async () => {
    const request = requestOf();
    const first = await driver.create(request, call);
    const again = await driver.create({ ...request, spec: specOf({ description: 'other' }) }, call);
    expect(again).toBe(first);
    expect(await collect(driver.list(call))).toHaveLength(1);
    expect((await driver.read(first, call))?.projection.description).toBeNull();
  });

  test('an unknown one reads undefined, is removed without complaint, and cannot be changed', async () => {
    expect(await driver.read('s1-abcdefgh-abcdefghijkl-1', call)).toBeUndefined();
    await driver.remove('s1-abcdefgh-abcdefghijkl-1', { stopRuns: false }, call);
    await expect(driver.setPaused('nothing', true, call)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(
      driver.update('nothing', { spec: specOf(), firedBy: 'orchestrator', version: null }, call),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(
      driver.trigger('nothing', { key: 'a', parameters: {}, trigger: 'manual', scheduled: null }, call),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(collect(driver.logs('nothing', 'nothing', call))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('the list gives every one of more than a page', async () => {
    const store = openStore(place.file);
    const ids = Array.from({ length: 1203 }, () => {
      const { spec, paused, scheduleId, stamp } = requestOf();
      return store.create({ spec, paused, scheduleId, stamp }, START, []);
    });
    store.close();
    const listed = await collect(driver.list(call));
    expect(listed.map(({ nativeId }) => nativeId)).toEqual(ids.sort());
  });

  test('removing keeps history and stops what has not begun', async () => {
    const nativeId = await driver.create(requestOf(), call);
    await driver.trigger(nativeId, { key: 'a', parameters: {}, trigger: 'manual', scheduled: null }, call);
    await driver.remove(nativeId, { stopRuns: false }, call);
    await driver.remove(nativeId, { stopRuns: false }, call);
    expect(await driver.read(nativeId, call)).toBeUndefined();
    expect(await collect(driver.list(call))).toEqual([]);
    expect(await collect(driver.runs(nativeId, { since: null }, call))).toMatchObject([
      { status: 'stopped', reason: 'its schedule was deleted' },
    ]);
  });

  test('a removed one can be made again', async () => {
    const request = requestOf();
    const nativeId = await driver.create(request, call);
    await driver.remove(nativeId, { stopRuns: false }, call);
    expect(await driver.create({ ...request, paused: true }, call)).toBe(nativeId);
    expect((await driver.read(nativeId, call))?.paused).toBe(true);
  });

  test('an update by a version that no longer holds is a conflict', async () => {
    const nativeId = await driver.create(requestOf({}), call);
    const { version = null } = (await driver.read(nativeId, call)) ?? {};
    await driver.update(nativeId, { spec: specOf({ description: 'one' }), firedBy: 'orchestrator', version }, call);
    await expect(
      driver.update(nativeId, { spec: specOf({ description: 'two' }), firedBy: 'orchestrator', version }, call),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await driver.read(nativeId, call))?.projection.description).toBe('one');
  });

  test('pausing and resuming twice changes once, and an update keeps the pause', async () => {
    const nativeId = await driver.create(requestOf(), call);
    await driver.setPaused(nativeId, true, call);
    const paused = await driver.read(nativeId, call);
    await driver.setPaused(nativeId, true, call);
    expect(await driver.read(nativeId, call)).toEqual(paused);
    await driver.update(
      nativeId,
      { spec: specOf({ owner: 'anna' }), firedBy: 'orchestrator', version: paused?.version ?? null },
      call,
    );
    expect((await driver.read(nativeId, call))?.paused).toBe(true);
    await driver.setPaused(nativeId, false, call);
    expect((await driver.read(nativeId, call))?.paused).toBe(false);
  });
});

describe('runs', () => {
  test('a trigger waits for an agent, also while paused, and its key gives the same run', async () => {
    const nativeId = await driver.create(requestOf({}, true), call);
    const request = { key: 'k', parameters: { a: 1 }, trigger: 'backfill', scheduled: START - MINUTE } as const;
    const run = await driver.trigger(nativeId, request, call);
    expect(run).toMatchObject({ status: 'pending', trigger: 'backfill', scheduled: START - MINUTE, started: null });
    expect(await driver.trigger(nativeId, request, call)).toEqual(run);
    expect((await driver.trigger(nativeId, { ...request, key: 'l' }, call)).nativeId).not.toBe(run.nativeId);
  });

  test('come newest first, since a time', async () => {
    const nativeId = await driver.create(requestOf(), call);
    for (let index = 0; index < 3; index += 1) {
      clock.set(START + index * MINUTE);
      await driver.trigger(
        nativeId,
        { key: `${index}`, parameters: {}, trigger: 'backfill', scheduled: START + index },
        call,
      );
    }
    const scheduled = async (since: number | null) =>
      (await collect(driver.runs(nativeId, { since }, call))).map((run) => run.scheduled);
    expect(await scheduled(null)).toEqual([START + 2, START + 1, START]);
    expect(await scheduled(START + MINUTE)).toEqual([START + 2, START + 1]);
  });

  test('output is the bytes of all attempts, and says what was dropped', async () => {
    const nativeId = await driver.create(requestOf(), call);
    const { nativeId: runId } = await driver.trigger(
      nativeId,
      { key: 'k', parameters: {}, trigger: 'manual', scheduled: null },
      call,
    );
    expect(await collect(driver.logs(nativeId, runId, call))).toEqual([]);
    const part = outputFile(place.file, { nativeId, runId, attempt: 1 });
    mkdirSync(dirname(part), { recursive: true });
    const bytes = Buffer.from([0, 255, 10, 13, 128]);
    writeFileSync(part, bytes);
    expect(Buffer.concat(await collect(driver.logs(nativeId, runId, call)))).toEqual(bytes);
    const store = openStore(place.file);
    store.noteDropped(runId, 1, 7);
    store.noteDropped(runId, 1, 5);
    store.close();
    expect(Buffer.concat(await collect(driver.logs(nativeId, runId, call))).toString('latin1')).toMatch(
      /^\[the first 12 bytes .*\]\n\0/,
    );
  });
});

describe('the file', () => {
  test('is private, has an identity of its own, and is made by the first call only', async () => {
    expect(lastHeartbeat(place.file)).toBeNull();
    expect(() => statSync(place.file)).toThrow();
    const identity = await driver.identity(call);
    expect(identity).toMatch(/^[0-9a-f-]{36}$/);
    await driver.close();
    expect(await driver.identity(call)).toBe(identity);
    expect(statSync(place.file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(place.file)).mode & 0o777).toBe(0o700);
    expect(lastHeartbeat(place.file)).toBeNull();
  });

  test('must be named by an absolute path', async () => {
    await expect(connect({ file: 'agent.db' }).identity(call)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('a heartbeat counts while its agent lives, or was to make one pass', async () => {
    const store = openStore(place.file);
    const agent = { host: 'here', pidSpace: 'x', pid: 1, pidStarted: null };
    store.register({ ...agent, id: 'a', once: false }, START);
    store.beat('a', START + 5);
    expect(lastHeartbeat(place.file)).toBe(START + 5);
    store.register({ ...agent, id: 'b', once: true }, START + 1);
    store.retire('b', START + 2);
    store.retire('a', START + 9);
    expect(lastHeartbeat(place.file)).toBe(START + 2);
    store.close();
  });
});

describe('check', () => {
  test('speaks of file, agent, clock and folders', async () => {
    const folder = join(place.folder, 'in');
    await driver.create(requestOf({ timing: { kind: 'change', folder, pollSeconds: 5, parameter: 'file' } }), call);
    const before = await collect(driver.check(call));
    expect(before.map(({ item, ok }) => [item, ok])).toEqual([
      ['file', true],
      ['agent', false],
      ['clock', true],
      [`folder ${folder}`, false],
    ]);
    mkdirSync(folder);
    const store = openStore(place.file);
    store.register({ id: 'a', host: 'here', pidSpace: 'x', pid: 1, pidStarted: null, once: false }, START);
    store.close();
    expect((await collect(driver.check(call))).every(({ ok }) => ok)).toBe(true);
    clock.set(START - 2 * MINUTE);
    expect((await collect(driver.check(call))).find(({ item }) => item === 'clock')).toMatchObject({ ok: false });
  });

  test('a folder that is a file is refused when it is to be watched', async () => {
    const folder = join(place.folder, 'plain');
    writeFileSync(folder, '');
    const timing = { kind: 'change', folder, pollSeconds: 5, parameter: 'file' } as const;
    await expect(driver.create(requestOf({ timing }), call)).rejects.toMatchObject({ code: 'FAILED' });
  });
});
