import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { covers, same } from '../../src/drivers/kubernetes/covers.js';
import { rendered } from '../../src/drivers/kubernetes/cronjob.js';
import { mergePatch, patched } from '../../src/drivers/kubernetes/merge.js';
import { nativeSchedule } from '../../src/drivers/kubernetes/read-back.js';
import { differences, project } from '../../src/projection.js';
import type { ScheduleSpec } from '../../src/schedule.js';
import { applied, stored, type Tree } from './server.js';
import { anySpec, recorded } from './specs.js';

function treeOf(spec: ScheduleSpec): Tree {
  return { ...rendered(recorded(spec)) };
}

/** The CronJob that stands for a spec, with what others set on it. */
function standing(spec: ScheduleSpec, foreign: Tree): Tree {
  return applied(stored(treeOf(spec)), foreign) as Tree;
}

/** What others may set that we never do. */
const foreign = fc
  .record({
    label: fc.option(fc.constant('x')),
    annotation: fc.option(fc.constant('y')),
    parallelism: fc.option(fc.constant(3)),
    priorityClassName: fc.option(fc.constant('high')),
    node: fc.option(fc.constant('z')),
  })
  .map(
    ({ label, annotation, parallelism, priorityClassName, node }): Tree => ({
      metadata: {
        labels: label === null ? {} : { 'others/label': label },
        annotations: annotation === null ? {} : { 'others/annotation': annotation },
      },
      spec: {
        jobTemplate: {
          spec: {
            ...(parallelism !== null && { completions: parallelism }),
            template: {
              spec: {
                ...(priorityClassName !== null && { priorityClassName }),
                ...(node !== null && { nodeSelector: { 'others/node': node } }),
              },
            },
          },
        },
      },
    }),
  );

describe('a merge patch', () => {
  test('gives what is desired, and keeps what others set', () => {
    fc.assert(
      fc.property(anySpec, anySpec, foreign, (before, after, theirs) => {
        const current = standing(before, theirs);
        const patch = mergePatch(treeOf(before), treeOf(after), current);
        const result = stored(applied(current, patch ?? {}) as Tree);
        expect(covers(treeOf(after), result)).toBe(true);
        expect(covers(theirs, result)).toBe(true);
        expect(differences(project(after, false), nativeSchedule(result, {}).projection)).toEqual([]);
        // Nothing of the old spec is left: what stands there is what stands there without a history.
        expect(same(withoutServer(standing(after, theirs)), withoutServer(result))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('is none when nothing is to be changed, whatever others set', () => {
    fc.assert(
      fc.property(anySpec, foreign, (spec, theirs) => {
        expect(mergePatch(treeOf(spec), treeOf(spec), standing(spec, theirs))).toBeUndefined();
      }),
    );
  });

  test('takes nothing of others’ away when all of ours goes', () => {
    fc.assert(
      fc.property(anySpec, foreign, (spec, theirs) => {
        const current = standing(spec, theirs);
        const { metadata } = treeOf(spec) as { metadata: Tree };
        const patch = mergePatch({ metadata }, {}, current) ?? {};
        const result = applied(current, patch) as { metadata: Tree; spec: Tree };
        expect(result.spec).toEqual(current.spec);
        expect(covers(theirs.metadata, result.metadata)).toBe(true);
        expect(JSON.stringify(result.metadata)).not.toContain('sched/');
      }),
    );
  });

  test.each<[string, Tree, Tree, Tree, Tree | undefined]>([
    ['changes a value that somebody changed', { a: 1 }, { a: 1 }, { a: 2 }, { a: 1 }],
    ['puts back what somebody took away', { a: 1 }, { a: 1 }, {}, { a: 1 }],
    ['takes away what is wanted no more', { a: 1 }, {}, { a: 1 }, { a: null }],
    ['leaves what went by itself', { a: 1 }, {}, {}, undefined],
    [
      'leaves the keys of others in an object that goes',
      { a: { b: 1 } },
      {},
      { a: { b: 1, c: 2 } },
      { a: { b: null } },
    ],
    ['takes an object away that was all ours', { a: { b: 1, c: 2 } }, {}, { a: { b: 1 } }, { a: null }],
    ['writes lists whole', { a: [1, 2] }, { a: [1] }, { a: [1, 2, 3] }, { a: [1] }],
    ['lets amounts of the same value be', {}, { limits: { cpu: '1000m' } }, { limits: { cpu: '1' } }, undefined],
    ['makes an object where there was a value', {}, { a: { b: 1 } }, { a: 2 }, { a: { b: 1 } }],
  ])('%s', (_what, last, desired, current, patch) => {
    expect(mergePatch(last, desired, current)).toEqual(patch);
  });

  test('keeps what others set on our container, by its name, and drops what we set no more', () => {
    const current = { list: [{ name: 'main', image: 'a', command: ['x'], workingDir: '/theirs' }] };
    const last = { list: [{ name: 'main', image: 'a', command: ['x'] }] };
    expect(mergePatch(last, { list: [{ name: 'main', image: 'b' }] }, current)).toEqual({
      list: [{ name: 'main', image: 'b', workingDir: '/theirs' }],
    });
    // Gone without being replaced: the value stands in the list only.
    expect(mergePatch(last, { list: [{ name: 'main', image: 'a' }] }, current)).toEqual({
      list: [{ name: 'main', image: 'a', workingDir: '/theirs' }],
    });
  });

  test('is applied as RFC 7396 says', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 3 }),
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
        (target, patch) => {
          expect(patched(target as never, patch as Tree)).toEqual(applied(target as never, patch as Tree));
        },
      ),
    );
  });
});

/** Without the marks of a store, and without the order in which objects were written. */
function withoutServer({ metadata, spec }: Tree): Tree {
  const { labels = {}, annotations = {} } = metadata as { labels?: Tree; annotations?: Tree };
  return { metadata: { labels, annotations }, spec: spec ?? {} };
}
