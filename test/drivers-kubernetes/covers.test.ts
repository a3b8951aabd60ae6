import { describe, expect, test } from '@jest/globals';
import { covers } from '../../src/drivers/kubernetes/covers.js';
import { sameQuantity } from '../../src/drivers/kubernetes/quantity.js';
import type { Tree } from './server.js';

describe('equality', () => {
  test.each([
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1024Mi', '1Gi'],
    ['1e3', '1k'],
    ['1E', '1000P'],
    ['1.50', '1500m'],
    ['2', 2],
    ['-1', '-1000m'],
    ['.5', '500m'],
  ])('of %s and %s is by value', (left, right) => {
    expect(sameQuantity(left, right)).toBe(true);
  });

  test.each([
    ['1', '2'],
    ['1M', '1Mi'],
    ['1', 'x'],
    ['x', 'x'],
    ['', ''],
  ])('of %s and %s is none', (left, right) => {
    expect(sameQuantity(left, right)).toBe(false);
  });

  test('counts amounts where amounts stand, and text elsewhere', () => {
    expect(covers({ limits: { cpu: '1000m' } }, { limits: { cpu: '1' } })).toBe(true);
    expect(covers({ emptyDir: { sizeLimit: '1024Mi' } }, { emptyDir: { sizeLimit: '1Gi' } })).toBe(true);
    expect(covers({ args: ['1000m'] }, { args: ['1'] })).toBe(false);
    expect(covers({ labels: { cpu: '1000m' } }, { labels: { cpu: '1' } })).toBe(false);
  });

  test.each<[Tree, Tree, boolean]>([
    [{ a: '' }, {}, true],
    [{ a: [] }, {}, true],
    [{ a: {} }, { a: { b: 'others' } }, true],
    [{ a: null }, {}, true],
    [{ a: [] }, { a: ['x'] }, false],
    [{ a: '' }, { a: 'x' }, false],
    [{ a: { b: 'c' } }, {}, false],
    [{ labels: { a: '' } }, { labels: {} }, false],
    [{ labels: { a: null } }, { labels: {} }, true],
    [{ hostNetwork: false }, {}, true],
    [{ automountServiceAccountToken: false }, {}, false],
    [{ backoffLimit: 0 }, {}, false],
    [{ a: ['x', ''] }, { a: ['x'] }, false],
  ])('of %j in %j is %s', (expected, actual, answer) => {
    expect(covers(expected, actual)).toBe(answer);
  });
});
