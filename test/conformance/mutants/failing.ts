/** Drivers that make a failure worse. */
import { SchedError } from '../../../src/errors.js';
import { but, type Mutant, onBoth, otherEachTime, strictRemove } from './mutant.js';

export const failingMutants: readonly Mutant[] = [
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
    broken: otherEachTime,
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
    name: 'makes another object when it is asked again',
    flavor: 'memory',
    law: 'a create that is never answered ends in time and leaves one object, which asking again finds where the client names',
    broken: otherEachTime,
  },
  {
    name: 'fails to remove what its own lost call removed',
    flavor: 'memory',
    law: 'a change whose answer is lost has happened once, and the caller is not told that it failed for another reason',
    broken: strictRemove,
  },
  {
    name: 'says that it updated and does not',
    flavor: 'memory',
    law: 'an update whose answer is lost shows the new spec',
    broken: but(({ read }) => ({ update: async (nativeId, _request, call) => void (await read(nativeId, call)) })),
  },
  ...onBoth({
    name: 'throws for what does not show yet',
    law: 'a read that shows the past is no error and is over soon',
    broken: but(({ read }) => ({
      async read(nativeId, call) {
        const native = await read(nativeId, call);
        if (native === undefined) {
          throw new SchedError('NOT_FOUND', 'it is not there');
        }
        return native;
      },
    })),
  }),
];
