import { describe, expect, test } from '@jest/globals';
import { newCronJob } from '../../src/drivers/kubernetes/cronjob.js';
import { nativeSchedule } from '../../src/drivers/kubernetes/read-back.js';
import type { Json } from '../../src/schedule.js';
import { applied, stored, type Tree } from './server.js';
import { recorded } from './specs.js';

const OWN = stored(newCronJob(recorded(), false)) as { readonly metadata: { readonly annotations: Tree } };

/** The CronJob with its annotation changed by hand. */
function edited(change: (spec: Record<string, Json>) => void): Json {
  const whole = JSON.parse(String(OWN.metadata.annotations['sched/spec'])) as { spec: Record<string, Json> };
  change(whole.spec);
  return applied(OWN as unknown as Json, { metadata: { annotations: { 'sched/spec': JSON.stringify(whole) } } });
}

describe('a recorded spec that somebody edited', () => {
  test.each<[string, (spec: Record<string, Json>) => void]>([
    ['without its start', (spec) => delete spec.start],
    ['with an end that is no moment', (spec) => (spec.end = 'soon')],
    ['without its labels', (spec) => delete spec.labels],
    ['without its timing', (spec) => delete spec.timing],
    ['with a run of another shape', (spec) => (spec.run = { kind: 'container' })],
    ['with nothing', (spec) => void Object.keys(spec).map((key) => delete spec[key])],
  ])('(%s) counts as none: the object says what a CronJob can say', (_what, change) => {
    const native = nativeSchedule(edited(change), {});
    expect(native.stamp).not.toBeNull();
    expect(native.projection).toMatchObject({ cron_expression: '30 3 * * 1-5', run: { kind: 'template' } });
    expect(native.projection).not.toHaveProperty('pipeline');
    expect([native.foreignFields, native.changedBy]).toEqual([[], {}]);
  });

  test('is read where it can be', () => {
    const native = nativeSchedule(
      edited((spec) => (spec.description = 'by hand')),
      {},
    );
    expect(native.projection).toMatchObject({ description: 'by hand', pipeline: 'train', run: { kind: 'container' } });
  });
});
