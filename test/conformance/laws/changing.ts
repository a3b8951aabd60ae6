/** Update and pause, where the target can. */
import { expect } from '@jest/globals';
import { canonical } from '../../../src/projection.js';
import type { Json, ScheduleSpec } from '../../../src/schedule.js';
import type { Bench, Law } from '../bench.js';
import { expectCarried, inRoom, quietly, type Room, refusal } from '../room.js';
import { accepted, ruledOut, saying } from '../samples.js';

function has(bench: Bench, capability: Bench['manifest']['capabilities'][number]): boolean {
  return bench.manifest.capabilities.includes(capability);
}

/** Another spec that the target takes: everything at once. */
function changed(bench: Bench): ScheduleSpec {
  const spec = accepted(bench).at(-1)?.spec;
  if (spec === undefined) {
    throw new Error('there is no other spec');
  }
  return { ...spec, run: saying(spec.run, ['other']) };
}

async function updateIsRefused(room: Room): Promise<void> {
  const { nativeId } = await room.made(room.request());
  await quietly(room.bench, () =>
    refusal(
      () => room.driver.update(nativeId, { spec: changed(room.bench), firedBy: 'orchestrator', version: null }),
      'UNSUPPORTED',
    ),
  );
}

export const changing: readonly Law[] = [
  {
    name: 'update keeps the id, the stamp and the paused state, and shows the new spec',
    check: (bench) =>
      inRoom(bench, async (room) => {
        if (!has(bench, 'update')) {
          await updateIsRefused(room);
          return;
        }
        for (const paused of has(bench, 'setPaused') ? [false, true] : [false]) {
          const before = await room.made(room.request({}, { paused }));
          const spec = changed(bench);
          await room.driver.update(before.nativeId, { spec, firedBy: 'orchestrator', version: before.version });
          const after = await room.shown(
            before.nativeId,
            ({ projection }) => canonical(projection) !== canonical(before.projection),
          );
          expectCarried(after, spec, paused);
          expect(after.stamp).toEqual(before.stamp);
        }
      }),
  },
  {
    name: 'update carries everything that the manifest accepts and refuses what it rules out without a request',
    check: (bench) =>
      inRoom(bench, async (room) => {
        if (!has(bench, 'update')) {
          await updateIsRefused(room);
          return;
        }
        const { nativeId } = await room.made(room.request());
        for (const { spec } of accepted(bench)) {
          await room.driver.update(nativeId, {
            spec,
            firedBy: 'orchestrator',
            version: (await room.driver.read(nativeId))?.version ?? null,
          });
          expectCarried(await room.shown(nativeId), spec, false);
        }
        for (const { spec } of ruledOut(bench)) {
          await quietly(bench, () =>
            refusal(
              () => room.driver.update(nativeId, { spec, firedBy: 'orchestrator', version: null }),
              'UNSUPPORTED',
            ),
          );
        }
      }),
  },
  {
    name: 'an update of an old version is a conflict and changes nothing, where the target has versions',
    check: (bench) =>
      inRoom(bench, async (room) => {
        if (!has(bench, 'update')) {
          await updateIsRefused(room);
          return;
        }
        const before = await room.made(room.request());
        if (before.version === null) {
          return;
        }
        await room.driver.update(before.nativeId, {
          spec: changed(bench),
          firedBy: 'orchestrator',
          version: before.version,
        });
        const after = await room.shown(before.nativeId, ({ version }) => version !== before.version);
        await refusal(
          () =>
            room.driver.update(before.nativeId, {
              spec: room.request().spec,
              firedBy: 'orchestrator',
              version: before.version,
            }),
          'CONFLICT',
        );
        await room.steady(before.nativeId, ({ projection }) => canonical(projection) === canonical(after.projection));
      }),
  },
  {
    name: 'a mark is taken off and put on again, and nothing else changes',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const request = room.request();
        const before = await room.made(request);
        const { nativeId } = before;
        if (!has(bench, 'setStamp')) {
          await quietly(bench, () => refusal(() => room.driver.setStamp(nativeId, null), 'UNSUPPORTED'));
          return;
        }
        const { spec, firedBy, scheduleId, stamp } = request;
        const ours = { spec, firedBy, scheduleId, stamp };
        for (const mark of [null, null, ours, ours, null, ours]) {
          await room.driver.setStamp(nativeId, mark);
          const wanted = mark === null ? null : before.stamp;
          const after = await room.shown(
            nativeId,
            (found) => canonical(found.stamp as Json) === canonical(wanted as Json),
          );
          expect([after.paused, after.nativeId]).toEqual([false, nativeId]);
          await room.eventually(
            () => room.listed([request]),
            (found) => found.length === (mark === null ? 0 : 1),
            'being listed as marked',
          );
          if (mark !== null) {
            expect(after.projection).toEqual(before.projection);
          }
        }
      }),
  },
  {
    name: 'what is not there can be neither changed nor paused nor started',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const { nativeId } = await room.made(room.request());
        await room.driver.remove(nativeId);
        await room.gone(nativeId);
        const answer = (capability: Parameters<typeof has>[1]) =>
          has(bench, capability) ? 'NOT_FOUND' : 'UNSUPPORTED';
        await refusal(
          () => room.driver.update(nativeId, { spec: room.request().spec, firedBy: 'orchestrator', version: null }),
          answer('update'),
        );
        await refusal(() => room.driver.setStamp(nativeId, null), answer('setStamp'));
        await refusal(() => room.driver.setPaused(nativeId, true), answer('setPaused'));
        const start = { key: 'k', parameters: {}, trigger: 'manual', scheduled: null } as const;
        await refusal(() => room.driver.trigger(nativeId, start), answer('trigger'));
      }),
  },
  {
    name: 'pausing and resuming change nothing else, and twice is once',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const request = room.request();
        const { nativeId, stamp } = await room.made(request);
        if (!has(bench, 'setPaused')) {
          await quietly(bench, () => refusal(() => room.driver.setPaused(nativeId, true), 'UNSUPPORTED'));
          return;
        }
        for (const paused of [true, true, false, false, true]) {
          await room.driver.setPaused(nativeId, paused);
          const native = await room.shown(nativeId, (found) => found.paused === paused);
          expectCarried(native, request.spec, paused);
          expect(native.stamp).toEqual(stamp);
        }
      }),
  },
];
