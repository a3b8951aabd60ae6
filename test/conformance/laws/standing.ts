/** Create, read, list, remove: what stands there is known, once, and can be taken away. */
import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import type { ScheduleSpec } from '../../../src/schedule.js';
import { registryIdentity } from '../../../src/stamp.js';
import type { Law } from '../bench.js';
import { collect, expectCarried, inRoom } from '../room.js';

export const standing: readonly Law[] = [
  {
    name: 'the identity is the same on every connection, and not empty',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const other = await bench.connect();
        const identity = await room.driver.identity();
        expect(identity).toMatch(/\S/);
        expect(await room.driver.identity()).toBe(identity);
        expect(await other.identity(room.call())).toBe(identity);
        await other.close();
      }),
  },
  {
    name: 'what one connection made another one reads',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const { nativeId, projection } = await room.made(room.request());
        const other = await bench.connect();
        expect((await other.read(nativeId, room.call()))?.projection).toEqual(projection);
        await other.close();
      }),
  },
  {
    name: 'the stamp comes back, with as much of it as the manifest says',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const request = room.request({}, {});
        const generation = 12;
        const { stamp } = await room.made({ ...request, stamp: { ...request.stamp, generation } });
        if (bench.manifest.stamp === 'full') {
          expect(stamp).toEqual({ ...request.stamp, generation });
        } else {
          expect(stamp?.schedule).toBe(request.stamp.schedule);
          expect([null, request.stamp.registry]).toContain(stamp?.registry);
          expect([null, generation]).toContain(stamp?.generation);
        }
      }),
  },
  {
    name: 'the same stamp made twice is one object where the client names, and two that the list shows where the server does',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const request = room.request();
        const ids = new Set([await room.driver.create(request), await room.driver.create(request)]);
        expect(ids.size).toBe(bench.manifest.nativeIds === 'client' ? 1 : 2);
        const listed = await room.eventually(
          () => room.listed([request]),
          (found) => found.length === ids.size,
          'each being listed',
        );
        expect(new Set(listed.map(({ nativeId }) => nativeId))).toEqual(ids);
      }),
  },
  {
    name: 'two generations of a schedule stand side by side',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const old = room.request();
        const next = room.request({}, { scheduleId: old.scheduleId, stamp: { ...old.stamp, generation: 2 } });
        const [first, second] = [await room.made(old), await room.made(next)];
        expect(second.nativeId).not.toBe(first.nativeId);
        await room.driver.remove(first.nativeId);
        await room.gone(first.nativeId);
        expectCarried(await room.shown(second.nativeId), next.spec, false);
      }),
  },
  {
    name: 'what an agent fires stands there whole and unable to fire, whatever its timetable',
    check: (bench) =>
      inRoom(bench, async (room) => {
        if (!bench.manifest.capabilities.includes('trigger')) {
          return;
        }
        const { manifest } = bench;
        const fireable = room.request();
        const once: ScheduleSpec = {
          ...fireable.spec,
          timing: { kind: 'once', at: Date.UTC(2031, 4, 5, 5, 5) },
          end: Date.UTC(2033, 0, 1),
          catchup: 'all',
        };
        for (const spec of manifest.needsAgent ? [] : [fireable.spec, once]) {
          const native = await room.made(room.request(spec, { firedBy: 'agent' }));
          expectCarried(native, spec, true);
        }
      }),
  },
  {
    name: 'the list shows everything that is stamped, across pages and of every registry, as read does',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const requests = Array.from({ length: 11 }, () => room.request());
        const elsewhere = room.request();
        const all = [
          ...requests,
          { ...elsewhere, stamp: { ...elsewhere.stamp, registry: registryIdentity(randomBytes(5)) } },
        ];
        const made = new Map<string, Awaited<ReturnType<typeof room.made>>>();
        for (const request of all) {
          const native = await room.made(request);
          made.set(native.nativeId, native);
        }
        const listed = await room.eventually(
          () => room.listed(all),
          (found) => found.length === all.length,
          'all being listed',
        );
        expect(new Map(listed.map((native) => [native.nativeId, native]))).toEqual(made);
      }),
  },
  {
    name: 'the list shows nothing without a stamp; foreign schedules are found apart, where the target can tell',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const foreign = await bench.addForeign?.();
        expect(foreign !== undefined).toBe(bench.manifest.capabilities.includes('findForeign'));
        const request = room.request();
        const { nativeId } = await room.made(request);
        await room.eventually(
          () => room.listed([request]),
          (found) => found.length === 1,
          'ours being listed',
        );
        const all = await collect(room.driver.list());
        expect(all.filter(({ stamp }) => stamp === null)).toEqual([]);
        expect(all.map((native) => native.nativeId)).not.toContain(foreign);
        if (foreign !== undefined) {
          const found = await collect(room.driver.findForeign());
          expect(found.map((native) => [native.nativeId, native.stamp])).toContainEqual([foreign, null]);
          expect(found.map((native) => native.nativeId)).not.toContain(nativeId);
        }
      }),
  },
  {
    name: 'what was removed reads as undefined, is not listed, and can be removed again',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const request = room.request();
        const stays = room.request();
        const { nativeId } = await room.made(request);
        await room.made(stays);
        await room.driver.remove(nativeId);
        await room.gone(nativeId);
        await room.eventually(
          () => room.listed([request]),
          (found) => found.length === 0,
          'not being listed',
        );
        await room.driver.remove(nativeId, { stopRuns: bench.manifest.stopsRuns });
        expect(await room.driver.read(nativeId)).toBeUndefined();
        expect(await room.listed([stays])).toHaveLength(1);
      }),
  },
];
