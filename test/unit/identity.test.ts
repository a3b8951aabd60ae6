import { describe, expect, test } from '@jest/globals';
import { isSameTarget, tellsMore } from '../../src/identity.js';

describe('an identity', () => {
  test.each([
    ['one', 'one', true],
    ['one', 'two', false],
    ['uid:1 ca:a', 'uid:1 ca:a', true],
    ['uid:1 ca:a', 'uid:1 ca:b', true],
    ['uid:1 ca:a', 'uid:2 ca:a', false],
    ['uid:1 ca:a', 'ca:a', true],
    ['uid:1 ca:a', 'ca:b', false],
    ['ca:a', 'uid:1 ca:a', true],
    ['uid:1', 'ca:a', false],
    ['ca:a@host:6443/x', 'ca:a@host:6443/y', false],
  ])('%s, answered by %s: the same %s', (pinned, answering, same) => {
    expect(isSameTarget(pinned, answering)).toBe(same);
  });

  test('is told in full by who may see more', () => {
    expect(tellsMore('ca:a', 'uid:1 ca:a')).toBe(true);
    expect(tellsMore('uid:1 ca:a', 'ca:a')).toBe(false);
    expect(tellsMore('uid:1 ca:a', 'uid:1 ca:a')).toBe(false);
  });
});
