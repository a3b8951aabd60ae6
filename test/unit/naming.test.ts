import { describe, expect, test } from '@jest/globals';
import { defaultName, namedParts, parseNamingRule } from '../../src/naming.js';
import type { Timing } from '../../src/schedule.js';

const rule = parseNamingRule('{frequency}-{purpose}-{environment}[-v{n}]');
const daily: Timing = { kind: 'cron', expression: '0 3 * * *' };
const every = (count: number, unit: 'hour' | 'day' | 'minute'): Timing => ({
  kind: 'interval',
  count,
  unit,
  anchor: 0,
  on: [],
  times: [],
});

describe('a rule for names', () => {
  test('makes labels of the parts', () => {
    expect(namedParts('nightly-train-prod-v2', rule, daily)).toEqual({
      frequency: 'nightly',
      purpose: 'train',
      environment: 'prod',
      n: '2',
    });
    expect(namedParts('daily-train-prod', rule, every(24, 'hour'))).toEqual({
      frequency: 'daily',
      purpose: 'train',
      environment: 'prod',
    });
  });

  test.each(['train', 'nightly-train', 'nightly-train-prod-x2', 'nightly-train-prod-v', 'a-b-c-d'])(
    'refuses %s',
    (name) => {
      expect(() => namedParts(name, rule, daily)).toThrow('does not follow the rule');
    },
  );

  test.each([
    ['hourly-train-prod', daily, 'is daily'],
    ['daily-train-prod', { kind: 'cron', expression: '0 * * * *' } as Timing, 'is hourly'],
    ['weekly-train-prod', every(1, 'day'), 'is daily'],
    ['once-train-prod', every(30, 'minute'), 'is every-30-minutes'],
  ])('holds the frequency of %s against the timetable', (name, timing, what) => {
    expect(() => namedParts(name, rule, timing)).toThrow(what);
  });

  test('leaves words alone that say no frequency', () => {
    expect(namedParts('ads-train-prod', rule, daily)).toMatchObject({ frequency: 'ads' });
  });

  test.each(['', 'plain', '{a', '{a}[-b', '{a}]', '{A}'])('is not %j', (text) => {
    expect(() => parseNamingRule(text)).toThrow('not a rule');
  });

  test('takes signs literally', () => {
    expect(() => namedParts('xtrain', parseNamingRule('.{purpose}'), daily)).toThrow('does not follow');
  });
});

describe('the default name', () => {
  test.each([
    ['train', daily, 'train-daily'],
    ['train', { kind: 'cron', expression: '@hourly' } as Timing, 'train-hourly'],
    ['train', { kind: 'cron', expression: '0 9 * * 1-5' } as Timing, 'train-weekdays'],
    ['my pipe/line', every(30, 'minute'), 'my-pipe-line-every-30-minutes'],
    ['???', { kind: 'once', at: 0 } as Timing, 'schedule-once'],
  ])('of %s', (pipeline, timing, name) => {
    expect(defaultName(pipeline, timing)).toBe(name);
  });
});
