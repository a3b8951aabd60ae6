import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { differenceList, fieldText, nativeDifferenceList } from '../../src/field-words.js';
import { differenceJson, differenceWords } from '../../src/present/differences.js';
import { attributed, canonical, differences, except, fieldOf, project, specOf } from '../../src/projection.js';
import type { Json, Projection, ScheduleSpec } from '../../src/schedule.js';
import { anySpec } from '../conformance/any-spec.js';
import { createInput } from '../crash/stage.js';
import { fakeBenches } from '../fakes/benches.js';

const bench = await fakeBenches.memory?.();
if (bench === undefined) {
  throw new Error('there is no bench');
}
const spec = anySpec(bench);
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
const FIELDS = ['run', 'labels', 'parameters', 'retry', 'timezone'] as const;
const projection: fc.Arbitrary<Projection> = fc.record(Object.fromEntries(FIELDS.map((field) => [field, json])));
const NOW = Date.UTC(2026, 10, 21, 14, 3);

function run(more: object): Projection {
  return { run: { kind: 'container', image: 'a:1', argv: ['x'], env: {}, ...more } };
}

describe('differences', () => {
  test('are none exactly where the values are equal, whatever the order of keys', () => {
    fc.assert(
      fc.property(projection, projection, (one, other) => {
        const equal = FIELDS.every((field) => canonical(one[field] ?? null) === canonical(other[field] ?? null));
        expect(differences(one, other).length === 0).toBe(equal);
      }),
    );
    const turned = Object.fromEntries(Object.entries(run({}).run as object).toReversed());
    expect(differences(run({}), { run: turned })).toEqual([]);
  });

  test('name the part that differs, absent as none', () => {
    expect(differences(run({}), run({ image: 'a:2' }))).toEqual([
      { field: 'run.image', expected: 'a:1', actual: 'a:2' },
    ]);
    expect(differences({ labels: { team: 'ads', tier: '1' } }, { labels: { tier: '1', env: 'dev' } })).toEqual([
      { field: 'labels.team', expected: 'ads', actual: null },
      { field: 'labels.env', expected: null, actual: 'dev' },
    ]);
    expect(differences({ retry: { count: 1 } }, { retry: { count: 2 } })).toEqual([
      { field: 'retry.count', expected: 1, actual: 2 },
    ]);
    expect(differences({ retry: null }, { retry: { count: 2 } })).toEqual([
      { field: 'retry', expected: null, actual: { count: 2 } },
    ]);
  });

  test('of a part that is null here and absent there are told as a whole', () => {
    const [here, there] = [{ parameters: { a: null, b: 1 } }, { parameters: { b: 2 } }];
    expect(differences(here, there)).toEqual([{ field: 'parameters', expected: { a: null, b: 1 }, actual: { b: 2 } }]);
  });

  test('of two kinds of run are one, told in brief', () => {
    const other = { run: { kind: 'template', template: { spec: { text: 'long '.repeat(40) } } } };
    const [found] = differences(run({}), other);
    expect(found?.field).toBe('run');
    expect(fieldText('run', found?.expected ?? null)).toBe('container a:1 x');
    expect(fieldText('run', found?.actual ?? null)).toMatch(/^template .{50}…$/);
  });

  test('are left out by the field or by the part', () => {
    const changed = differences({ ...run({}), labels: { a: '1' } }, { ...run({ image: 'b' }), labels: { a: '2' } });
    expect(changed.map(fieldOf)).toEqual(['run', 'labels']);
    expect(except(changed, ['labels']).map(({ field }) => field)).toEqual(['run.image']);
    expect(except(changed, ['run.image']).map(({ field }) => field)).toEqual(['labels.a']);
    expect(except(changed, ['label', 'run.im'])).toHaveLength(2);
  });
});

describe('who changed it', () => {
  const at = NOW - 180_000;
  const native = {
    nativeId: 'n',
    stamp: null,
    paused: false,
    version: null,
    url: null,
    projection: {},
    changedBy: { run: { name: 'helm', at: null }, 'labels.a': { name: 'kubectl-edit', at } },
  };
  const changed = attributed(
    [
      { field: 'run.image', expected: 'a', actual: 'b' },
      { field: 'labels.a', expected: null, actual: '1' },
      { field: 'timezone', expected: 'UTC', actual: 'Asia/Tokyo' },
    ],
    native,
  );

  test('is found by the part, else by its field', () => {
    expect(changed.map(({ changedBy }) => changedBy?.name ?? null)).toEqual(['helm', 'kubectl-edit', null]);
  });

  test('is said after the values, and is in the data', () => {
    expect(nativeDifferenceList(changed, NOW)).toBe(
      'run.image  a → b (by helm)\nlabels.a  none → 1 (by kubectl-edit, 3 min ago)\ntimezone  UTC → Asia/Tokyo',
    );
    expect(differenceWords(changed.slice(1, 2), NOW)).toBe('labels.a none → 1 (by kubectl-edit, 3 min ago)');
    expect(changed.map(differenceJson)).toEqual([
      { field: 'run.image', expected: 'a', actual: 'b', changed_by: { name: 'helm', at: null } },
      {
        field: 'labels.a',
        expected: null,
        actual: '1',
        changed_by: { name: 'kubectl-edit', at: '2026-11-21T14:00:00Z' },
      },
      { field: 'timezone', expected: 'UTC', actual: 'Asia/Tokyo', changed_by: null },
    ]);
  });
});

describe('in words', () => {
  test('the words of a command are a line of a shell', () => {
    expect(fieldText('run.argv', ['sh', '-c', 'echo "a b"'])).toBe(`sh -c 'echo "a b"'`);
    expect([fieldText('labels.a', ''), fieldText('labels.a', null)]).toEqual(['""', 'none']);
  });

  test('what differs inside a large value is shown by its path', () => {
    const template = (image: string, limit: number) => ({
      run: { kind: 'template', template: { spec: { backoffLimit: limit, containers: [{ image, args: ['a'] }] } } },
    });
    expect(differenceList(differences(template('a:1', 1), template('a:2', 1)))).toBe(
      'run.template.spec.containers.0.image  a:1 → a:2',
    );
    expect(differenceList(differences(run({ env: { A: '1', B: '2' } }), run({ env: { A: '1' } })))).toBe(
      'run.env.B  2 → none',
    );
    const many = (value: string) => run({ env: Object.fromEntries([...'abcdefgh'].map((name) => [name, value])) });
    expect(differenceList(differences(many('1'), many('2')))).toMatch(/^run\.env {2}\{"a":"1".*\} → \{"a":"2"/);
  });
});

describe('specOf', () => {
  const otherwise = (one: ScheduleSpec) => ({ ...one, pipeline: '?', timezone: '?', catchupLimit: 0 });

  test('is the way back from project', () => {
    fc.assert(
      fc.property(spec, fc.boolean(), (one, paused) => {
        expect(specOf(project(one, paused), otherwise(one))).toEqual(one);
      }),
    );
  });

  test('takes what is not told from what is given', () => {
    const one = {
      ...(createInput('0 3 * * *').draft as unknown as ScheduleSpec),
      catchup: 'none',
      overlap: 'allow',
    } as const;
    const { run: what, cron_expression } = project(one, false);
    expect(specOf({ run: what ?? null, cron_expression: cron_expression ?? null }, one)).toEqual(one);
    expect(
      specOf({ run: what ?? null, cron_expression: '0 4 * * *', catchup_policy: 'last, at most 60 s late' }, one),
    ).toMatchObject({ catchup: 'last', timing: { expression: '0 4 * * *' } });
  });

  test('refuses what does not tell when or what', () => {
    const one = createInput('0 3 * * *').draft as unknown as ScheduleSpec;
    expect(() => specOf({ cron_expression: '0 3 * * *' }, one)).toThrow('does not tell what it runs');
    expect(() => specOf({ run: { kind: 'reference', id: 'x' } }, one)).toThrow('does not tell when it is due');
  });
});
