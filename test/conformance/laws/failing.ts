/** What holds when the target, or the way to it, fails. */
import { inspect } from 'node:util';
import { expect } from '@jest/globals';
import type { GuardedDriver } from '../../../src/drivers/guard.js';
import { type ErrorCode, isSchedError } from '../../../src/errors.js';
import type { ScheduleSpec } from '../../../src/schedule.js';
import {
  type FaultyBench,
  type Law,
  type Misfortune,
  type MisfortuneKind,
  type Operation,
  REFUSALS,
  type Refusal,
} from '../bench.js';
import { collect, expectCarried, inRoom, type Room, refusal, startRequest } from '../room.js';
import { saying } from '../samples.js';

type Calls = Partial<Record<Operation, () => Promise<unknown>>>;

/** Every operation that the target has, on one object. */
async function calls(room: Room, driver: GuardedDriver): Promise<Calls> {
  const { nativeId, version } = await room.made(room.request());
  const has = (operation: Operation): boolean =>
    (room.bench.manifest.capabilities as readonly Operation[]).includes(operation);
  const all: Required<Calls> = {
    identity: () => driver.identity(),
    create: () => driver.create(room.request()),
    read: () => driver.read(nativeId),
    list: () => collect(driver.list()),
    // Something is to be written: an update to what stands there already may send nothing but a read.
    update: () => driver.update(nativeId, { spec: otherwise(room.request().spec), firedBy: 'orchestrator', version }),
    setStamp: () => driver.setStamp(nativeId, null),
    setPaused: () => driver.setPaused(nativeId, true),
    trigger: () => driver.trigger(nativeId, startRequest()),
    runs: () => collect(driver.runs(nativeId, { since: null })),
    allRuns: () => collect(driver.allRuns({ since: null })),
    logs: () => collect(driver.logs(nativeId, 'run')),
    rehearse: () => driver.rehearse({ do: 'create', request: room.request() }),
    findForeign: () => collect(driver.findForeign()),
    check: () => collect(driver.check()),
    remove: () => driver.remove(nativeId),
  };
  const core: readonly Operation[] = ['identity', 'create', 'read', 'list', 'remove'];
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => core.includes(name as Operation) || has(name as Operation)),
  );
}

/** Another spec of the same kind. */
function otherwise(spec: ScheduleSpec): ScheduleSpec {
  const { run } = spec;
  return { ...spec, run: run.kind === 'container' || run.kind === 'command' ? { ...run, argv: ['otherwise'] } : run };
}

function entries(some: Calls): [Operation, () => Promise<unknown>][] {
  return Object.entries(some) as [Operation, () => Promise<unknown>][];
}

function of({ control }: FaultyBench, ...kinds: readonly MisfortuneKind[]): MisfortuneKind[] {
  return kinds.filter((kind) => control.suffers.includes(kind));
}

function misfortune(kind: MisfortuneKind): Misfortune {
  switch (kind) {
    case 'refused':
      return { kind, status: 503, retryAfterSeconds: 60 };
    case 'slow':
      return { kind, milliseconds: 20 };
    default:
      return { kind };
  }
}

function countOf({ control }: FaultyBench, operation: Operation): number {
  return control.requests().filter((line) => line.split(' ')[0] === operation).length;
}

export const failing: readonly Law<FaultyBench>[] = [
  {
    name: 'each refusal of the target is told by its own code',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const statuses = Object.entries(REFUSALS) as unknown as [Refusal, ErrorCode][];
        for (const [status, code] of bench.control.suffers.includes('refused') ? statuses : []) {
          for (const [on, call] of entries(await calls(room, room.driver))) {
            // More patience than the call has time for: the guard gives the answer itself. Whoever writes what cannot clash may
            // try again after a conflict, but not for ever.
            const times = Number(status) === 409 ? 9 : 1;
            bench.control.inject({
              on,
              kind: 'refused',
              status: Number(status) as Refusal,
              retryAfterSeconds: 60,
              times,
            });
            const absence = Number(status) === 404 && (on === 'read' || on === 'remove');
            if (absence) {
              expect(await call()).toBeUndefined();
            } else if (Number(status) === 403 && on === 'identity') {
              // Who may not ask for the identity may know the target by something else.
              expect(await call().catch((error: unknown) => isSchedError(error, code))).toBeTruthy();
            } else {
              await refusal(call, code);
            }
            bench.control.heal();
          }
        }
      }),
  },
  {
    name: 'a create whose answer is lost leaves one object, asked for again only where the client names',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (const kind of of(bench, 'lost', 'dropped', 'truncated', 'html')) {
          const request = room.request();
          const before = countOf(bench, 'create');
          bench.control.inject({ ...misfortune(kind), on: 'create' });
          const there = kind === 'dropped' ? 0 : 1;
          if (bench.manifest.nativeIds === 'client') {
            const nativeId = await room.driver.create(request);
            await room.shown(nativeId);
            expect((await room.listed([request])).map((native) => native.nativeId)).toEqual([nativeId]);
          } else {
            await refusal(() => room.driver.create(request), 'UNAVAILABLE');
            expect(countOf(bench, 'create')).toBe(before + 1);
            const found = await room.eventually(
              () => room.listed([request]),
              (some) => some.length === there,
              'what was made being listed',
            );
            expect(found).toHaveLength(there);
          }
        }
      }),
  },
  {
    name: 'a create that is never answered ends in time and leaves one object, which asking again finds where the client names',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (const kind of of(bench, 'mute')) {
          const request = room.request();
          bench.control.inject({ ...misfortune(kind), on: 'create' });
          await refusal(() => room.guarded({ timeoutMs: 100 }).create(request), 'TIMED_OUT');
          if (bench.manifest.nativeIds === 'client') {
            await room.driver.create(request);
          }
          const found = await room.eventually(
            () => room.listed([request]),
            (some) => some.length > 0,
            'it being listed',
          );
          expect(found).toHaveLength(1);
        }
      }),
  },
  {
    name: 'a change whose answer is lost has happened once, and the caller is not told that it failed for another reason',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (const kind of of(bench, 'lost', 'truncated', 'dropped')) {
          for (const [on, call] of entries(await calls(room, room.driver)).filter(([name]) =>
            ['update', 'setStamp', 'setPaused', 'remove'].includes(name),
          )) {
            bench.control.inject({ ...misfortune(kind), on });
            const outcome = await call().catch((error: unknown) => error);
            expect([on, outcome === undefined || isSchedError(outcome, 'UNAVAILABLE')]).toEqual([on, true]);
          }
        }
        for (const kind of of(bench, 'lost', 'dropped')) {
          const request = room.request();
          const { nativeId } = await room.made(request);
          if (bench.manifest.capabilities.includes('setPaused')) {
            bench.control.inject({ ...misfortune(kind), on: 'setPaused' });
            await room.driver.setPaused(nativeId, true);
            expectCarried(await room.shown(nativeId, ({ paused }) => paused), request.spec, true);
          }
          bench.control.inject({ ...misfortune(kind), on: 'remove' });
          await room.driver.remove(nativeId);
          await room.gone(nativeId);
        }
      }),
  },
  {
    name: 'an update whose answer is lost shows the new spec',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (const kind of bench.manifest.capabilities.includes('update') ? of(bench, 'lost') : []) {
          const { nativeId, version } = await room.made(room.request());
          const spec = { ...room.request().spec, run: saying(room.request().spec.run, ['after']) };
          // The last request of an update is the write.
          const before = countOf(bench, 'update');
          await room.driver.update(nativeId, { spec: room.request().spec, firedBy: 'orchestrator', version });
          const requests = countOf(bench, 'update') - before;
          const standing = await room.shown(nativeId);
          bench.control.inject({ ...misfortune(kind), on: 'update', nth: requests });
          await room.driver
            .update(nativeId, { spec, firedBy: 'orchestrator', version: standing.version })
            .catch((error: unknown) => {
              expect(isSchedError(error, 'UNAVAILABLE')).toBe(true);
            });
          expectCarried(await room.shown(nativeId), spec, false);
        }
      }),
  },
  {
    name: 'a read that shows the past is no error and is over soon',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (const kind of of(bench, 'stale')) {
          const request = room.request();
          const nativeId = await room.driver.create(request);
          bench.control.inject({ ...misfortune(kind), on: 'read', times: 3 });
          bench.control.inject({ ...misfortune(kind), on: 'list', times: 2 });
          expect([undefined, nativeId]).toContain((await room.driver.read(nativeId))?.nativeId);
          expect((await room.listed([request])).length).toBeLessThanOrEqual(1);
          expectCarried(await room.shown(nativeId), request.spec, false);
          await room.eventually(
            () => room.listed([request]),
            (some) => some.length === 1,
            'it being listed',
          );
        }
      }),
  },
  {
    name: 'a list that breaks off is an error, never a shorter list',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (let count = 0; count < 7; count += 1) {
          await room.made(room.request());
        }
        const before = countOf(bench, 'list');
        await collect(room.driver.list());
        const pages = countOf(bench, 'list') - before;
        for (const kind of of(bench, 'dropped', 'truncated', 'html', 'refused')) {
          bench.control.inject({ ...misfortune(kind), on: 'list', nth: pages, times: 9 });
          await refusal(() => collect(room.guarded({ timeoutMs: 500 }).list()), 'UNAVAILABLE');
          bench.control.heal();
        }
      }),
  },
  {
    name: 'a target that does not answer costs no more than the time allowed, whatever is asked',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (const kind of of(bench, 'hang')) {
          for (const [on, call] of entries(await calls(room, room.guarded({ timeoutMs: 60 })))) {
            bench.control.inject({ ...misfortune(kind), on });
            const before = performance.now();
            await refusal(call, 'TIMED_OUT');
            expect(performance.now() - before).toBeLessThan(2000);
          }
        }
      }),
  },
  {
    name: 'an interrupted call ends at once, past the guard too, and the next one works',
    check: (bench) =>
      inRoom(bench, async (room) => {
        for (const kind of of(bench, 'hang')) {
          const { nativeId } = await room.made(room.request());
          const controller = new AbortController();
          bench.control.inject({ ...misfortune(kind), on: 'read', times: 2 });
          const waiting = refusal(() => room.guarded({ signal: controller.signal }).read(nativeId), 'INTERRUPTED');
          let timer: NodeJS.Timeout | undefined;
          const bare = Promise.race([
            room.bare.read(nativeId, room.call(controller.signal)).then(
              () => 'answered',
              () => 'ended',
            ),
            new Promise((resolve) => {
              timer = setTimeout(resolve, 2000, 'still waiting');
            }),
          ]).finally(() => clearTimeout(timer));
          const before = performance.now();
          setTimeout(() => controller.abort(), 10);
          await waiting;
          expect(await bare).toBe('ended');
          expect(performance.now() - before).toBeLessThan(2000);
          // On a busy machine one of the two may have ended before it was sent.
          bench.control.heal();
          expect((await room.driver.read(nativeId))?.nativeId).toBe(nativeId);
        }
      }),
  },
  {
    name: 'no secret of the settings is in any error or debug line, whatever fails',
    check: (bench) =>
      inRoom(bench, async (room) => {
        const errors: unknown[] = [];
        for (const kind of bench.control.suffers) {
          for (const [on, call] of entries(await calls(room, room.guarded({ timeoutMs: 50 })))) {
            bench.control.inject({ ...misfortune(kind), on });
            await call().catch((error: unknown) => errors.push(error));
            // A call that was too slow leaves its misfortune behind for the next one.
            bench.control.heal();
          }
        }
        const seen = [...room.lines, ...errors.map((error) => inspect(error, { depth: 20, showHidden: true }))].join(
          '\n',
        );
        expect(errors.length).toBeGreaterThan(0);
        for (const secret of bench.secrets) {
          expect(seen.includes(secret)).toBe(false);
        }
      }),
  },
];
