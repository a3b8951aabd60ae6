/** Operations killed before and after each call of a driver, one that names and updates and one that can do neither; then a repair. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { audit } from '../../src/operations/audit/audit.js';
import { fix } from '../../src/operations/audit/fix.js';
import { create } from '../../src/operations/create.js';
import { remove } from '../../src/operations/delete.js';
import { setPaused } from '../../src/operations/pause.js';
import { undo } from '../../src/operations/undo.js';
import { update } from '../../src/operations/update.js';
import type { Cut } from '../fakes/cut.js';
import { type Act, createInput, type Stage, setStage } from './stage.js';

const selection = { names: ['nightly'], labels: [], all: false };
const make: Act = (context) => create(createInput('0 3 * * *'), context);
const pause: Act = (context) =>
  setPaused({ selection, paused: true, until: null, reason: null, dryRun: false }, context);
const resume: Act = (context) =>
  setPaused({ selection, paused: false, until: null, reason: null, dryRun: false }, context);
const erase =
  (hard: boolean): Act =>
  (context) =>
    remove(
      {
        selection,
        hard,
        keepNative: false,
        deleteNative: false,
        stopRuns: false,
        yes: true,
        reason: null,
        dryRun: false,
      },
      context,
    );
const change: Act = (context) =>
  update(
    {
      name: 'nightly',
      patch: (spec) => ({ ...spec, timing: { kind: 'cron', expression: '0 4 * * *' } }),
      reason: null,
      dryRun: false,
    },
    context,
  );
const revert =
  (number: number): Act =>
  (context) =>
    undo({ change: number, force: false, reason: null, dryRun: false }, context);
const repair: Act = async (context) => {
  const report = await audit({ names: [], orchestrator: undefined, since: null }, context);
  const backupFolder = join(context.cwd, 'backups');
  const input = { deleteOrphans: false, maxChanges: 9, yes: true, dryRun: false, reason: null, backupFolder };
  const done = await fix(report, input, context, () => undefined);
  for (const { error } of done.repairs) {
    if (error !== null) {
      throw error;
    }
  }
};

interface Case {
  readonly name: string;
  readonly before: readonly Act[];
  readonly act: Act;
  /** What may stand afterwards: `active 0 3 * * *`; null: nothing. */
  readonly outcomes: readonly (string | null)[];
}

const OLD = 'active 0 3 * * *';
const NEW = 'active 0 4 * * *';
const cases: readonly Case[] = [
  { name: 'create', before: [], act: make, outcomes: [OLD, null] },
  { name: 'update', before: [make], act: change, outcomes: [OLD, NEW] },
  {
    name: 'update of a paused one',
    before: [make, pause],
    act: change,
    outcomes: ['paused 0 3 * * *', 'paused 0 4 * * *'],
  },
  { name: 'pause', before: [make], act: pause, outcomes: [OLD, 'paused 0 3 * * *'] },
  { name: 'resume', before: [make, pause], act: resume, outcomes: [OLD, 'paused 0 3 * * *'] },
  { name: 'delete', before: [make], act: erase(false), outcomes: [OLD, null] },
  { name: 'delete --hard', before: [make], act: erase(true), outcomes: [OLD, null] },
  { name: 'undo of an update', before: [make, change], act: revert(2), outcomes: [OLD, NEW] },
  { name: 'undo of a delete', before: [make, erase(false)], act: revert(2), outcomes: [OLD, null] },
];

/** Patience with writes that show late is half a minute of this clock, which runs fast here. */
const FAST = 30;
const { performance } = globalThis;
const now = performance.now.bind(performance);
beforeAll(() => {
  performance.now = () => now() * FAST;
});
afterAll(() => {
  performance.now = now;
});

async function ready(flavor: 'memory' | 'awkward', before: readonly Act[]): Promise<Stage> {
  const stage = setStage(flavor);
  for (const act of before) {
    expect(await stage.play(act)).toEqual({ kind: 'done' });
  }
  return stage;
}

interface Seen {
  readonly id: string | null;
  readonly state: string;
}

/** What stands: in the registry, and on the orchestrator past every staleness. */
function told(stage: Stage): {
  readonly recorded: readonly Seen[];
  readonly standing: readonly Seen[];
  readonly open: number;
} {
  const registry = stage.registry();
  const { items } = registry.schedules({
    filters: [],
    logical: 'and',
    labels: [],
    sort: { field: 'name', descending: false },
    archived: 'false',
    page: 1,
    size: 100,
    now: Date.now(),
  });
  return {
    recorded: items.map(({ nativeId, desired, spec }) => ({
      id: nativeId,
      state: `${desired} ${spec.timing.kind === 'cron' ? spec.timing.expression : ''}`,
    })),
    standing: stage.fake.target.objects().map(({ id, paused, body }) => ({
      id,
      state: `${paused ? 'paused' : 'active'} ${/\d+ \d+ \* \* \*/.exec(JSON.stringify(body))?.[0] ?? JSON.stringify(body)}`,
    })),
    open: registry.openEntries().length,
  };
}

/** Never two that fire, not even before the repair. */
function firing(stage: Stage): number {
  return stage.fake.target.objects().filter(({ paused }) => !paused).length;
}

describe.each(['memory', 'awkward'] as const)('on %s, killed before and after each call', (flavor) => {
  test.each(cases.map((one) => [one.name, one] as const))(
    '%s: a repair finds one truth',
    async (_name, one) => {
      const whole = await ready(flavor, one.before);
      expect(await whole.play(one.act)).toEqual({ kind: 'done' });
      const calls = whole.calls();
      whole.leave();
      expect(calls).toBeGreaterThan(1);
      const seen = new Set<string | null>();
      const cuts = Array.from({ length: calls }, (_call, index) => index + 1).flatMap((nth): Cut[] => [
        { when: 'before', nth },
        { when: 'after', nth },
      ]);
      // Mostly they wait for what shows late: several at a time.
      const lane = async (): Promise<void> => {
        for (let cut = cuts.shift(); cut !== undefined; cut = cuts.shift()) {
          seen.add(await aftermath(cut));
        }
      };
      await Promise.all([lane(), lane(), lane(), lane(), lane(), lane()]);
      expect([...seen].map(String).sort()).toEqual(one.outcomes.map(String).sort());

      /** What stands after a death at `cut` and a repair; fails unless everybody agrees on it. */
      async function aftermath(cut: Cut): Promise<string | null> {
        const stage = await ready(flavor, one.before);
        const end = await stage.play(one.act, cut);
        const fired = firing(stage);
        const healed = [await stage.play(repair), await stage.play(repair)];
        const { recorded, standing, open } = told(stage);
        stage.leave();
        expect({ cut, end, healed, fired: fired <= 1, standing, open }).toEqual({
          cut,
          end: { kind: 'killed' },
          healed: [{ kind: 'done' }, { kind: 'done' }],
          fired: true,
          standing: recorded,
          open: 0,
        });
        const [state = null] = recorded.map((record) => record.state);
        expect(one.outcomes).toContain(state);
        return state;
      }
    },
    60_000,
  );
});
