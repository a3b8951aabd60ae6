import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commandOf } from '../../src/agent/command.js';
import type { ClaimedRun } from '../../src/drivers/local/store/rows.js';
import { fill, fillJson } from '../../src/placeholders.js';
import type { CommandRun, ScheduleSpec } from '../../src/schedule.js';
import { HOUR, START, specOf } from '../drivers-local/samples.js';

describe('placeholders', () => {
  test('only known names are replaced, doubled braces make them literal', () => {
    const values = { date: '2026-01-05', 'two words': 'yes', empty: '' };
    expect(fill('{date}/{two words}/{empty}/x', values)).toBe('2026-01-05/yes//x');
    expect(fill('{{date}} {{other}} {other} {} { date } {{{date}}} $'.concat('{date}'), values)).toBe(
      '{date} {{other}} {other} {} { date } {{date}} $2026-01-05',
    );
    expect(fill('{toString} {__proto__}', values)).toBe('{toString} {__proto__}');
  });

  test('what a value contains stays', () => {
    expect(fill('{a}{b}', { a: '{b}', b: '$&' })).toBe('{b}$&');
  });

  test('text without a known name is untouched', () => {
    fc.assert(fc.property(fc.string(), (text) => fill(text, { 'a name that is not in there': 'x' }) === text));
  });

  test('any value arrives whole', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, value) => {
        fc.pre(!before.includes('{'));
        expect(fill(`${before}{name}`, { name: value })).toBe(before + value);
      }),
    );
  });

  test('JSON is filled in its texts only', () => {
    expect(fillJson({ '{a}': ['{a}', 1, null, { b: 'x{a}' }] }, { a: '1' })).toEqual({
      '{a}': ['1', 1, null, { b: 'x1' }],
    });
  });
});

describe('the command of a run', () => {
  function claimed(patch: Partial<ScheduleSpec>, parameters = {}, scheduled: number | null = START): ClaimedRun {
    const spec = specOf(patch);
    return {
      scheduleId: 'id',
      nativeId: 'native',
      spec,
      parameters: { ...spec.parameters, ...parameters },
      created: START + 1500,
      run: {
        nativeId: 'run',
        scheduled,
        started: null,
        finished: null,
        status: 'pending',
        trigger: 'schedule',
        exitCode: null,
        reason: null,
        attempt: 1,
        url: null,
      },
    };
  }
  const run = (argv: string[], env = {}): CommandRun => ({ kind: 'command', argv, cwd: '/', env });

  test('knows its occurrence, in the zone of the schedule', () => {
    const patch = {
      timezone: 'Pacific/Auckland',
      timing: { kind: 'interval', count: 1, unit: 'hour', anchor: START - 5 * HOUR, on: [], times: [] },
    } as const;
    const { program, args } = commandOf(claimed(patch), run(['x{date}', '{scheduled_time}', '{previous}', '{{date}}']));
    expect([program, ...args]).toEqual(['x2026-01-06', '2026-01-05T12:00:00Z', '2026-01-05T11:00:00Z', '{date}']);
  });

  test('has nothing before its first occurrence, and the moment of asking without one', () => {
    const once = { timing: { kind: 'once', at: START } } as const;
    expect(commandOf(claimed(once), run(['a', '[{previous}]'])).args).toEqual(['[]']);
    expect(commandOf(claimed(once, {}, null), run(['a', '{scheduled_time}'])).args).toEqual([
      '2026-01-05T12:00:01.500Z',
    ]);
  });

  test('takes parameters, those of the run over those of the schedule, and occurrences within them', () => {
    const ready = commandOf(
      claimed({ parameters: { day: '{date}', n: 3, date: 'mine' } }, { n: [1, '{date}'] }),
      run(['{day}', '{n}', '{date}'], { WHERE: 'in {day}' }),
    );
    expect([ready.program, ...ready.args]).toEqual(['2026-01-05', '[1,"2026-01-05"]', 'mine']);
    expect(ready.env.WHERE).toBe('in 2026-01-05');
    expect(JSON.parse(ready.env.PIPELINE_PARAMS ?? '')).toEqual({
      day: '2026-01-05',
      n: [1, '2026-01-05'],
      date: 'mine',
    });
  });

  test('has the environment of the schedule and the five of ours, nothing else', () => {
    const { env } = commandOf(
      claimed({ name: 'nightly', pipeline: 'train' }),
      run(['a'], { A: '1', SCHED_SCHEDULE: 'mine' }),
    );
    expect(env).toEqual({
      A: '1',
      PIPELINE_NAME: 'train',
      PIPELINE_PARAMS: '{}',
      SCHED_SCHEDULE: 'mine',
      SCHED_RUN_ID: 'run',
      SCHED_SCHEDULED_TIME: '2026-01-05T12:00:00Z',
    });
  });
});
