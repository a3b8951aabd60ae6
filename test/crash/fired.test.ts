/** Agents that fire on other orchestrators, killed before and after each call, with answers that are lost: no occurrence has two runs. */
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type FiredScenery, type Flavor, firedScenery } from '../agent/fired-scenery.js';
import type { Operation } from '../conformance/bench.js';
import { MINUTE, SECOND, START } from '../drivers-local/samples.js';
import type { Cut } from '../fakes/cut.js';

let scene: FiredScenery;
afterEach(() => scene.leave());

/** An awkward target takes no agent's dates of its own, and only containers. */
async function given(flavor: Flavor, patch: Parameters<FiredScenery['make']>[0] = {}): Promise<void> {
  scene = firedScenery(flavor);
  await scene.make(patch);
}

/** An agent that is killed at its first occurrence. */
async function killed(cut: Cut): Promise<void> {
  scene.clock.set(START + 10 * MINUTE);
  const agent = scene.process(cut);
  await agent.pass();
  agent.die();
}

describe('killed once', () => {
  const calls: readonly (readonly [Cut['when'], Operation])[] = [
    ['before', 'identity'],
    ['after', 'identity'],
    ['before', 'runs'],
    ['after', 'runs'],
    ['before', 'trigger'],
    ['after', 'trigger'],
  ];

  test.each(calls)('%s %s: the next agent finds or starts the one run', async (when, on) => {
    await given('memory');
    await killed({ when, on });
    const next = scene.process();
    scene.clock.set(START + 10 * MINUTE + 5 * SECOND);
    await next.settle();
    expect(scene.runs()).toEqual(['10 schedule running']);
    expect(scene.started()).toBe(1);
  });

  test.each(calls)('%s %s, and nobody there for an hour: found, or missed', async (when, on) => {
    await given('memory');
    await killed({ when, on });
    const happened = scene.started();
    scene.clock.set(START + 65 * MINUTE);
    const next = scene.process();
    await next.settle();
    expect(scene.runs()).toEqual(happened === 1 ? ['10 schedule running'] : []);
    expect(scene.started()).toBe(happened);
  });

  test.each(calls)('%s %s, where the server names runs and does not say what they are for', async (when, on) => {
    await given('awkward');
    await killed({ when, on });
    const claimed = on === 'trigger';
    const happened = scene.started();
    expect(happened).toBe(claimed && when === 'after' ? 1 : 0);
    scene.clock.set(START + 10 * MINUTE + 5 * SECOND);
    await scene.process().settle();
    // What may have been started is not asked for again: it is looked for, for as long as it may show late.
    expect(scene.started()).toBe(claimed ? happened : 1);
    scene.clock.set(START + 10 * MINUTE + 45 * SECOND);
    await scene.process().settle();
    expect(scene.started()).toBe(claimed ? happened : 1);
    expect(scene.runs().filter((run) => !run.startsWith('NaN'))).toEqual([
      claimed ? '10 schedule unknown' : '10 schedule running',
    ]);
  });

  test('what a living agent holds is left to it until its lease is over', async () => {
    await given('memory');
    scene.clock.set(START + 10 * MINUTE);
    const slow = scene.process({ when: 'before', on: 'trigger' });
    await slow.pass();
    scene.advance(1);
    const other = scene.process();
    await other.settle();
    expect(scene.fake.target.requests().filter((line) => line.startsWith('trigger'))).toEqual([]);
    scene.advance(1);
    await scene.process().settle();
    await scene.process().settle();
    expect(scene.runs()).toEqual([]);
    expect(scene.started()).toBe(0);
  });
});

describe('an answer', () => {
  test.each(['lost', 'truncated', 'html'] as const)('that is %s: the same run is found by its key', async (kind) => {
    await given('memory');
    scene.fake.target.inject({ on: 'trigger', kind });
    const agent = scene.process();
    scene.advance(10);
    await agent.settle();
    expect([scene.started(), scene.runs()]).toEqual([1, []]);
    scene.advance(0.1);
    await agent.settle();
    expect([scene.started(), scene.runs()]).toEqual([1, ['10 schedule running']]);
  });

  test.each(['lost', 'truncated', 'html'] as const)(
    'that is %s: where the server names, nobody asks again',
    async (kind) => {
      await given('awkward', { overlap: 'allow' });
      scene.fake.target.inject({ on: 'trigger', kind });
      const agent = scene.process();
      scene.advance(10);
      for (const seconds of [1, 5, 10, 20, 30]) {
        await agent.settle();
        scene.clock.set(scene.clock.now() + seconds * SECOND);
      }
      expect(scene.started()).toBe(1);
      expect(scene.runs().filter((run) => !run.startsWith('NaN'))).toEqual(['10 schedule unknown']);
    },
  );

  test.each([403, 404, 409, 429] as const)(
    'of %i did nothing, so it is asked again also where the server names',
    async (status) => {
      await given('awkward');
      scene.fake.target.inject({ on: 'trigger', kind: 'refused', status, times: 9 });
      const agent = scene.process();
      scene.advance(10);
      await agent.settle();
      scene.fake.target.heal();
      scene.advance(0.2);
      await agent.settle();
      expect(scene.runs()).toEqual(['10 schedule running']);
    },
  );

  test('that comes after somebody else gave the run up is kept', async () => {
    await given('awkward');
    scene.fake.target.inject({ on: 'trigger', kind: 'slow', milliseconds: 300 });
    scene.advance(10);
    const slow = scene.process();
    const passing = slow.pass();
    await new Promise((resolve) => setTimeout(resolve, 100));
    scene.advance(3);
    await scene.process().settle();
    expect(scene.runs()).toEqual(['10 schedule unknown']);
    await passing;
    expect(scene.runs()).toEqual(['10 schedule running']);
    expect(scene.started()).toBe(1);
  });
});

/** What may happen to a few agents within an hour or two. */
type Event =
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'agents'; readonly cuts: readonly (Cut | null)[] }
  | {
      readonly do: 'fault';
      readonly on: Operation;
      readonly kind: 'lost' | 'dropped' | 'empty';
      readonly times: number;
    }
  | { readonly do: 'heal' | 'end' };

const cuts = fc.record({
  when: fc.constantFrom('before' as const, 'after' as const),
  on: fc.constantFrom<Operation>('identity', 'runs', 'trigger'),
});
const events = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 900 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('agents' as const),
        cuts: fc.array(fc.option(cuts), { minLength: 1, maxLength: 3 }),
      }),
    },
    fc.record({
      do: fc.constant('fault' as const),
      on: fc.constantFrom<Operation>('trigger', 'runs'),
      kind: fc.constantFrom('lost' as const, 'dropped' as const),
      times: fc.integer({ min: 1, max: 3 }),
    }),
    fc.constant({ do: 'heal' as const }),
    fc.constant({ do: 'end' as const }),
  ),
  { maxLength: 14 },
);

async function play(event: Event): Promise<void> {
  switch (event.do) {
    case 'wait':
      scene.clock.set(scene.clock.now() + event.seconds * SECOND);
      return;
    case 'agents': {
      const agents = event.cuts.map((cut) => ({ agent: scene.process(cut ?? undefined), cut }));
      await Promise.all(agents.map(({ agent }) => agent.pass()));
      for (const { agent } of agents) {
        agent.die();
      }
      return;
    }
    case 'fault':
      scene.fake.target.inject(event);
      return;
    case 'heal':
      scene.fake.target.heal();
      return;
    case 'end':
      for (const { id } of scene.fake.target.objects()) {
        scene.fake.target.endRuns(id);
      }
  }
}

describe('whatever happens', () => {
  test.each([
    ['memory', 'allow'],
    ['memory', 'forbid'],
    ['awkward', 'allow'],
  ] as const)(
    'on %s with overlap %s: none twice, and every run is known',
    async (flavor, overlap) => {
      await fc.assert(
        fc.asyncProperty(
          events,
          fc.constantFrom('none' as const, 'last' as const, 'all' as const),
          async (story, catchup) => {
            await given(flavor, { overlap, catchup });
            try {
              for (const event of story) {
                await play(event);
              }
              scene.fake.target.heal();
              scene.fake.target.endRuns(scene.record().nativeId ?? '');
              // Somebody who lives long enough finds out about everything.
              for (let turn = 0; turn < 5 || (turn < 200 && open() > 0); turn += 1) {
                scene.clock.set(scene.clock.now() + (turn === 2 ? 130 : 40) * SECOND);
                await scene.process().settle();
                scene.fake.target.endRuns(scene.record().nativeId ?? '');
              }
              const native = scene.fake.target.runs(scene.record().nativeId ?? '');
              const known = scene.registry.runs({ scheduleId: scene.record().id, limit: 1_000 });
              const times = known.filter(({ scheduled }) => scheduled !== null).map(({ scheduled }) => scheduled);
              expect(times.length).toBe(new Set(times).size);
              if (flavor === 'memory') {
                const occurrences = native.map(({ body }) => (body as { scheduled: number }).scheduled);
                expect(occurrences.length).toBe(new Set(occurrences).size);
                expect(known.filter(({ status }) => status === 'unknown')).toEqual([]);
                expect(new Set(times)).toEqual(new Set([...occurrences, ...skipped(known)]));
              } else {
                expect(native.length).toBeLessThanOrEqual(times.length);
              }
              expect(open()).toBe(0);
            } finally {
              scene.leave();
            }
          },
        ),
        { numRuns: Number(process.env.SCHED_STORIES ?? 40) },
      );
      await given(flavor);
    },
    120_000,
  );
});

/** Occurrences that nobody knows the outcome of. */
function open(): number {
  const { orchestratorId } = scene.record();
  return scene.registry.openOccurrences(orchestratorId, Number.MAX_SAFE_INTEGER, 999).length;
}

function skipped(known: readonly { readonly status: string; readonly scheduled: number | null }[]): (number | null)[] {
  return known.filter(({ status }) => status === 'skipped').map(({ scheduled }) => scheduled);
}
