/** What was asked for is what stands there. */
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { isSchedError } from '../../../src/errors.js';
import { project } from '../../../src/projection.js';
import type { ScheduleSpec } from '../../../src/schedule.js';
import { anySpec } from '../any-spec.js';
import type { Law } from '../bench.js';
import { expectCarried, inRoom, quietly, type Room, refusal } from '../room.js';
import { accepted, ruledOut, TEXTS, timings, withText } from '../samples.js';

/** Creates it and compares, or, when the driver refuses it, proves that nothing was sent. */
async function carriedOrRefused(room: Room, spec: ScheduleSpec): Promise<'carried' | 'refused'> {
  const before = room.bench.control?.requests().length;
  try {
    expectCarried(await room.made(room.request(spec)), spec, false);
    return 'carried';
  } catch (error) {
    if (isSchedError(error, 'UNSUPPORTED')) {
      expect(room.bench.control?.requests().length).toBe(before);
      return 'refused';
    }
    throw error;
  }
}

export const carrying: readonly Law[] = [
  {
    name: 'everything that the manifest accepts reads back without a difference',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (const { spec } of accepted(bench)) {
          expectCarried(await room.made(room.request(spec)), spec, false);
        }
      }),
  },
  {
    name: 'every field that the manifest does not except can be compared',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const request = room.request();
        const { projection } = await room.made(request);
        const promised = Object.keys(project(request.spec, false)).filter(
          (field) => !bench.manifest.notComparable.includes(field),
        );
        expect(Object.keys(projection)).toEqual(expect.arrayContaining(promised));
      }),
  },
  {
    name: 'what the manifest rules out is refused without a request',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (const { spec } of ruledOut(bench)) {
          const error = await quietly(bench, () =>
            refusal(() => room.driver.create(room.request(spec)), 'UNSUPPORTED'),
          );
          expect(error.hint).toMatch(/\S/);
        }
      }),
  },
  {
    name: 'a timing is carried exactly or refused without a request',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (const timing of timings(bench)) {
          await carriedOrRefused(room, { ...room.request().spec, timing });
        }
      }),
  },
  {
    name: 'any spec is carried exactly or refused without a request',
    check: (bench) =>
      inRoom(bench, async (room) => {
        await fc.assert(
          fc.asyncProperty(anySpec(bench), async (spec) => void (await carriedOrRefused(room, spec))),
          { numRuns: 20 },
        );
      }),
  },
  {
    name: 'texts are carried to the byte',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (const kind of bench.manifest.runs) {
          for (const text of TEXTS) {
            const spec = withText(bench, kind, text);
            expectCarried(await room.made(room.request(spec)), spec, false);
          }
        }
      }),
  },
  {
    name: 'any name and a NUL are carried exactly or refused without a request',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (const name of [
          'A b.c_d-e',
          'x'.repeat(255),
          ...TEXTS.filter((text) => text !== '').map((text) => text.slice(0, 255)),
        ]) {
          expect(await carriedOrRefused(room, { ...room.request().spec, name })).toMatch(/carried|refused/);
        }
        for (const kind of bench.manifest.runs) {
          await carriedOrRefused(room, withText(bench, kind, 'a\0b'));
        }
      }),
  },
  {
    name: 'what is made paused stands paused, where the target can pause',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const request = room.request({}, { paused: true });
        if (bench.manifest.capabilities.includes('setPaused')) {
          expectCarried(await room.made(request), request.spec, true);
        } else {
          await quietly(bench, () => refusal(() => room.driver.create(request), 'UNSUPPORTED'));
        }
      }),
  },
];
