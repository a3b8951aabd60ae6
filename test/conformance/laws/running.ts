/** Trigger, runs, logs and check, where the target can; and the plain absence of what it cannot. */
import { expect } from '@jest/globals';
import type { Capability, Rehearsal } from '../../../src/drivers/driver.js';
import { isSchedError } from '../../../src/errors.js';
import { canonical } from '../../../src/projection.js';
import type { NativeRun } from '../../../src/schedule.js';
import type { Bench, Law } from '../bench.js';
import { collect, inRoom, quietly, type Room, refusal, startRequest } from '../room.js';

const CAPABILITIES: readonly Capability[] = [
  'update',
  'setStamp',
  'setPaused',
  'trigger',
  'runs',
  'allRuns',
  'logs',
  'rehearse',
  'findForeign',
  'check',
];

function has({ manifest }: Bench, capability: Capability): boolean {
  return manifest.capabilities.includes(capability);
}

/** Every extra, called as users would. */
function callExtra({ driver, request }: Room, capability: Capability, nativeId: string): Promise<unknown> {
  switch (capability) {
    case 'update':
      return driver.update(nativeId, { spec: request().spec, firedBy: 'orchestrator', version: null });
    case 'setStamp':
      return driver.setStamp(nativeId, null);
    case 'setPaused':
      return driver.setPaused(nativeId, true);
    case 'trigger':
      return driver.trigger(nativeId, startRequest());
    case 'runs':
      return collect(driver.runs(nativeId, { since: null }));
    case 'allRuns':
      return collect(driver.allRuns({ since: null }));
    case 'rehearse':
      return driver.rehearse({ do: 'create', request: request() });
    case 'logs':
      return collect(driver.logs(nativeId, 'run'));
    case 'findForeign':
      return collect(driver.findForeign());
    case 'check':
      return collect(driver.check());
  }
}

function instantOf(run: NativeRun): number | null {
  return run.started ?? run.scheduled;
}

export const running: readonly Law[] = [
  {
    name: 'what the manifest does not name is absent, and refused without a request',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (const capability of CAPABILITIES) {
          expect([capability, typeof room.bare[capability]]).toEqual([
            capability,
            has(bench, capability) ? 'function' : 'undefined',
          ]);
          if (!has(bench, capability)) {
            await quietly(bench, () => refusal(() => callExtra(room, capability, 'anything'), 'UNSUPPORTED'));
          }
        }
      }),
  },
  {
    name: 'a run can be started by hand, also while paused, and does not resume',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const { nativeId } = await room.made(room.request());
        if (!has(bench, 'trigger')) {
          return;
        }
        expect((await room.driver.trigger(nativeId, startRequest())).nativeId).toMatch(/\S/);
        if (has(bench, 'setPaused')) {
          await room.driver.setPaused(nativeId, true);
          await room.shown(nativeId, ({ paused }) => paused);
          const run = await room.driver.trigger(nativeId, startRequest()).catch((error: unknown) => error);
          // A target that would only queue it says so instead.
          expect(isSchedError(run, 'UNSUPPORTED') || (run as NativeRun).trigger === 'manual').toBe(true);
          await room.steady(nativeId, ({ paused }) => paused);
        }
      }),
  },
  {
    name: 'the same key starts the same run where the client names; another key starts another',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const { nativeId } = await room.made(room.request());
        if (!has(bench, 'trigger')) {
          return;
        }
        const request = startRequest();
        const [first, again] = [
          await room.driver.trigger(nativeId, request),
          await room.driver.trigger(nativeId, request),
        ];
        const other = await room.driver.trigger(nativeId, startRequest());
        expect(again.nativeId === first.nativeId).toBe(bench.manifest.nativeIds === 'client');
        expect(other.nativeId).not.toBe(first.nativeId);
        if (has(bench, 'runs')) {
          const runs = await room.eventually(
            () => collect(room.driver.runs(nativeId, { since: null })),
            (found) => found.some((run) => run.nativeId === other.nativeId),
            'the run showing',
          );
          expect(runs.filter((run) => run.nativeId === first.nativeId)).toHaveLength(1);
        }
      }),
  },
  {
    name: 'runs are those of the schedule, across pages, newest first, and since a time when asked',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const { nativeId } = await room.made(room.request());
        const other = await room.made(room.request());
        if (!has(bench, 'runs')) {
          return;
        }
        expect(await collect(room.driver.runs(nativeId, { since: null }))).toEqual([]);
        if (!has(bench, 'trigger')) {
          return;
        }
        const started = new Set<string>();
        for (let count = 0; count < 7; count += 1) {
          started.add((await room.driver.trigger(nativeId, startRequest())).nativeId);
        }
        await room.driver.trigger(other.nativeId, startRequest());
        let before = '';
        const runs = await room.eventually(
          () => collect(room.driver.runs(nativeId, { since: null })),
          // A run may be there before it has begun: twice the same is settled.
          (found) => {
            const instants = found.map(instantOf).join();
            const settled = found.length === started.size && instants === before;
            before = instants;
            return settled;
          },
          'each run showing',
        );
        expect(new Set(runs.map((run) => run.nativeId))).toEqual(started);
        const instants = runs.map(instantOf).filter((instant) => instant !== null);
        expect(instants).toEqual(instants.toSorted((left, right) => right - left));
        const middle = instants[3];
        if (middle !== undefined) {
          const recent = await collect(room.driver.runs(nativeId, { since: middle }));
          expect(recent.map((run) => run.nativeId)).toEqual(
            runs.filter((run) => (instantOf(run) ?? Number.POSITIVE_INFINITY) >= middle).map((run) => run.nativeId),
          );
        }
      }),
  },
  {
    name: 'the runs of all schedules are those of each',
    check: (bench) =>
      inRoom(bench, async (room) => {
        if (!has(bench, 'allRuns') || !has(bench, 'runs') || !has(bench, 'trigger')) {
          return;
        }
        const made = [
          await room.made(room.request()),
          await room.made(room.request()),
          await room.made(room.request()),
        ];
        const started = new Map<string, string>();
        for (const { nativeId } of [...made.slice(1), ...made.slice(1)]) {
          started.set((await room.driver.trigger(nativeId, startRequest())).nativeId, nativeId);
        }
        const ours = new Set(made.map(({ nativeId }) => nativeId));
        const all = await room.eventually(
          async () =>
            (await collect(room.driver.allRuns({ since: null }))).filter(({ nativeId }) => ours.has(nativeId)),
          (found) => found.length === started.size,
          'each run showing',
        );
        expect(new Map(all.map(({ nativeId, run }) => [run.nativeId, nativeId]))).toEqual(started);
        const [first] = made.slice(1);
        const own = await collect(room.driver.runs(first?.nativeId ?? '', { since: null }));
        const some = new Map(all.map(({ run }) => [run.nativeId, run.trigger]));
        expect(own.map((run) => some.get(run.nativeId))).toEqual(own.map((run) => run.trigger));
      }),
  },
  {
    name: 'a rehearsal gives the requests and changes nothing',
    check: (bench) =>
      inRoom(bench, async (room) => {
        if (!has(bench, 'rehearse')) {
          return;
        }
        const { nativeId, projection, version } = await room.made(room.request());
        const request = room.request();
        const spec = { ...room.request().spec, overlap: bench.manifest.overlap.accepts.at(-1) ?? 'allow' };
        const rehearsals: readonly Rehearsal[] = [
          { do: 'create', request },
          ...(has(bench, 'update')
            ? [{ do: 'update', nativeId, request: { spec, firedBy: 'orchestrator', version } } as const]
            : []),
          ...(has(bench, 'setPaused') ? [{ do: 'pause', nativeId } as const] : []),
          { do: 'remove', nativeId, removal: { stopRuns: false } },
        ];
        for (const rehearsal of rehearsals) {
          const requests = await room.driver.rehearse(rehearsal);
          expect(requests.map(({ method, url }) => `${method} ${url}`)).not.toEqual([]);
          expect(requests.every(({ method }) => /^[A-Z]+$/.test(method))).toBe(true);
        }
        await room.steady(nativeId, (native) => canonical(native.projection) === canonical(projection));
        expect(await room.listed([request])).toEqual([]);
      }),
  },
  {
    name: 'logs are bytes, and those of an unknown run are not found',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const { nativeId } = await room.made(room.request());
        if (!has(bench, 'logs')) {
          return;
        }
        await refusal(() => collect(room.driver.logs(nativeId, 'no-such-run')), 'NOT_FOUND');
        if (has(bench, 'trigger')) {
          const run = await room.driver.trigger(nativeId, startRequest());
          for (const piece of await collect(room.driver.logs(nativeId, run.nativeId))) {
            expect(ArrayBuffer.isView(piece)).toBe(true);
          }
        }
      }),
  },
  {
    name: 'check names what it looked at, and says what to do about what is wrong',
    check: (bench) =>
      inRoom(bench, async (room) => {
        if (!has(bench, 'check')) {
          return;
        }
        const items = await collect(room.driver.check());
        expect(items).not.toEqual([]);
        for (const { item, ok, detail, hint } of items) {
          expect(item).toMatch(/\S/);
          expect(detail).toMatch(/\S/);
          expect(ok || /\S/.test(hint ?? '')).toBe(true);
        }
      }),
  },
];
