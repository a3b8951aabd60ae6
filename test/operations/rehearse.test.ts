/** Dry runs on a target that shows its requests: the requests, the target's refusals, and nothing written anywhere. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Style } from '../../src/cli/command.js';
import { type CreateInput, create } from '../../src/operations/create.js';
import { setPaused } from '../../src/operations/pause.js';
import { update } from '../../src/operations/update.js';
import { requestLines, requestsJson } from '../../src/present/requests.js';
import { type Act, createInput, type Stage, setStage } from '../crash/stage.js';

let stage: Stage;
afterEach(() => stage.leave());

/** What an act gives; throws what it throws. */
async function played<T>(act: (context: Parameters<Act>[0]) => Promise<T>): Promise<T> {
  let result: T | undefined;
  const end = await stage.play(async (context) => {
    result = await act(context);
  });
  if (end.kind === 'thrown') {
    throw end.error;
  }
  return result as T;
}

const input: CreateInput = createInput('0 3 * * *');
const make = (more: Partial<CreateInput> = {}) => played((context) => create({ ...input, ...more }, context));
const change = (expression: string, dryRun = true) =>
  played((context) =>
    update(
      {
        name: 'nightly',
        patch: (spec) => ({ ...spec, timing: { kind: 'cron', expression } }),
        reason: null,
        dryRun,
      },
      context,
    ),
  );
const pausing = (paused: boolean, dryRun = true) =>
  played((context) =>
    setPaused(
      { selection: { names: ['nightly'], labels: [], all: false }, paused, until: null, reason: null, dryRun },
      context,
    ),
  );

/** Everything that is stored, here and there. */
const stored = () =>
  JSON.stringify([
    stage.fake.target.objects(),
    stage.registry().orchestrators(),
    stage
      .registry()
      .scheduleNames('', 99)
      .map((name) => stage.registry().schedule(name)),
    stage.registry().changes({ limit: 99 }),
  ]);

describe('on a target that shows its requests', () => {
  beforeEach(() => {
    stage = setStage('memory');
  });

  test('a create shows what it would send, and not even the identity is pinned', async () => {
    const before = stored();
    const made = await make({ dryRun: true });
    expect(made).toMatchObject({
      outcome: 'planned',
      requests: [{ method: 'POST', body: { spec: { name: 'nightly', timing: { expression: '0 3 * * *' } } } }],
    });
    expect(stored()).toBe(before);
    expect(stage.registry().orchestrators()[0]?.identity).toBeNull();
  });

  test('an update, a replacement and a pause show theirs', async () => {
    await make();
    const [object] = stage.fake.target.objects();
    const before = stored();
    expect((await change('0 4 * * *')).requests).toEqual([
      { method: 'PUT', url: `memory://objects/${object?.id}`, body: null },
    ]);
    expect((await make({ ...createInput('0 5 * * *', 'replace'), dryRun: true })).requests).toMatchObject([
      { method: 'PUT' },
    ]);
    expect((await pausing(true)).items[0]?.result).toMatchObject({ outcome: 'planned', requests: [{ method: 'PUT' }] });
    expect((await pausing(false)).items[0]?.result).toMatchObject({ outcome: 'unchanged', requests: null });
    expect((await change('0 3 * * *')).requests).toEqual([]);
    expect(stored()).toBe(before);
  });

  test('what is really done has no requests to show', async () => {
    expect((await make()).requests).toBeNull();
    expect((await change('0 4 * * *', false)).requests).toBeNull();
    expect((await pausing(true, false)).items[0]?.result?.requests).toBeNull();
  });

  test.each([
    [403, 'PERMISSION'],
    [401, 'AUTHENTICATION'],
  ] as const)('a refusal of the target (%s) is the command’s: %s', async (status, code) => {
    stage.fake.target.inject({ on: 'rehearse', kind: 'refused', status });
    await expect(make({ dryRun: true })).rejects.toMatchObject({ code });
    expect(stage.fake.target.objects()).toEqual([]);
  });

  test('another target under the name, and somebody else’s change, are refused as the change itself would be', async () => {
    await make();
    const [object] = stage.fake.target.objects();
    stage.fake.target.meddle(object?.id ?? '', { paused: true });
    await expect(change('0 4 * * *')).rejects.toMatchObject({
      code: 'CONFLICT',
      detail: expect.stringContaining('paused'),
    });
    stage.registry().changeOrchestrator('fake', { identity: 'another' }, Date.now());
    await expect(pausing(true)).rejects.toMatchObject({ code: 'IDENTITY' });
  });
});

test('a target that cannot show them is not asked', async () => {
  stage = setStage('awkward');
  expect(await make({ dryRun: true })).toMatchObject({ outcome: 'planned', requests: null });
  expect(stage.calls()).toBe(0);
});

describe('requests', () => {
  const style = { bold: (text: string) => text, yaml: async () => 'a:\n  b: 1' } as unknown as Style;
  const requests = [
    { method: 'POST', url: 'https://x/y', body: { a: { b: 1 } } },
    { method: 'DELETE', url: 'https://x/y/z', body: null },
  ];
  beforeEach(() => {
    stage = setStage('memory');
  });

  test('are shown with their bodies', async () => {
    expect(await requestLines(requests, style)).toBe(
      'Would send  POST https://x/y\n    a:\n      b: 1\nWould send  DELETE https://x/y/z',
    );
    expect(await requestLines(null, style)).toBe('');
    expect(requestsJson(requests)).toEqual(requests);
    expect(requestsJson(null)).toBeNull();
  });
});
