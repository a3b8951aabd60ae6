import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Call } from '../../src/drivers/driver.js';
import { SchedError } from '../../src/errors.js';
import { collect, refusal } from '../conformance/room.js';
import { guarded, MANIFEST, NATIVE, REQUEST, RUN, SPEC, START } from './scripted.js';

/** Never answers and does not care about signals. */
function deaf(): Promise<never> {
  return new Promise(() => undefined);
}

describe('the deadline', () => {
  test('ends a call that never answers, tells the driver, and names flavor and operation', async () => {
    let signal: AbortSignal | undefined;
    const driver = guarded(
      {
        read(_id, call) {
          signal = call.signal;
          return deaf();
        },
      },
      { timeoutMs: 30 },
    );
    const error = await refusal(() => driver.read('n'), 'TIMED_OUT');
    expect(error.message).toMatch(/scripted .*0\.03 s \(read\)/);
    expect(signal?.aborted).toBe(true);
  });

  test('holds for each method', async () => {
    const never = async function* (): AsyncGenerator<never> {
      yield await deaf();
    };
    const driver = guarded(
      {
        identity: deaf,
        create: deaf,
        read: deaf,
        list: never,
        remove: deaf,
        update: deaf,
        setPaused: deaf,
        trigger: deaf,
        runs: never,
        logs: never,
        findForeign: never,
        check: never,
        close: deaf,
      },
      { timeoutMs: 20 },
      { concurrency: 20 },
    );
    await Promise.all(
      [
        () => driver.identity(),
        () => driver.create(REQUEST),
        () => driver.read('n'),
        () => collect(driver.list()),
        () => driver.remove('n'),
        () => driver.update('n', { spec: SPEC, firedBy: 'orchestrator', version: null }),
        () => driver.setPaused('n', true),
        () => driver.trigger('n', START),
        () => collect(driver.runs('n', { since: null })),
        () => collect(driver.logs('n', 'r')),
        () => collect(driver.findForeign()),
        () => collect(driver.check()),
        () => driver.close(),
      ].map((call) => refusal(call, 'TIMED_OUT')),
    );
  });

  test('counts the wait for an item of a list, not what the reader does between two', async () => {
    const driver = guarded(
      {
        async *list() {
          yield NATIVE;
          yield NATIVE;
          await deaf();
        },
      },
      { timeoutMs: 40 },
    );
    const seen: unknown[] = [];
    await refusal(async () => {
      for await (const native of driver.list()) {
        seen.push(native);
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
    }, 'TIMED_OUT');
    expect(seen).toHaveLength(2);
  });

  test('begins anew with each item', async () => {
    const driver = guarded(
      {
        async *list() {
          for (let count = 0; count < 5; count += 1) {
            await new Promise((resolve) => setTimeout(resolve, 60));
            yield NATIVE;
          }
        },
      },
      { timeoutMs: 150 },
    );
    expect(await collect(driver.list())).toHaveLength(5);
  });

  test('holds for an item that is asked for while time runs', async () => {
    const driver = guarded(
      {
        async *list() {
          await new Promise((resolve) => setTimeout(resolve, 30));
          yield NATIVE;
          await deaf();
        },
      },
      { timeoutMs: 80 },
    );
    await refusal(() => collect(driver.list()), 'TIMED_OUT');
  }, 5000);

  test('does not count the wait for a free place', async () => {
    const driver = guarded(
      { read: () => new Promise((resolve) => setTimeout(resolve, 30, NATIVE)) },
      { timeoutMs: 200 },
      { concurrency: 1 },
    );
    const reads = await Promise.all(Array.from({ length: 12 }, () => driver.read('n')));
    expect(reads).toHaveLength(12);
  });

  test('what fails after it was given up fails unheard', async () => {
    const driver = guarded(
      { read: () => new Promise((_resolve, reject) => setTimeout(reject, 40, new Error('late'))) },
      { timeoutMs: 10 },
    );
    await refusal(() => driver.read('n'), 'TIMED_OUT');
    // An unheard rejection would end the process here.
    await new Promise((resolve) => setTimeout(resolve, 60));
  });
});

describe('an interruption', () => {
  test('ends what waits, also for a place, and asks nothing more', async () => {
    const controller = new AbortController();
    let calls = 0;
    const read = (): Promise<never> => {
      calls += 1;
      return deaf();
    };
    const driver = guarded({ read }, { signal: controller.signal }, { concurrency: 1 });
    const waiting = [1, 2, 3].map(() => refusal(() => driver.read('n'), 'INTERRUPTED'));
    setTimeout(() => controller.abort(), 5);
    await Promise.all(waiting);
    await refusal(() => driver.read('n'), 'INTERRUPTED');
    await refusal(() => collect(driver.list()), 'INTERRUPTED');
    expect(calls).toBe(1);
  });

  test('with a reason of its own ends with that', async () => {
    const reason = new SchedError('TIMED_OUT', 'the command took too long');
    const driver = guarded({}, { signal: AbortSignal.abort(reason) });
    expect(await refusal(() => driver.read('n'), 'TIMED_OUT')).toBe(reason);
  });

  test('leaves close to do its work', async () => {
    const done: string[] = [];
    const close = async (): Promise<void> => void done.push('closed');
    await guarded({ close }, { signal: AbortSignal.abort() }).close();
    expect(done).toEqual(['closed']);
  });

  test('is listened for only while a call lasts', async () => {
    const { signal } = new AbortController();
    const driver = guarded({}, { signal });
    await Promise.all(Array.from({ length: 100 }, () => driver.read('n')));
    await collect(driver.list());
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    // What Node keeps of `events.setMaxListeners`; without it the eleventh listener is a warning on stderr.
    const limit = Object.getOwnPropertySymbols(signal).find(
      (each) => each.description === 'events.maxEventTargetListeners',
    );
    expect(limit && Reflect.get(signal, limit)).toBe(0);
  });
});

describe('a reader who has seen enough', () => {
  test('lets the driver put its things away, and stops it', async () => {
    let left = false;
    let signal: AbortSignal | undefined;
    const driver = guarded({
      async *list(call) {
        signal = call.signal;
        try {
          for (;;) {
            yield NATIVE;
          }
        } finally {
          left = true;
        }
      },
    });
    for await (const _native of driver.list()) {
      break;
    }
    expect([left, signal?.aborted]).toEqual([true, true]);
  });
});

test('a list that failed is not asked to put its things away', async () => {
  const asked: string[] = [];
  const items: AsyncIterator<typeof NATIVE> = {
    next: async () => {
      asked.push('next');
      return asked.length === 1 ? { done: false, value: NATIVE } : Promise.reject(new Error('broken'));
    },
    return: async () => {
      asked.push('return');
      return { done: true, value: undefined };
    },
  };
  await refusal(() => collect(guarded({ list: () => ({ [Symbol.asyncIterator]: () => items }) }).list()), 'FAILED');
  expect(asked).toEqual(['next', 'next']);
});

describe('places', () => {
  test('are never more than the manifest says, and everybody gets one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }),
        async (concurrency, works) => {
          let now = 0;
          let most = 0;
          const work = async (): Promise<typeof NATIVE> => {
            now += 1;
            most = Math.max(most, now);
            await new Promise((resolve) => setTimeout(resolve, 1));
            now -= 1;
            return NATIVE;
          };
          const driver = guarded(
            {
              read: work,
              remove: async () => void (await work()),
              async *list() {
                yield await work();
                yield await work();
              },
            },
            {},
            { concurrency },
          );
          const done = await Promise.all(
            works.map((kind) =>
              (kind === 0 ? driver.remove('n') : kind === 1 ? collect(driver.list()) : driver.read('n')).then(
                () => true,
              ),
            ),
          );
          expect(done).toHaveLength(works.length);
          expect(most).toBeLessThanOrEqual(concurrency);
          expect(most).toBeGreaterThanOrEqual(Math.min(1, works.length));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('are free between two items: what is listed can be read, with one place only', async () => {
    const driver = guarded({}, { timeoutMs: 500 }, { concurrency: 1 });
    for await (const { nativeId } of driver.list()) {
      expect(await driver.read(nativeId)).toBe(NATIVE);
    }
  });
});

describe('errors that are no sentences', () => {
  test.each([
    [Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), 'UNAVAILABLE'],
    [new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ENOTFOUND' }) }), 'UNAVAILABLE'],
    [Object.assign(new Error('x'), { code: 'UND_ERR_SOCKET' }), 'UNAVAILABLE'],
    [Object.assign(new Error('no such file'), { code: 'ENOENT' }), 'FAILED'],
    [new TypeError('x is not a function'), 'FAILED'],
  ] as const)('%s is %s', async (cause, code) => {
    const error = await refusal(() => guarded({ trigger: () => Promise.reject(cause) }).trigger('n', START), code);
    expect(error.message).toBe(`scripted trigger failed: ${cause.message}`);
    expect(error.cause).toBe(cause);
  });

  test('a text instead of an error and a throw outside a promise are told too', async () => {
    const driver = guarded({
      read: () => Promise.reject('just text'),
      remove() {
        throw new Error('at once');
      },
    });
    expect((await refusal(() => driver.read('n'), 'FAILED')).message).toBe('scripted read failed: just text');
    expect((await refusal(() => driver.remove('n'), 'FAILED')).message).toBe('scripted remove failed: at once');
  });
});

describe('limits', () => {
  test('hold before anything is asked', async () => {
    const called: string[] = [];
    const driver = guarded(
      {
        create: async () => String(called.push('create')),
        trigger: async () => {
          called.push('trigger');
          return RUN;
        },
        update: async () => void called.push('update'),
      },
      {},
      { capabilities: ['trigger', 'update'], fields: [], timing: { ...MANIFEST.timing, timezones: 'utc' } },
    );
    const elsewhere = { ...SPEC, timezone: 'Europe/Berlin' };
    await refusal(() => driver.create({ ...REQUEST, paused: true }), 'UNSUPPORTED');
    await refusal(() => driver.create({ ...REQUEST, spec: elsewhere }), 'UNSUPPORTED');
    await refusal(() => driver.update('n', { spec: elsewhere, firedBy: 'orchestrator', version: null }), 'UNSUPPORTED');
    await refusal(() => driver.trigger('n', { ...START, parameters: { a: 1 } }), 'UNSUPPORTED');
    await refusal(() => driver.setPaused('n', true), 'UNSUPPORTED');
    await refusal(() => collect(driver.runs('n', { since: null })), 'UNSUPPORTED');
    expect(called).toEqual([]);
  });
});

describe('what the driver is given', () => {
  test('is the time of the clock, a debug line under its own name, and all arguments', async () => {
    const lines: string[] = [];
    const seen: unknown[] = [];
    const driver = guarded(
      {
        async setPaused(nativeId, paused, call: Call) {
          call.debug('asking');
          seen.push(nativeId, paused, call.now());
        },
      },
      { clock: { now: () => 42 }, debug: (line) => lines.push(line) },
    );
    await driver.setPaused('n', true);
    expect([seen, lines]).toEqual([['n', true, 42], ['scripted setPaused: asking']]);
  });

  test('a method that the manifest hides is not called; one that it promises and is missing is a failure', async () => {
    const called: string[] = [];
    const update = async (): Promise<void> => void called.push('update');
    const change = { spec: SPEC, firedBy: 'orchestrator', version: null } as const;
    const error = await refusal(
      () => guarded({ update }, {}, { capabilities: ['runs'] }).update('n', change),
      'UNSUPPORTED',
    );
    expect(error.message).toBe('scripted cannot change a schedule in place.');
    expect(called).toEqual([]);
    // The compiler rules it out for a driver of its own manifest, not for one that was put together by hand.
    await refusal(() => guarded({ update: undefined as never }).update('n', change), 'FAILED');
  });
});
