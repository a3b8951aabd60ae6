import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makePass } from '../../src/agent/pass.js';
import { type LocalStore, openStore } from '../../src/drivers/local/store/open.js';
import type { ClaimedRun } from '../../src/drivers/local/store/rows.js';
import { everySeconds, handClock, MINUTE, requestOf, START, scratch } from '../drivers-local/samples.js';

let place: ReturnType<typeof scratch>;
let store: LocalStore;
const clock = handClock();

beforeEach(() => {
  place = scratch();
  store = openStore(place.file);
  clock.set(START);
});
afterEach(() => {
  store.close();
  place.remove();
});

/** A pass whose programs are only noted, and that is told to stop when there are `enough`. */
function passUntil(enough: number) {
  const started: ClaimedRun[] = [];
  const pass = makePass({
    store,
    agent: 'a',
    clock,
    work: { start: (run) => void started.push(run) },
    report: () => undefined,
    problem: (error) => {
      throw error;
    },
    stopping: () => started.length >= enough,
  });
  return { pass, started };
}

function make(count: number): string[] {
  return Array.from({ length: count }, () => store.create(requestOf({ timing: everySeconds(60) }), START, []));
}

test('a pass fires all that is due, however much', async () => {
  make(100);
  clock.set(START + MINUTE);
  const { pass, started } = passUntil(Number.POSITIVE_INFINITY);
  await pass.fire();
  expect(started).toHaveLength(100);
  await pass.fire();
  expect(started).toHaveLength(100);
});

test('told to stop in the middle, it claims no more', async () => {
  const [some = ''] = make(100);
  clock.set(START + MINUTE);
  const due = passUntil(10);
  await due.pass.fire();
  expect(due.started.length).toBeLessThan(50);
  for (let key = 0; key < 100; key += 1) {
    store.trigger(some, { key: `${key}`, parameters: {}, trigger: 'manual', scheduled: null }, START);
  }
  const waiting = passUntil(10);
  await waiting.pass.startWaiting(clock.now());
  expect(waiting.started.length).toBeLessThan(50);
  expect(waiting.started.every(({ run }) => run.trigger === 'manual')).toBe(true);
});
