/** Drivers that change too much, too little or the wrong thing. */
import { SchedError } from '../../../src/errors.js';
import { but, type Mutant, onBoth } from './mutant.js';

export const changingMutants: readonly Mutant[] = [
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
    name: 'forgets labels in an update',
    flavor: 'memory',
    law: 'update carries everything that the manifest accepts and refuses what it rules out without a request',
    broken: but(({ update }) => ({
      update: (nativeId, request, call) =>
        update(nativeId, { ...request, spec: { ...request.spec, labels: {} } }, call),
    })),
  },
  {
    name: 'keeps its mark when it is taken off',
    flavor: 'memory',
    law: 'a mark is taken off and put on again, and nothing else changes',
    broken: but(({ setStamp }) => ({
      setStamp: async (nativeId, request, call) => void (request !== null && (await setStamp(nativeId, request, call))),
    })),
  },
  {
    name: 'writes the spec beside the mark',
    flavor: 'memory',
    law: 'a mark is taken off and put on again, and nothing else changes',
    broken: but(({ setStamp }) => ({
      setStamp: (nativeId, request, call) =>
        setStamp(nativeId, request && { ...request, spec: { ...request.spec, timezone: 'Asia/Tokyo' } }, call),
    })),
  },
  ...onBoth({
    name: 'pauses what is not there',
    law: 'what is not there can be neither changed nor paused nor started',
    broken: but(({ setPaused }) => ({
      setPaused: (nativeId, paused, call) => setPaused(nativeId, paused, call).catch(() => undefined),
    })),
  }),
  ...onBoth({
    name: 'refuses to pause what is paused',
    law: 'pausing and resuming change nothing else, and twice is once',
    broken: but(({ setPaused }) => {
      let last: boolean | undefined;
      return {
        async setPaused(nativeId, paused, call) {
          if (paused === last) {
            throw new SchedError('CONFLICT', 'it is so already');
          }
          last = paused;
          await setPaused(nativeId, paused, call);
        },
      };
    }),
  }),
];
