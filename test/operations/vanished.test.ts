/** A run of which nobody saw the end does not go on for ever, once its orchestrator shows it no more. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Connection, Context } from '../../src/context.js';
import { create } from '../../src/operations/create.js';
import { refreshUnended } from '../../src/operations/fired/refresh.js';
import { runs } from '../../src/operations/runs.js';
import { trigger } from '../../src/operations/trigger.js';
import type { Instant, NativeRun, OverlapPolicy } from '../../src/schedule.js';
import { createInput } from '../crash/stage.js';
import { makeRun } from '../registry/support.js';
import { type Scene, setScene } from './scene.js';

const HOUR = 3_600_000;
const REASON = 'the orchestrator shows it no more';

let scene: Scene;
beforeEach(() => {
  scene = setScene();
});
afterEach(() => scene.stage.leave());

async function make(overlap: OverlapPolicy | null = null, names: readonly string[] = ['nightly']): Promise<void> {
  for (const name of names) {
    const { draft, ...input } = createInput('0 3 * * *');
    await scene.played((context) => create({ ...input, draft: { ...draft, name, overlap } }, context));
  }
}

/** A run that the registry knows and the orchestrator does not. */
function seen(started: Instant | null, more: Partial<NativeRun> = {}, name = 'nightly'): void {
  const run = makeRun({ nativeId: 'gone', scheduled: null, started, finished: null, status: 'running', ...more });
  scene.stage.registry().saveRuns([{ scheduleId: scene.record(name).id, run }]);
}

async function connected(context: Context): Promise<Connection> {
  const [orchestrator] = (await context.registry()).orchestrators();
  if (orchestrator === undefined) {
    throw new Error('no orchestrator');
  }
  return await context.connect(orchestrator);
}

const start = (name = 'nightly') =>
  scene.played((context) => trigger({ name, parameters: {}, wait: false, timeoutMs: null, dryRun: false }, context));
const asked = (since?: Instant) =>
  scene.played((context) =>
    runs({ name: 'nightly', filter: { limit: 9, ...(since !== undefined && { since }) } }, context),
  );
const known = (name = 'nightly') =>
  scene.stage
    .registry()
    .runs({ scheduleId: scene.record(name).id, limit: 9 })
    .map(({ nativeId, status, finished, reason }) => [nativeId, status, finished, reason]);
const GONE = [['gone', 'unknown', null, REASON]];
const GOING = ['gone', 'running', null, null];
const another = [expect.stringMatching(/^run-/), 'running', null, null];

describe('runs of one schedule', () => {
  test('that are shown no more are unknown, with the reason', async () => {
    await make();
    seen(Date.now() - HOUR);
    expect(await asked()).toMatchObject([{ nativeId: 'gone', status: 'unknown', reason: REASON }]);
  });

  test('are stopped where a newer one takes their place', async () => {
    await make('replace');
    seen(Date.now() - HOUR);
    expect(await asked()).toMatchObject([{ nativeId: 'gone', status: 'stopped', reason: REASON }]);
  });

  test('are looked for among all, not only among those that are asked for', async () => {
    await make();
    await start();
    const [run] = scene.stage.registry().runs({ limit: 1 });
    seen(Date.now() - HOUR, { nativeId: run?.nativeId ?? '' });
    await asked(Date.UTC(2031, 0, 1));
    expect(known()).toEqual([another]);
  });

  test('go on when they began within the minute, as long as nothing newer shows', async () => {
    await make();
    seen(Date.now() - 50_000);
    await asked();
    expect(known()).toEqual([GOING]);
    await start();
    await asked();
    expect(known()).toEqual([another, ...GONE]);
  });

  test('are gone as soon as one shows that was not known', async () => {
    await make();
    seen(Date.UTC(2031, 0, 1));
    await scene.played(async (context) => {
      const { driver } = await connected(context);
      const request = { key: 'new', parameters: {}, trigger: 'schedule', scheduled: null } as const;
      await driver.trigger(scene.record().nativeId ?? '', request);
    });
    await asked();
    expect(known()).toEqual([...GONE, another]);
  });

  test('that wait without a time are gone at once', async () => {
    await make();
    seen(null, { status: 'pending' });
    await asked();
    expect(known()).toEqual(GONE);
  });

  test('that ended are left as they ended', async () => {
    await make();
    seen(Date.now() - HOUR, { status: 'succeeded', finished: Date.now() });
    expect(await asked()).toMatchObject([{ status: 'succeeded' }]);
  });

  test.each(['refused', 'truncated'] as const)('are left alone when the answer is %s', async (kind) => {
    await make();
    seen(Date.now() - HOUR);
    const fault = kind === 'refused' ? ({ kind, status: 403 } as const) : { kind };
    scene.stage.fake.target.inject({ on: 'runs', times: 9, ...fault });
    await expect(asked()).rejects.toThrow();
    expect(known()).toEqual([GOING]);
  });
});

describe('an audit', () => {
  const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

  test.each([1, 6])('tells of %d schedules what is shown no more, and is not told that it overruns', async (count) => {
    const names = NAMES.slice(0, count);
    await make(null, names);
    for (const name of names) {
      seen(Date.now() - 48 * HOUR, {}, name);
    }
    const { findings } = await scene.audited();
    expect(findings).toEqual([]);
    expect(names.map((name) => known(name))).toEqual(names.map(() => GONE));
  });

  test('leaves alone what it could not ask for', async () => {
    await make(null, NAMES);
    for (const name of NAMES) {
      seen(Date.now() - 48 * HOUR, {}, name);
    }
    scene.stage.fake.target.inject({ on: 'allRuns', kind: 'refused', status: 403, nth: 3, times: 99 });
    await scene.audited();
    expect(NAMES.map((name) => known(name)[0]?.[1])).toEqual(NAMES.map(() => 'running'));
  });
});

describe('an agent', () => {
  const refreshed = (now = Date.now()) =>
    scene.played(async (context) => refreshUnended(await context.registry(), await connected(context), now));
  async function makeFired(name: string): Promise<void> {
    const { draft, ...input } = createInput('0 3 * * *');
    await scene.played((context) => create({ ...input, draft: { ...draft, name }, firedBy: 'agent' }, context));
  }

  test.each([1, 2])('lets none of %d go on that is shown no more', async (count) => {
    const names = ['a', 'b'].slice(0, count);
    for (const name of names) {
      await makeFired(name);
      seen(Date.now() - HOUR, {}, name);
    }
    await refreshed();
    expect(names.map((name) => known(name))).toEqual(names.map(() => GONE));
  });

  test('asks for all runs before it says that one is gone', async () => {
    await makeFired('nightly');
    await start();
    const [run] = scene.stage.registry().runs({ limit: 1 });
    // Known as having begun later than the orchestrator says.
    seen(Date.UTC(2031, 0, 1), { nativeId: run?.nativeId ?? '' });
    await refreshed(Date.UTC(2032, 0, 1));
    expect(known()).toEqual([another]);
  });
});
