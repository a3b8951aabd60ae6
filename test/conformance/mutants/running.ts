/** Drivers that start, list or tell runs wrongly. */
import { collect } from '../room.js';
import { but, type Mutant, onBoth } from './mutant.js';

export const runningMutants: readonly Mutant[] = [
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
  {
    name: 'starts a run for each call, whatever the key',
    flavor: 'memory',
    law: 'the same key starts the same run where the client names; another key starts another',
    broken: but(({ trigger }) => ({
      trigger: (nativeId, request, call) => trigger(nativeId, { ...request, key: String(Math.random()) }, call),
    })),
  },
  {
    name: 'forgets the runs of the last schedule',
    flavor: 'memory',
    law: 'the runs of all schedules are those of each',
    broken: but(({ allRuns }) => ({
      async *allRuns(query, call) {
        const all = await collect(allRuns(query, call));
        yield* all.filter(({ nativeId }) => nativeId !== all.at(-1)?.nativeId);
      },
    })),
  },
  {
    name: 'makes what it only rehearses',
    flavor: 'memory',
    law: 'a rehearsal gives the requests and changes nothing',
    broken: but(({ create, rehearse }) => ({
      async rehearse(rehearsal, call) {
        if (rehearsal.do === 'create') {
          await create(rehearsal.request, call);
        }
        return await rehearse(rehearsal, call);
      },
    })),
  },
  {
    name: 'has a method that its manifest does not name',
    flavor: 'awkward',
    law: 'what the manifest does not name is absent, and refused without a request',
    broken: (driver) => ({ ...driver, update: async () => undefined }),
  },
  {
    name: 'has no output for unknown runs, and no error',
    flavor: 'memory',
    law: 'logs are bytes, and those of an unknown run are not found',
    broken: but(() => ({
      async *logs() {
        yield Buffer.alloc(0);
      },
    })),
  },
  {
    name: 'gives logs as text',
    flavor: 'memory',
    law: 'logs are bytes, and those of an unknown run are not found',
    broken: but(({ logs }) => ({
      async *logs(nativeId, runId, call) {
        for await (const piece of logs(nativeId, runId, call)) {
          yield piece.toString() as unknown as Uint8Array;
        }
      },
    })),
  },
  {
    name: 'says what is wrong and not what to do',
    flavor: 'memory',
    law: 'check names what it looked at, and says what to do about what is wrong',
    broken: but(({ check }) => ({
      async *check(call) {
        yield* check(call);
        yield { item: 'quota', ok: false, detail: 'exceeded', hint: null };
      },
    })),
  },
];
