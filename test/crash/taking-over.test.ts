/** Adopting, marking and letting go, killed before and after each call of the driver; then a repair, and the same once more. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { isSchedError } from '../../src/errors.js';
import { adopt } from '../../src/operations/adopt.js';
import { audit } from '../../src/operations/audit/audit.js';
import { create } from '../../src/operations/create.js';
import { remove } from '../../src/operations/delete.js';
import { undo } from '../../src/operations/undo.js';
import type { Cut } from '../fakes/cut.js';
import { repairOf, theirs } from '../operations/scene.js';
import { type Act, createInput, type End, type Stage, setStage } from './stage.js';

const make: Act = (context) => create(createInput('0 3 * * *'), context);
const take =
  (stamp: boolean): Act =>
  (context) =>
    adopt(
      {
        orchestrator: 'fake',
        nativeIds: ['planted-1'],
        name: 'nightly',
        timezone: null,
        pipeline: null,
        stamp,
        reason: null,
        dryRun: false,
      },
      context,
    );
const erase =
  (how: Partial<Parameters<typeof remove>[0]>): Act =>
  (context) =>
    remove(
      {
        selection: { names: ['nightly'], labels: [], all: false },
        hard: false,
        keepNative: false,
        deleteNative: false,
        stopRuns: false,
        yes: true,
        reason: null,
        dryRun: false,
        ...how,
      },
      context,
    );
const revert =
  (number: number): Act =>
  (context) =>
    undo({ change: number, force: false, reason: null, dryRun: false }, context);
const unmark: Act = async (context) => {
  const registry = await context.registry();
  const { driver } = await context.connect(registry.orchestrators()[0] as never);
  await driver.setStamp(registry.schedule('nightly').nativeId ?? '', null);
};

interface Case {
  readonly name: string;
  /** Something of somebody else's stands there first. */
  readonly foreign: boolean;
  readonly before: readonly Act[];
  readonly act: Act;
  /** What may be afterwards: the record and the object, each `active` or `paused`, `+` for one that is marked. */
  readonly outcomes: readonly string[];
}

const cases: readonly Case[] = [
  { name: 'adopt', foreign: true, before: [], act: take(false), outcomes: ['none, active', 'active, active'] },
  { name: 'adopt --stamp', foreign: true, before: [], act: take(true), outcomes: ['none, active', 'active, active+'] },
  {
    name: 'adopt --stamp of one that is adopted',
    foreign: true,
    before: [take(false)],
    act: take(true),
    outcomes: ['active, active', 'active, active+'],
  },
  {
    name: 'delete of an adopted one',
    foreign: true,
    before: [take(true)],
    act: erase({}),
    outcomes: ['active, active+', 'none, paused'],
  },
  {
    name: 'undo of that',
    foreign: true,
    before: [take(true), erase({})],
    act: revert(2),
    outcomes: ['none, paused', 'active, active'],
  },
  {
    name: 'undo of an adoption',
    foreign: true,
    before: [take(true)],
    act: revert(1),
    outcomes: ['active, active+', 'none, active'],
  },
  {
    name: 'delete --delete-native of an adopted one',
    foreign: true,
    before: [take(false)],
    act: erase({ deleteNative: true }),
    outcomes: ['active, active', 'none, none'],
  },
  {
    name: 'delete --keep-native',
    foreign: false,
    before: [make],
    act: erase({ keepNative: true }),
    outcomes: ['active, active+', 'none, active'],
  },
  {
    name: 'undo of that, of one of ours',
    foreign: false,
    before: [make, erase({ keepNative: true })],
    act: revert(2),
    outcomes: ['none, active', 'active, active+'],
  },
  {
    name: 'delete --stop-runs',
    foreign: false,
    before: [make],
    act: erase({ stopRuns: true }),
    outcomes: ['active, active+', 'none, none'],
  },
  {
    name: 'audit --fix of a lost mark',
    foreign: false,
    before: [make, unmark],
    act: repairOf,
    outcomes: ['active, active+'],
  },
];

let stage: Stage;
afterEach(() => stage.leave());

async function ready(one: Case): Promise<Stage> {
  const set = setStage('memory');
  if (one.foreign) {
    set.fake.target.plant({ spec: theirs() });
  }
  for (const act of one.before) {
    expect(await set.play(act)).toEqual({ kind: 'done' });
  }
  return set;
}

/** The record and the object; fails when there are two of either, or when they do not belong together. */
function told(): string {
  const registry = stage.registry();
  const [record, ...others] = registry.scheduleNames('', 9).map((name) => registry.schedule(name));
  const [object, ...more] = stage.fake.target.objects();
  expect([others, more, registry.openEntries()]).toEqual([[], [], []]);
  if (record !== undefined) {
    expect(record).toMatchObject({ nativeId: object?.id, lifecycle: 'ready' });
  }
  const marked = (object?.body as { stamp?: string } | undefined)?.stamp === undefined ? '' : '+';
  return `${record?.desired ?? 'none'}, ${object === undefined ? 'none' : `${object.paused ? 'paused' : 'active'}${marked}`}`;
}

/** Done, or refused because it is done already. */
function settled(end: End): boolean {
  return end.kind === 'done' || (end.kind === 'thrown' && isSchedError(end.error, 'CONFLICT', 'NOT_FOUND'));
}

describe('killed before and after each call', () => {
  test.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    stage = await ready(one);
    expect(await stage.play(one.act)).toEqual({ kind: 'done' });
    const calls = stage.calls();
    expect(one.outcomes).toContain(told());
    expect(calls).toBeGreaterThan(1);
    const seen = new Set<string>();
    for (let nth = 1; nth <= calls; nth += 1) {
      for (const when of ['before', 'after'] as const) {
        for (const next of ['repair', 'again'] as const) {
          stage.leave();
          stage = await ready(one);
          const cut: Cut = { when, nth };
          expect([cut, await stage.play(one.act, cut)]).toEqual([cut, { kind: 'killed' }]);
          const end = await stage.play(next === 'repair' ? repairOf : one.act);
          expect([cut, next, settled(end) || end]).toEqual([cut, next, true]);
          // The same once more settles what is left by itself: no repair is needed.
          const state = told();
          expect([cut, next, one.outcomes.includes(state) || state]).toEqual([cut, next, true]);
          seen.add(state);
          let classes: readonly string[] = [];
          await stage.play(async (context) => {
            const report = await audit({ names: [], orchestrator: undefined, since: null }, context);
            classes = report.findings.map((found) => found.class);
          });
          const free = /^(none|archived), (active|paused)$/.test(state);
          expect([cut, next, state, classes]).toEqual([cut, next, state, free ? ['foreign'] : []]);
        }
      }
    }
    // Early deaths leave what was, late ones what was wanted.
    expect([...seen].sort()).toEqual([...one.outcomes].sort());
  });
});
