import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkLabels, cronJobName, jobName } from '../../src/drivers/kubernetes/names.js';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const stamp = fc.record({
  registry: fc.constant('abcdefgh'),
  schedule: fc.stringMatching(/^[a-z2-7]{12}$/),
  generation: fc.integer({ min: 1, max: 99_999 }),
});

describe('the name of a CronJob', () => {
  test('fits, whatever the schedule is called and how often it was replaced', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), stamp, (name, each) => {
        const made = cronJobName(name, each);
        expect(made).toMatch(LABEL);
        expect(made.length).toBeLessThanOrEqual(52);
        expect(jobName(made, name)).toMatch(LABEL);
        expect(jobName(made, name).length).toBeLessThanOrEqual(63);
      }),
    );
  });

  test('differs for two schedules, and for two generations of one', () => {
    fc.assert(
      fc.property(fc.string(), stamp, stamp, (name, one, other) => {
        fc.pre(one.schedule.slice(0, 8) !== other.schedule.slice(0, 8) || one.generation !== other.generation);
        expect(cronJobName(name, one)).not.toBe(cronJobName(name, other));
      }),
    );
  });

  test.each([
    ['Nightly Train!', 1, 'nightly-train-ijklmnop'],
    ['Übung', 1, 'ubung-ijklmnop'],
    ['日本', 2, 'schedule-ijklmnop-2'],
    ['x'.repeat(35).concat('-y'), 1, `${'x'.repeat(35)}-ijklmnop`],
  ])('says what %s is', (name, generation, made) => {
    expect(cronJobName(name, { registry: 'abcdefgh', schedule: 'ijklmnopqrst', generation })).toBe(made);
  });

  test('of a Job is the same for the same key, and another for another', () => {
    expect(jobName('a', 'key')).toBe(jobName('a', 'key'));
    expect(jobName('a', 'key')).not.toBe(jobName('a', 'other'));
  });
});

describe('labels', () => {
  test.each([
    [{ team: 'ml' }],
    [{ 'example.com/team': 'ml.ops_1-a' }],
    [{ empty: '' }],
    [{ ['a'.repeat(63)]: 'b'.repeat(63) }],
  ])('%j are taken', (labels) => {
    expect(() => checkLabels(labels)).not.toThrow();
  });

  test.each([
    [{ 'has space': 'x' }, 'has space'],
    [{ team: 'has space' }, 'has space'],
    [{ team: '-x' }, '-x'],
    [{ 'a/b/c': 'x' }, 'a/b/c'],
    [{ 'EXAMPLE.com/team': 'x' }, 'EXAMPLE.com/team'],
    [{ ['a'.repeat(64)]: 'x' }, 'a'.repeat(64)],
    [{ team: 'b'.repeat(64) }, 'b'.repeat(64)],
    [{ '/team': 'x' }, '/team'],
    [{ 'sched/mine': 'x' }, 'sched/mine'],
    [{ 'app.kubernetes.io/managed-by': 'me' }, 'app.kubernetes.io/managed-by'],
  ])('%j are refused by name', (labels, named) => {
    expect(() => checkLabels(labels as Record<string, string>)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining(named) }),
    );
  });

  test('of others may say who looks after the object, and not that it is ours', () => {
    expect(() => checkLabels({ 'app.kubernetes.io/managed-by': 'Helm' }, true)).not.toThrow();
    expect(() => checkLabels({ 'sched/stamp': 'x' }, true)).toThrow(/sched\/stamp/);
  });
});
