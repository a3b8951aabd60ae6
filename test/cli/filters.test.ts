import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FILTER_OPTIONS, parseFilter, parseSort, readFilters } from '../../src/cli/filters.js';
import { readScheduleQuery } from '../../src/cli/options/schedule-list.js';
import { parseSelector } from '../../src/cli/selector.js';
import { SCHEDULE_FIELDS } from '../../src/registry/registry.js';

const at = Date.parse;

describe('a filter', () => {
  test.each([
    ['name', 'night', 'equals', 'night'],
    ['name', 'startswith:night', 'startswith', 'night'],
    ['name', 'equals:startswith:x', 'equals', 'startswith:x'],
    ['name', 'http://x', 'equals', 'http://x'],
    ['name', 'equals:', 'equals', ''],
    ['name', 'oneof:["a","b:c"]', 'oneof', ['a', 'b:c']],
    ['id', 'contains:7f', 'contains', '7f'],
    ['interval_second', 'gte:1800.0', 'gte', 1800],
    ['active', 'True', 'equals', true],
    ['active', 'notequals:0', 'notequals', false],
    ['catchup', '1', 'equals', true],
    ['created', '2026-11-21 08:00:00', 'equals', at('2026-11-21T08:00:00Z')],
    ['created', 'gt:2026-11-21', 'gt', at('2026-11-21T00:00:00Z')],
    ['created', 'lt:2026-11-21T09:00:00+01:00', 'lt', at('2026-11-21T08:00:00Z')],
    ['created', 'lt:2026-11-21T09:00+0100', 'lt', at('2026-11-21T08:00:00Z')],
    ['created', '2026-11-21T08:00:00.123456', 'equals', at('2026-11-21T08:00:00.123Z')],
    ['updated', 'in:2026-11-01 00:00:00,2026-11-30 23:59:59', 'in', [at('2026-11-01'), at('2026-11-30T23:59:59Z')]],
  ] as const)('%s %j is %s', (field, text, operator, value) => {
    expect(parseFilter(field, text)).toEqual({ field, operator, value });
  });

  test.each([
    ['active', 'maybe', 'neither true nor false', 'Operators: equals, notequals. For example: true'],
    ['active', 'contains:t', 'contains is not an operator', 'Operators: equals, notequals.'],
    ['interval_second', 'gt:1h', '"1h" is not a number', 'gte:3600'],
    ['interval_second', '', '"" is not a number', 'gte:3600'],
    ['created', 'gt:soon', '"soon" is not a time', 'gt:2026-11-21 08:00:00'],
    ['created', '2026-02-30', 'is not a time', 'in'],
    ['created', '2026-11-21 25:00:00', 'is not a time', 'in'],
    ['created', 'in:2026-11-21', 'in takes two times', 'in:2026-11-01 00:00:00,2026-11-30 23:59:59'],
    ['name', 'oneof:a,b', 'oneof takes a JSON list of texts', 'oneof:["a","b"]'],
    ['name', 'oneof:[1]', 'oneof takes a JSON list of texts', 'oneof:["a","b"]'],
  ] as const)('%s %j is refused', (field, text, message, hint) => {
    const attempt = () => parseFilter(field, text);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining(hint) }));
    expect(attempt).toThrow(`--${field.replaceAll('_', '-')}`);
  });

  test('of any text either is one or is a usage error', () => {
    const fields = Object.keys(SCHEDULE_FIELDS) as (keyof typeof SCHEDULE_FIELDS)[];
    const operators = fc.constantFrom('', 'equals:', 'in:', 'oneof:', 'gt:', 'startswith:', 'nope:');
    fc.assert(
      fc.property(fc.constantFrom(...fields), operators, fc.string({ unit: 'binary' }), (field, operator, text) => {
        try {
          expect(parseFilter(field, operator + text).field).toBe(field);
        } catch (error) {
          expect(error).toMatchObject({ code: 'USAGE' });
        }
      }),
    );
  });

  test('exists as an option for every field but the archived ones', () => {
    expect(FILTER_OPTIONS).toHaveLength(Object.keys(SCHEDULE_FIELDS).length - 1);
    expect(readFilters({ name: 'x', pipelineId: 'y', other: 'z', active: true })).toEqual([
      { field: 'name', operator: 'equals', value: 'x' },
      { field: 'pipeline_id', operator: 'equals', value: 'y' },
    ]);
  });
});

test.each([
  ['desc:created', 'created', true],
  ['asc:name', 'name', false],
  ['next-run-time', 'next_run_time', false],
])('the order %s', (text, field, descending) => {
  expect(parseSort(text)).toEqual({ field, descending });
});

test('an order by what is no field is refused', () => {
  expect(() => parseSort('desc:nam')).toThrow(
    expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('Did you mean name?') }),
  );
  expect(() => parseSort('up:name')).toThrow('cannot be sorted by "up:name"');
});

describe('a selector', () => {
  test('is kubectl’s', () => {
    expect(
      parseSelector('team=ads,env!=dev , tier in (web, api),zone notin (a),a.b/c==1, has,!old,! older,empty='),
    ).toEqual([
      { key: 'team', operator: 'in', values: ['ads'] },
      { key: 'env', operator: 'notin', values: ['dev'] },
      { key: 'tier', operator: 'in', values: ['web', 'api'] },
      { key: 'zone', operator: 'notin', values: ['a'] },
      { key: 'a.b/c', operator: 'in', values: ['1'] },
      { key: 'has', operator: 'exists', values: [] },
      { key: 'old', operator: 'absent', values: [] },
      { key: 'older', operator: 'absent', values: [] },
      { key: 'empty', operator: 'in', values: [''] },
    ]);
  });

  test.each([[''], ['a=b,'], ['a in b'], ['a in (b'], ['=b'], ['a=b c'], ['a>1'], ['a in (b c)'], ['a\nb']])(
    '%j is refused',
    (text) => {
      expect(() => parseSelector(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    },
  );
});

describe('a list’s options', () => {
  test('have ZenML’s defaults', () => {
    expect(readScheduleQuery({}, {})).toEqual({
      filters: [],
      logical: 'and',
      labels: [],
      sort: { field: 'created', descending: true },
      archived: 'false',
      page: 1,
      size: 20,
    });
    expect(readScheduleQuery({}, { ZENML_PAGINATION_DEFAULT_LIMIT: '7' }).size).toBe(7);
    expect(readScheduleQuery({ size: '10000' }, { ZENML_PAGINATION_DEFAULT_LIMIT: '7' }).size).toBe(10_000);
  });

  test.each([
    [{ size: '10001' }, '--size takes a whole number from 1 to 10000, not "10001".'],
    [{ size: '0' }, '--size'],
    [{ page: '1.5' }, '--page takes a whole number of at least 1, not "1.5".'],
    [{ page: '-1' }, '--page'],
    [{ isArchived: 'maybe' }, '--is-archived takes true, false or both'],
  ])('%j is refused', (options, message) => {
    expect(() => readScheduleQuery(options, {})).toThrow(message);
  });

  test('a wrong variable is named', () => {
    expect(() => readScheduleQuery({}, { ZENML_PAGINATION_DEFAULT_LIMIT: 'x' })).toThrow(
      'ZENML_PAGINATION_DEFAULT_LIMIT takes',
    );
  });
});
