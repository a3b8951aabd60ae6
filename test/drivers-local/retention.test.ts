import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type LocalStore, openStore } from '../../src/drivers/local/store/open.js';
import { HOUR, MINUTE, requestOf, START, scratch } from './samples.js';

let place: ReturnType<typeof scratch>;
let store: LocalStore;
let other: LocalStore;

beforeEach(() => {
  place = scratch();
  store = openStore(place.file);
  other = openStore(place.file);
});
afterEach(() => {
  store.close();
  other.close();
  place.remove();
});

test('a run goes after 30 days, or behind 1,000 newer ones, and never while it runs', () => {
  const nativeId = store.create(requestOf({ overlap: 'allow' }), START, []);
  const keys = Array.from({ length: 1005 }, (_, index) => `${index}`);
  for (const key of keys) {
    const { nativeId: runId } = store.trigger(
      nativeId,
      { key, parameters: {}, trigger: 'manual', scheduled: null },
      START,
    );
    if (key !== '0') {
      store.take(runId, 'a', START);
      store.settle(
        { runId, attempt: 1, agent: 'a' },
        { status: 'succeeded', exitCode: 0, reason: null, finished: START },
        START,
      );
    }
  }
  expect(store.beginForgetting(START + MINUTE)).toBe(true);
  expect(other.beginForgetting(START + 2 * MINUTE)).toBe(false);
  expect(store.dropOld(START + MINUTE, 3)).toHaveLength(3);
  expect(store.dropOld(START + MINUTE, 500)).toHaveLength(1);
  expect(store.dropOld(START + MINUTE, 500)).toHaveLength(0);
  expect(store.dropOld(START + 31 * 24 * HOUR, 2000)).toHaveLength(1000);
  const { runs } = store.runs(nativeId, { since: null, before: null, limit: 10 });
  expect(runs.map(({ status }) => status)).toEqual(['pending']);
});

test('a removed schedule goes with its last run', () => {
  const request = requestOf();
  const nativeId = store.create(request, START, []);
  store.trigger(nativeId, { key: 'k', parameters: {}, trigger: 'manual', scheduled: null }, START);
  store.remove(nativeId, START);
  store.dropOld(START + 31 * 24 * HOUR, 10);
  expect(store.runs(nativeId, { since: null, before: null, limit: 10 }).runs).toEqual([]);
  expect(store.create({ ...request, paused: true }, START + MINUTE, [])).toBe(nativeId);
  expect(store.read(nativeId)?.version).toBe('1');
});
