import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { PatienceError } from '../../src/drivers/shared/patience.js';
import { ERROR_CODES, type ErrorCode, SchedError } from '../../src/errors.js';
import { collect } from '../conformance/room.js';
import { failing, guarded, NATIVE, REQUEST, RUN, SPEC, START } from './scripted.js';

const down = new SchedError('UNAVAILABLE', 'down');
const slowDown = new SchedError('RATE_LIMITED', 'slow down');
const conflict = new SchedError('CONFLICT', 'changed');

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** The outcome, and how many milliseconds passed until then. */
async function timed<T>(action: Promise<T>): Promise<{ value?: T; error?: unknown; took: number }> {
  const before = performance.now();
  const outcome = action.then(
    (value) => ({ value, took: performance.now() - before }),
    (error: unknown) => ({ error, took: performance.now() - before }),
  );
  await jest.runAllTimersAsync();
  return await outcome;
}

describe('a read', () => {
  test('is made five times at most, with pauses that grow, and ends with the last error', async () => {
    const script = failing(Array(9).fill(down), NATIVE);
    const { error, took } = await timed(guarded({ read: script.call }).read('n'));
    expect(error).toBe(down);
    expect(script.count()).toBe(5);
    // 125 + 250 + 500 + 1000 at least, twice that at most.
    expect(took).toBeGreaterThanOrEqual(1875);
    expect(took).toBeLessThanOrEqual(3750);
  });

  test('pauses differ from one another', async () => {
    const times = new Set<number>();
    for (let count = 0; count < 5; count += 1) {
      times.add((await timed(guarded({ read: failing([down], NATIVE).call }).read('n'))).took);
    }
    expect(times.size).toBeGreaterThan(1);
  });

  test.each(Object.keys(ERROR_CODES) as ErrorCode[])(
    'with %s is made again only when the table says so',
    async (code) => {
      const script = failing([new SchedError(code, code)], NATIVE);
      const { value } = await timed(guarded({ read: script.call }).read('n'));
      expect([script.count(), value]).toEqual(ERROR_CODES[code].retry ? [2, NATIVE] : [1, undefined]);
    },
  );

  test('waits as long as the target asks, and a little more', async () => {
    const script = failing([new PatienceError('RATE_LIMITED', 'slow down', 7000)], NATIVE);
    const { value, took } = await timed(guarded({ read: script.call }).read('n'));
    expect(value).toBe(NATIVE);
    expect(took).toBeGreaterThanOrEqual(7000);
    expect(took).toBeLessThanOrEqual(7250);
  });

  test('does not begin to wait for longer than its time allows', async () => {
    const patience = new PatienceError('UNAVAILABLE', 'back in an hour', 3_600_000);
    const { error, took } = await timed(guarded({ read: failing([patience], NATIVE).call }).read('n'));
    expect(error).toBe(patience);
    expect(took).toBe(0);
  });

  test('that was interrupted while waiting is not made again', async () => {
    const controller = new AbortController();
    const script = failing(Array(9).fill(down), NATIVE);
    setTimeout(() => controller.abort(), 60);
    const outcome = guarded({ read: script.call }, { signal: controller.signal })
      .read('n')
      .catch((error: unknown) => error);
    // The first pause is 125 ms or more.
    await jest.advanceTimersByTimeAsync(60);
    expect(await outcome).toMatchObject({ code: 'INTERRUPTED' });
    expect([script.count(), jest.getTimerCount()]).toEqual([1, 0]);
  });
});

test('an answer leaves no timer behind', async () => {
  await guarded({}).read('n');
  await collect(guarded({}).list());
  await guarded({}).close();
  expect(jest.getTimerCount()).toBe(0);
});

describe('what may take effect twice', () => {
  test.each([
    ['client', 'UNAVAILABLE', 2],
    ['server', 'UNAVAILABLE', 1],
    ['client', 'RATE_LIMITED', 2],
    ['server', 'RATE_LIMITED', 2],
  ] as const)('create, named by the %s, after %s: %i calls', async (nativeIds, code, calls) => {
    const script = failing([new SchedError(code, 'no')], 'n');
    await timed(guarded({ create: script.call }, {}, { nativeIds }).create(REQUEST));
    expect(script.count()).toBe(calls);
  });

  test.each([
    ['1', down, 2],
    [null, down, 1],
    [null, slowDown, 2],
  ] as const)('update with version %s after %s: %i calls', async (version, error, calls) => {
    const script = failing([error], undefined);
    await timed(guarded({ update: script.call }).update('n', { spec: SPEC, firedBy: 'orchestrator', version }));
    expect(script.count()).toBe(calls);
  });

  test.each([
    [down, 1],
    [slowDown, 2],
  ] as const)('trigger after %s: %i calls', async (error, calls) => {
    const script = failing([error], RUN);
    await timed(guarded({ trigger: script.call }).trigger('n', START));
    expect(script.count()).toBe(calls);
  });

  test('remove and pause are asked again', async () => {
    const [remove, setPaused] = [failing([down], undefined), failing([down], undefined)];
    const driver = guarded({ remove: remove.call, setPaused: setPaused.call });
    await timed(driver.remove('n'));
    await timed(driver.setPaused('n', true));
    expect([remove.count(), setPaused.count()]).toEqual([2, 2]);
  });

  test('a conflict after a lost answer may be our own: the outcome is unknown', async () => {
    const script = failing([down, conflict], undefined);
    const { error } = await timed(
      guarded({ update: script.call }).update('n', { spec: SPEC, firedBy: 'orchestrator', version: '1' }),
    );
    expect(error).toMatchObject({ code: 'UNAVAILABLE', cause: down });
    expect(script.count()).toBe(2);
  });

  test('a conflict after a refusal is a conflict', async () => {
    const script = failing([slowDown, conflict], undefined);
    const { error } = await timed(
      guarded({ update: script.call }).update('n', { spec: SPEC, firedBy: 'orchestrator', version: '1' }),
    );
    expect(error).toBe(conflict);
  });
});

describe('a list', () => {
  test('is opened again as long as nothing of it was given', async () => {
    let opened = 0;
    const driver = guarded({
      async *list() {
        opened += 1;
        if (opened < 3) {
          throw down;
        }
        yield NATIVE;
      },
    });
    const { value } = await timed(collect(driver.list()));
    expect([opened, value]).toEqual([3, [NATIVE]]);
  });

  test('that fails later is an error, even when the target only asks for patience', async () => {
    for (const error of [down, slowDown]) {
      let opened = 0;
      const driver = guarded({
        async *list() {
          opened += 1;
          yield NATIVE;
          throw error;
        },
      });
      const outcome = await timed(collect(driver.list()));
      expect([opened, outcome.error]).toEqual([1, error]);
    }
  });
});
