/** Drivers that lose, double or mistake what stands there. */
import { stampOfSchedule } from '../../../src/stamp.js';
import { but, head, type Mutant, onBoth, otherEachTime, strictRemove } from './mutant.js';

export const standingMutants: readonly Mutant[] = [
  ...onBoth({
    name: 'reads the first page only',
    law: 'the list shows everything that is stamped, across pages and of every registry, as read does',
    broken: but(({ list }) => ({ list: (call) => head(list(call), 3) })),
  }),
  ...onBoth({
    name: 'fails to remove what is gone',
    law: 'what was removed reads as undefined, is not listed, and can be removed again',
    broken: strictRemove,
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
    name: 'has another identity on each connection',
    law: 'the identity is the same on every connection, and not empty',
    broken: (driver) => {
      const identity = `connection ${Math.random()}`;
      return { ...driver, identity: async () => identity };
    },
  }),
  ...onBoth({
    name: 'lets what an agent fires fire by itself',
    law: 'what an agent fires stands there whole and unable to fire, whatever its timetable',
    broken: but(({ create }) => ({
      create: (request, call) => create({ ...request, firedBy: 'orchestrator' }, call),
    })),
  }),
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
  ...onBoth({
    name: 'knows only what its own connection made',
    law: 'what one connection made another one reads',
    broken: (driver) => {
      const mine = new Set<string>();
      return but(({ create, read }) => ({
        async create(request, call) {
          const nativeId = await create(request, call);
          mine.add(nativeId);
          return nativeId;
        },
        read: async (nativeId, call) => (mine.has(nativeId) ? await read(nativeId, call) : undefined),
      }))(driver);
    },
  }),
  {
    name: 'makes another object for the same stamp',
    flavor: 'memory',
    law: 'the same stamp made twice is one object where the client names, and two that the list shows where the server does',
    broken: otherEachTime,
  },
  ...onBoth({
    name: 'has room for one generation',
    law: 'two generations of a schedule stand side by side',
    broken: (driver) => {
      const made = new Map<string, string>();
      return but(({ create }) => ({
        async create(request, call) {
          const nativeId = made.get(request.scheduleId) ?? (await create(request, call));
          made.set(request.scheduleId, nativeId);
          return nativeId;
        },
      }))(driver);
    },
  }),
];
