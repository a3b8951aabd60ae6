import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newCronJob, readRecorded, renderedNatively, scheduleText } from '../../src/drivers/kubernetes/cronjob.js';
import { robfigText } from '../../src/drivers/kubernetes/schedule-text.js';
import { runSettings } from '../../src/drivers/kubernetes/settings.js';
import { parseCron } from '../../src/time/cron.js';
import { container, plain, recorded, template } from './specs.js';

describe('a CronJob', () => {
  test('says when, and what to do about what is missed or overlaps', () => {
    expect(newCronJob(recorded(), false)).toMatchObject({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: {
        name: 'nightly-train-ijklmnop',
        labels: { 'app.kubernetes.io/managed-by': 'sched', 'sched/stamp': 's1-abcdefgh-ijklmnopqrst-1' },
      },
      spec: {
        schedule: '30 3 * * 1-5',
        timeZone: 'Europe/Berlin',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 30,
        successfulJobsHistoryLimit: 10,
        failedJobsHistoryLimit: 10,
        suspend: false,
        jobTemplate: { metadata: { labels: { 'sched/schedule': 'abcdefgh-ijklmnopqrst' } } },
      },
    });
  });

  test('has no deadline when the last missed run is made up for', () => {
    expect(newCronJob(recorded({ catchup: 'last' }), false).spec).not.toHaveProperty('startingDeadlineSeconds');
  });

  test('says nothing instead of null', () => {
    expect(JSON.stringify(newCronJob(recorded({ catchup: 'last' }), false).spec)).not.toContain('null');
  });

  test('carries labels, on itself and on its Jobs', () => {
    const made = newCronJob(recorded({ labels: { team: 'ml' } }), false);
    expect(made).toMatchObject({
      metadata: { labels: { team: 'ml' } },
      spec: { jobTemplate: { metadata: { labels: { team: 'ml' } } } },
    });
  });

  test('that an agent fires cannot fire by itself, whatever its timetable', () => {
    const once = { timing: { kind: 'once', at: 0 }, catchup: 'all' } as const;
    expect(newCronJob(recorded(once, { firedBy: 'agent' }), false).spec).toMatchObject({
      suspend: true,
      schedule: '0 0 31 2 *',
    });
    expect(newCronJob(recorded({}, { firedBy: 'agent' }), false).spec).toMatchObject({
      suspend: true,
      schedule: '30 3 * * 1-5',
    });
  });

  test('carries its spec beside it to the letter', () => {
    const whole = recorded({ description: 'a\0b \ud800 \u2028', owner: '"\'' });
    expect(readRecorded(newCronJob(whole, false))?.recorded).toEqual(whole);
  });

  test.each(['', 'null', '{}', '{"form":2}', '{"form":1}', '{"form":1,"spec":{"run":{}}}', '[1'])(
    'with the annotation %j has none that counts',
    (text) => {
      expect(readRecorded({ metadata: { annotations: { 'sched/spec': text } } })).toBeUndefined();
    },
  );

  test('is refused when what belongs to it is larger than all annotations may be', () => {
    expect(() => newCronJob(recorded({ description: 'x'.repeat(262_000) }), false)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining('262144') }),
    );
    // Bytes count, not characters.
    expect(() => newCronJob(recorded({ description: 'é'.repeat(131_000) }), false)).toThrow(/262144/);
    expect(() => newCronJob(recorded({ description: 'x'.repeat(260_000) }), false)).not.toThrow();
  });

  test.each([
    ['a NUL', 'a\0b'],
    ['half a character', 'a\ud800'],
    ['the other half', '\udc00'],
  ])('is refused with %s in a word, in the environment, in a template', (_what, text) => {
    const refused = expect.objectContaining({ code: 'UNSUPPORTED' });
    expect(() => newCronJob(recorded({ run: { ...container, argv: [text] } }), false)).toThrow(refused);
    expect(() => newCronJob(recorded({ run: { ...container, env: { A: text } } }), false)).toThrow(refused);
    const other = { ...template, template: { ...template.template, metadata: { annotations: { a: text } } } };
    expect(() => newCronJob(recorded({ run: other }), false)).toThrow(refused);
  });
});

describe('what others made', () => {
  test('is said in its own fields alone', () => {
    expect(renderedNatively({ ...plain, run: template, labels: { 'app.kubernetes.io/managed-by': 'Helm' } })).toEqual({
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
      spec: {
        schedule: '30 3 * * 1-5',
        timeZone: 'Europe/Berlin',
        startingDeadlineSeconds: 30,
        concurrencyPolicy: 'Forbid',
        jobTemplate: {
          spec: { ...(template.template.spec as object), backoffLimit: null, activeDeadlineSeconds: null },
        },
      },
    });
  });

  test('keeps its own job template: nothing else can run, and no parameters are passed', () => {
    expect(() => renderedNatively(plain)).toThrow(/cannot honour run/);
    expect(() => renderedNatively({ ...plain, run: template, parameters: { a: 1 } })).toThrow(
      /cannot honour parameters/,
    );
  });
});

describe('the text of a schedule', () => {
  test.each([
    ['0 0 * * 7', '0 0 * * 0'],
    ['0 0 * * 5-7', '0 0 * * 0,5,6'],
    ['0 0 * * 1-7', '0 0 * * 0-6'],
    ['0 0 1 * 0-7', '0 0 1 * 0-6'],
    ['0 0 * * 1-7/2', '0 0 * * 0,1,3,5'],
    ['0 0 * * *,7', '0 0 * * *'],
    ['0 0 * * 07', '0 0 * * 0'],
    ['7 7 7 7 *', '7 7 7 7 *'],
    ['0 0 * * */7', '0 0 * * */7'],
    ['0 0 * * mon,7', '0 0 * * 0,1'],
    ['  @daily ', '@daily'],
    ['*/20  6-8\t* JAN,feb mon', '*/20  6-8\t* JAN,feb mon'],
  ])('%s is %s', (expression, text) => {
    expect(robfigText(expression)).toBe(text);
  });

  test('means the same days, and names no 7 as a weekday', () => {
    const item = fc.oneof(
      fc.integer({ min: 0, max: 7 }).map(String),
      fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 4, max: 7 })).map(([from, to]) => `${from}-${to}`),
      fc.integer({ min: 1, max: 3 }).map((step) => `1-7/${step}`),
    );
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), (items) => {
        const expression = `0 0 * * ${items.join(',')}`;
        const text = robfigText(expression);
        expect(text.split(' ').at(-1)).not.toContain('7');
        expect(parseCron(text).daysOfWeek).toEqual(parseCron(expression).daysOfWeek);
        expect(parseCron(text).starDayOfWeek).toBe(false);
      }),
    );
  });

  test('of what has no cron text never fires', () => {
    expect(scheduleText({ ...plain, timing: { kind: 'once', at: 0 } })).toBe('0 0 31 2 *');
  });
});

describe('the settings', () => {
  test('have ten Jobs of each outcome kept, unless told', () => {
    expect(runSettings({})).toEqual({ serviceAccount: null, imagePullSecrets: [], successfulJobs: 10, failedJobs: 10 });
    expect(runSettings({ service_account: '', image_pull_secrets: '', failed_jobs_history_limit: '' })).toEqual(
      runSettings({}),
    );
  });

  test('name several secrets with commas between them', () => {
    expect(runSettings({ image_pull_secrets: 'one, two,,three', service_account: 'trainer' })).toMatchObject({
      serviceAccount: 'trainer',
      imagePullSecrets: ['one', 'two', 'three'],
    });
  });

  test.each(['-1', '3.5', 'many', '1e3', '99999999999'])('refuse to keep %s Jobs', (text) => {
    expect(() => runSettings({ failed_jobs_history_limit: text })).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('failed_jobs_history_limit') }),
    );
  });
});
