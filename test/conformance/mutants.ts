/** Drivers broken on purpose, each in one way, with the law that must notice. */
import type { Driver } from '../../src/drivers/driver.js';
import { SchedError } from '../../src/errors.js';
import { stampOfSchedule } from '../../src/stamp.js';
import { collect } from './room.js';

export interface Mutant {
  readonly name: string;
  /** Of the fake that is broken. */
  readonly flavor: 'memory' | 'awkward';
  readonly law: string;
  readonly broken: (driver: Driver) => Driver;
}

/** Replaces some methods of a driver. */
function but(change: (driver: Required<Driver>) => Partial<Driver>): (driver: Driver) => Driver {
  // A method that is not there is never called: only what the flavor has is changed.
  return (driver) => ({ ...driver, ...change(driver as Required<Driver>) });
}

/** Only the first `count` of what a list has. */
async function* head<T>(items: AsyncIterable<T>, count: number): AsyncGenerator<T, void, undefined> {
  let seen = 0;
  for await (const item of items) {
    if (seen === count) {
      return;
    }
    seen += 1;
    yield item;
  }
}

const BOTH = ['memory', 'awkward'] as const;

function onBoth(mutant: Omit<Mutant, 'flavor'>): Mutant[] {
  return BOTH.map((flavor) => ({ ...mutant, flavor }));
}

export const mutants: readonly Mutant[] = [
  ...onBoth({
    name: 'reads the first page only',
    law: 'the list shows everything that is stamped, across pages and of every registry, as read does',
    broken: but(({ list }) => ({ list: (call) => head(list(call), 3) })),
  }),
  ...onBoth({
    name: 'gives a shorter list when a page fails',
    law: 'a list that breaks off is an error, never a shorter list',
    broken: but(({ list }) => ({
      async *list(call) {
        try {
          yield* list(call);
        } catch {
          // Pretends that this was all.
        }
      },
    })),
  }),
  ...onBoth({
    name: 'drops parameters',
    law: 'everything that the manifest accepts reads back without a difference',
    broken: but(({ create }) => ({
      create: (request, call) => create({ ...request, spec: { ...request.spec, parameters: {} } }, call),
    })),
  }),
  ...onBoth({
    name: 'hides the difference by leaving the field out',
    law: 'every field that the manifest does not except can be compared',
    broken: but(({ read }) => ({
      async read(nativeId, call) {
        const native = await read(nativeId, call);
        const { parameters: _left, ...projection } = native?.projection ?? {};
        return native && { ...native, projection };
      },
    })),
  }),
  ...onBoth({
    name: 'trims texts',
    law: 'texts are carried to the byte',
    broken: but(({ create }) => ({
      create: (request, call) =>
        create({ ...request, spec: JSON.parse(JSON.stringify(request.spec).replaceAll('\\r\\n', '\\n')) }, call),
    })),
  }),
  ...onBoth({
    name: 'starts what was to be made paused',
    law: 'what is made paused stands paused, where the target can pause',
    broken: but(({ create }) => ({ create: (request, call) => create({ ...request, paused: false }, call) })),
  }),
  ...onBoth({
    name: 'fails to remove what is gone',
    law: 'what was removed reads as undefined, is not listed, and can be removed again',
    broken: but(({ remove, read }) => ({
      async remove(nativeId, call) {
        if ((await read(nativeId, call)) === undefined) {
          throw new SchedError('NOT_FOUND', 'it is gone');
        }
        await remove(nativeId, call);
      },
    })),
  }),
  ...onBoth({
    name: 'lists what carries no stamp',
    law: 'the list shows nothing without a stamp; foreign schedules are found apart, where the target can tell',
    broken: but(({ list, findForeign }) => ({
      async *list(call) {
        yield* list(call);
        yield* findForeign(call);
      },
    })),
  }),
  ...onBoth({
    name: 'resumes by a trigger',
    law: 'a run can be started by hand, also while paused, and does not resume',
    broken: but(({ trigger, setPaused }) => ({
      async trigger(nativeId, request, call) {
        await setPaused(nativeId, false, call);
        return await trigger(nativeId, request, call);
      },
    })),
  }),
  ...onBoth({
    name: 'gives runs oldest first',
    law: 'runs are those of the schedule, across pages, newest first, and since a time when asked',
    broken: but(({ runs }) => ({
      async *runs(nativeId, query, call) {
        yield* (await collect(runs(nativeId, query, call))).toReversed();
      },
    })),
  }),
  ...onBoth({
    name: 'has another identity on each connection',
    law: 'the identity is the same on every connection, and not empty',
    broken: (driver) => {
      const identity = `connection ${Math.random()}`;
      return { ...driver, identity: async () => identity };
    },
  }),
  ...onBoth({
    name: 'ignores an interruption',
    law: 'an interrupted call ends at once, past the guard too, and the next one works',
    broken: but(({ read }) => ({
      read: (nativeId, call) => read(nativeId, { ...call, signal: new AbortController().signal }),
    })),
  }),
  ...onBoth({
    name: 'calls every refusal unavailable',
    law: 'each refusal of the target is told by its own code',
    broken: but(({ create }) => ({
      create: (request, call) =>
        create(request, call).catch(() => Promise.reject(new SchedError('UNAVAILABLE', 'no luck'))),
    })),
  }),
  {
    name: 'takes a broken answer for an absence',
    flavor: 'memory',
    law: 'each refusal of the target is told by its own code',
    broken: but(({ read }) => ({ read: (nativeId, call) => read(nativeId, call).catch(() => undefined) })),
  },
  {
    name: 'makes another object on every call',
    flavor: 'memory',
    law: 'a create whose answer is lost leaves one object, asked for again only where the client names',
    broken: (driver) => {
      let generation = 100;
      return but(({ create }) => ({
        create(request, call) {
          generation += 1;
          return create({ ...request, stamp: { ...request.stamp, generation } }, call);
        },
      }))(driver);
    },
  },
  {
    name: 'asks again for itself when an answer is lost',
    flavor: 'awkward',
    law: 'a create whose answer is lost leaves one object, asked for again only where the client names',
    broken: but(({ create }) => ({
      create: (request, call) => create(request, call).catch(() => create(request, call)),
    })),
  },
  {
    name: 'forgets whose registry it was',
    flavor: 'memory',
    law: 'the stamp comes back, with as much of it as the manifest says',
    broken: but(({ create }) => ({
      create: (request, call) => create({ ...request, stamp: { ...request.stamp, registry: 'aaaaaaaa' } }, call),
    })),
  },
  {
    name: 'stamps another schedule',
    flavor: 'awkward',
    law: 'the stamp comes back, with as much of it as the manifest says',
    broken: but(({ create }) => ({
      create: (request, call) =>
        create(
          {
            ...request,
            stamp: { ...request.stamp, schedule: stampOfSchedule('00000000-0000-4000-8000-000000000000') },
          },
          call,
        ),
    })),
  },
  {
    name: 'resumes by an update',
    flavor: 'memory',
    law: 'update keeps the id, the stamp and the paused state, and shows the new spec',
    broken: but(({ update, setPaused }) => ({
      async update(nativeId, request, call) {
        await update(nativeId, request, call);
        await setPaused(nativeId, false, call);
      },
    })),
  },
  {
    name: 'writes whatever the version',
    flavor: 'memory',
    law: 'an update of an old version is a conflict and changes nothing, where the target has versions',
    broken: but(({ update }) => ({
      update: (nativeId, request, call) => update(nativeId, { ...request, version: null }, call),
    })),
  },
  {
    name: 'starts a run for each call, whatever the key',
    flavor: 'memory',
    law: 'the same key starts the same run where the client names; another key starts another',
    broken: but(({ trigger }) => ({
      trigger: (nativeId, request, call) => trigger(nativeId, { ...request, key: String(Math.random()) }, call),
    })),
  },
  {
    name: 'has a method that its manifest does not name',
    flavor: 'awkward',
    law: 'what the manifest does not name is absent, and refused without a request',
    broken: (driver) => ({ ...driver, update: async () => undefined }),
  },
];
