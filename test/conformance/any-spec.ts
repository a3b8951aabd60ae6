import fc from 'fast-check';
import {
  type IntervalTiming,
  type Json,
  type RunSpec,
  type ScheduleSpec,
  type Timing,
  UNITS,
} from '../../src/schedule.js';
import type { Bench } from './bench.js';
import { accepted, plainSpec } from './samples.js';

/** Whatever can be typed, but for a NUL, which no program can be given. */
const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((value) => !value.includes('\0'));

const instant = fc
  .integer({ min: Date.UTC(2031, 0, 1) / 60_000, max: Date.UTC(2035, 0, 1) / 60_000 })
  .map((minute) => minute * 60_000);

function field(min: number, max: number): fc.Arbitrary<string> {
  const value = fc.integer({ min, max });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    { weight: 3, arbitrary: value.map(String) },
    fc.integer({ min: 2, max: max - min }).map((step) => `*/${step}`),
    fc.tuple(value, value).map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
    fc.uniqueArray(value, { minLength: 2, maxLength: 4 }).map((values) => values.join(',')),
  );
}

const cron = fc
  .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
  .map((fields) => fields.join(' '));

const interval: fc.Arbitrary<IntervalTiming> = fc.record({
  kind: fc.constant('interval' as const),
  count: fc.integer({ min: 1, max: 500 }),
  unit: fc.constantFrom(...UNITS),
  anchor: instant,
  on: fc.constant([]),
  times: fc.constant([]),
});

/** A spec of parts that the manifest names; the target may still have to refuse it. */
export function anySpec(bench: Bench): fc.Arbitrary<ScheduleSpec> {
  const { manifest } = bench;
  const specs = accepted(bench).map(({ spec }) => spec);
  const timings = onePerKind(specs.map(({ timing }) => timing)).map((timing): fc.Arbitrary<Timing> => {
    switch (timing.kind) {
      case 'cron':
        return cron.map((expression) => ({ kind: 'cron', expression }));
      case 'interval':
        return interval;
      case 'once':
        return instant.map((at) => ({ kind: 'once', at }));
      default:
        return fc.constant(timing);
    }
  });
  const runs = onePerKind(specs.map(({ run }) => run)).map(
    (run): fc.Arbitrary<RunSpec> =>
      !('argv' in run)
        ? fc.constant(run)
        : fc.record({ words: fc.array(text, { maxLength: 4 }), value: text }).map(({ words, value }) => ({
            ...run,
            argv: [...run.argv, ...words],
            env: { ...run.env, VALUE: value },
          })),
  );
  const more = {
    parameters: fc.dictionary(fc.stringMatching(/^[a-z_]{1,9}$/), fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>, {
      maxKeys: 4,
    }),
    description: fc.option(text),
  };
  return fc
    .record({
      timing: fc.oneof(...timings),
      run: fc.oneof(...runs),
      overlap: fc.constantFrom(...manifest.overlap.accepts),
      ...more,
    })
    .map(({ parameters, description, ...spec }) => ({
      ...plainSpec(bench),
      ...spec,
      ...(manifest.fields.includes('parameters') && { parameters }),
      ...(manifest.fields.includes('description') && { description }),
    }));
}

function onePerKind<T extends { readonly kind: string }>(all: readonly T[]): T[] {
  return [...new Map(all.map((each) => [each.kind, each])).values()];
}
