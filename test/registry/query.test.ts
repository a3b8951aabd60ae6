import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Filter,
  type FilterOperator,
  type Registry,
  SCHEDULE_FIELDS,
  type ScheduleField,
  type ScheduleQuery,
} from '../../src/registry/registry.js';
import type { Timing } from '../../src/schedule.js';
import { reading, type Value } from './query-model.js';
import { change, create, failure, LOCAL, makeRun, NOW, query, stateOf, withRegistry } from './support.js';

const OPERATORS: Record<string, readonly FilterOperator[]> = {
  uuid: ['equals', 'notequals', 'startswith', 'contains', 'endswith', 'oneof', 'gt', 'gte', 'lt', 'lte'],
  text: ['equals', 'notequals', 'startswith', 'contains', 'endswith', 'oneof', 'gt', 'gte', 'lt', 'lte'],
  number: ['equals', 'notequals', 'gt', 'gte', 'lt', 'lte', 'oneof'],
  boolean: ['equals', 'notequals'],
  instant: ['equals', 'notequals', 'gt', 'gte', 'lt', 'lte', 'in'],
};

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'B', 'b', '%', '_', '\\', "'", '-', 'é', ' '), maxLength: 3 }),
  fc.constantFrom('active', 'ended', 'default', 'local', 'native-1', '', 'UTC', 'null', '0 3 * * *'),
);
const instant = fc.integer({ min: -3, max: 3 }).map((offset) => NOW + offset);
const seconds = fc.constantFrom(1, 60, 120, 3600, 86_400, 604_800, 1.5);

const timing: fc.Arbitrary<Timing> = fc.oneof(
  fc.constantFrom('0 3 * * *', '0 4 * * 1').map((expression) => ({ kind: 'cron' as const, expression })),
  fc.record({
    kind: fc.constant('interval' as const),
    count: fc.integer({ min: 1, max: 2 }),
    unit: fc.constantFrom(
      'second' as const,
      'minute' as const,
      'hour' as const,
      'day' as const,
      'week' as const,
      'month' as const,
    ),
    anchor: instant,
    on: fc.constant([]),
    times: fc.constant([]),
  }),
  instant.map((at) => ({ kind: 'once' as const, at })),
);

const row = fc.record({
  timing,
  pipeline: text,
  owner: fc.option(text),
  timezone: fc.constantFrom('UTC', 'Europe/Berlin'),
  start: fc.option(instant),
  end: fc.option(instant),
  catchup: fc.constantFrom('none' as const, 'last' as const, 'all' as const),
  desired: fc.constantFrom('active' as const, 'paused' as const, 'archived' as const),
  nativeId: fc.option(text),
  user: text,
  id: fc.uuid({ version: 4 }),
  now: instant,
  nextRun: fc.option(instant),
  endsAt: fc.option(instant),
  ran: fc.option(fc.tuple(fc.option(instant), fc.option(instant))),
  labels: fc.dictionary(fc.constantFrom('team', 'tier'), fc.constantFrom('a', 'b', '')),
});

const filter = (ids: readonly string[]): fc.Arbitrary<Filter> =>
  fc.constantFrom(...(Object.keys(SCHEDULE_FIELDS) as ScheduleField[])).chain((field) => {
    const kind = SCHEDULE_FIELDS[field];
    const id = fc
      .constantFrom(LOCAL.id, ...ids)
      .chain((one) => fc.constantFrom(one, one.toUpperCase(), one.replaceAll('-', ''), one.slice(0, 11)));
    const scalars: Record<string, fc.Arbitrary<Value>> = {
      uuid: field === 'pipeline_id' ? text : id,
      text: field === 'name' ? fc.oneof(text, fc.constantFrom('n0', 'N1', 'n')) : text,
      number: seconds,
      boolean: fc.boolean(),
      instant,
    };
    const scalar = scalars[kind] ?? text;
    return fc.constantFrom(...(OPERATORS[kind] ?? [])).chain((operator): fc.Arbitrary<Filter> => {
      if (operator === 'oneof' || operator === 'in') {
        const pair = operator === 'in' ? { minLength: 2, maxLength: 2 } : { maxLength: 3 };
        return fc.array(scalar, pair).map((value) => ({ field, operator, value: value as (string | number)[] }));
      }
      const value =
        operator === 'equals' || operator === 'notequals'
          ? fc.oneof({ weight: 5, arbitrary: scalar }, { weight: 1, arbitrary: fc.constant(null) })
          : scalar;
      return value.map((one) => ({ field, operator, value: one }));
    });
  });

const label = fc.record({
  key: fc.constantFrom('team', 'tier'),
  operator: fc.constantFrom('in' as const, 'notin' as const, 'exists' as const, 'absent' as const),
  values: fc.array(fc.constantFrom('a', 'b', ''), { maxLength: 2 }),
});

function fill(registry: Registry, rows: readonly (typeof row extends fc.Arbitrary<infer Row> ? Row : never)[]): void {
  for (const [index, one] of rows.entries()) {
    const { desired, nativeId, user, id, now, nextRun, endsAt, ran, ...spec } = one;
    const name = `${index % 2 ? 'N' : 'n'}${index}${'%_\\'[index % 4] ?? ''}`;
    create(
      registry,
      { desired, nativeId, spec: { name, ...spec } },
      { id, now, nextRun, endsAt, holder: { actor: user, host: 'here', pid: 1 } },
    );
    if (ran !== null) {
      registry.saveRuns([{ scheduleId: id, run: makeRun({ scheduled: ran[0], started: ran[1] }) }]);
    }
  }
}

test('every filter, label, sort and page is what a plain reading of the records gives', () => {
  const world = fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 12 }).chain((rows) => {
    const filters = fc.array(filter(rows.map(({ id }) => id)), { maxLength: 3 });
    const one = fc.record({
      filters,
      logical: fc.constantFrom('and' as const, 'or' as const),
      labels: fc.array(label, { maxLength: 2 }),
      sort: fc.record({
        field: fc.constantFrom(...(Object.keys(SCHEDULE_FIELDS) as ScheduleField[])),
        descending: fc.boolean(),
      }),
      archived: fc.constantFrom('true' as const, 'false' as const, 'both' as const),
      page: fc.integer({ min: 1, max: 2 }),
      size: fc.integer({ min: 1, max: 8 }),
      now: instant,
    });
    return fc.tuple(fc.constant(rows), fc.array(one, { minLength: 10, maxLength: 10 }));
  });
  return fc.assert(
    fc.asyncProperty(world, ([rows, queries]) =>
      withRegistry((registry) => {
        fill(registry, rows);
        const records = rows.flatMap(({ id }) => registry.scheduleById(id) ?? []);
        expect(records).toHaveLength(rows.length);
        for (const asked of queries) {
          const found = registry.schedules(asked);
          const expected = reading(records, asked);
          const first = (asked.page - 1) * asked.size;
          expect(found.items.map(({ id }) => id)).toEqual(
            expected.slice(first, first + asked.size).map(({ id }) => id),
          );
          expect([found.total, found.page, found.size]).toEqual([expected.length, asked.page, asked.size]);
        }
      }),
    ),
    { numRuns: 80 },
  );
}, 60_000);

describe('in particular', () => {
  const found = (registry: Registry, overrides: Partial<ScheduleQuery>) =>
    registry
      .schedules(query({ sort: { field: 'name', descending: false }, ...overrides }))
      .items.map(({ spec }) => spec.name);

  test('the wild cards of LIKE mean themselves', () =>
    withRegistry((registry) => {
      for (const name of ['a%b', 'a_b', 'a\\b', 'axb', 'AXB2']) {
        create(registry, { spec: { name } });
      }
      const by = (operator: FilterOperator, value: string) =>
        found(registry, { filters: [{ field: 'name', operator, value }] });
      expect(by('contains', '%')).toEqual(['a%b']);
      expect(by('startswith', 'a_')).toEqual(['a_b']);
      expect(by('endswith', '\\b')).toEqual(['a\\b']);
      expect(by('startswith', 'ax')).toEqual(['AXB2', 'axb']);
      expect(by('equals', "' OR 1=1 --")).toEqual([]);
    }));

  test('a schedule that is being made or was left halfway shows it as its state', () =>
    withRegistry((registry) => {
      const state = (value: string) => found(registry, { filters: [{ field: 'state', operator: 'equals', value }] });
      const record = create(registry, {}, { endsAt: NOW });
      expect(state('ended')).toEqual(['nightly']);
      const paused = change(registry, record, { ...stateOf(record), desired: 'paused' }, { endsAt: NOW });
      expect(state('paused')).toEqual(['nightly']);
      expect(paused?.desired).toBe('paused');
      expect(state('ended')).toEqual([]);
    }));

  test('a list where one value belongs is refused', () =>
    withRegistry((registry) => {
      expect(
        failure(() => found(registry, { filters: [{ field: 'name', operator: 'equals', value: ['a', 'b'] }] })).code,
      ).toBe('USAGE');
    }));

  test('names that begin so are found through an index, and a page of all without sorting', () =>
    withRegistry((registry, file) => {
      expect(registry.file).toBe(file);
      const many = Array.from({ length: 300 }, (_, index) => `job-${String(index).padStart(3, '0')}`);
      for (const name of many) {
        create(registry, { spec: { name } });
      }
      const page = registry.schedules(query({ sort: { field: 'name', descending: false }, page: 3, size: 100 }));
      expect(page.items.map(({ spec }) => spec.name)).toEqual(many.slice(200));
      expect(page.total).toBe(300);
      expect(registry.schedules(query({ page: 4, size: 100 }))).toEqual({ items: [], total: 300, page: 4, size: 100 });
    }));
});
