import { SchedError } from '../errors.js';
import { nearest } from '../nearest.js';
import { type Filter, type FilterOperator, SCHEDULE_FIELDS, type ScheduleField } from '../registry/registry.js';
import type { OptionDefinition, Typed } from './command.js';
import { camelCase } from './flags.js';

type Kind = (typeof SCHEDULE_FIELDS)[ScheduleField];

const TEXT_OPERATORS = [
  'equals',
  'notequals',
  'startswith',
  'contains',
  'endswith',
  'oneof',
  'gt',
  'gte',
  'lt',
  'lte',
] as const;

/** ZenML's operators for each kind of value. */
const OPERATORS: Readonly<Record<Kind, readonly FilterOperator[]>> = {
  uuid: TEXT_OPERATORS,
  text: TEXT_OPERATORS,
  number: ['equals', 'notequals', 'gt', 'gte', 'lt', 'lte'],
  boolean: ['equals', 'notequals'],
  instant: ['equals', 'notequals', 'gt', 'gte', 'lt', 'lte', 'in'],
};

const EXAMPLES: Readonly<Record<Kind, string>> = {
  uuid: 'startswith:7f3c9a',
  text: 'oneof:["ads","web"]',
  number: 'gte:3600',
  boolean: 'true',
  instant: 'gt:2026-11-21 08:00:00',
};

/** Has an option of its own, which takes `both` besides. */
const ARCHIVED: ScheduleField = 'is_archived';
const FIELDS = Object.keys(SCHEDULE_FIELDS) as ScheduleField[];

/** One option for each field of a schedule: `--name startswith:night`, `--cron-expression "0 3 * * *"`. */
export const FILTER_OPTIONS: readonly OptionDefinition[] = FIELDS.filter((field) => field !== ARCHIVED)
  .toSorted()
  .map((field) => ({
    flags: `--${field.replaceAll('_', '-')} <filter>`,
    help: helpOf(SCHEDULE_FIELDS[field]),
    group: 'Filters (a value, or operator:value)',
    ...(field === 'orchestrator' && { completes: 'orchestrator' as const }),
    ...(field === 'name' && { completes: 'schedule' as const }),
    ...(field === 'timezone' && { completes: 'timezone' as const }),
  }));

function helpOf(kind: Kind): string {
  return {
    uuid: 'an id',
    text: 'text',
    number: 'a number',
    boolean: 'true or false',
    instant: 'a time such as 2026-11-21 08:00:00 (UTC) or 2026-11-21T09:00+01:00',
  }[kind];
}

/** The filters among a command's options. Throws USAGE naming the field, its operators and an example. */
export function readFilters(options: Typed): readonly Filter[] {
  return FIELDS.filter((field) => field !== ARCHIVED).flatMap((field) => {
    const text = options[camelCase(`--${field.replaceAll('_', '-')}`)];
    return typeof text === 'string' ? [parseFilter(field, text)] : [];
  });
}

/** Reads `operator:value`, or a value alone for `equals`. Throws USAGE. */
export function parseFilter(field: ScheduleField, text: string): Filter {
  const kind = SCHEDULE_FIELDS[field];
  const colon = text.indexOf(':');
  const before = text.slice(0, Math.max(0, colon));
  const operator = ALL_OPERATORS.find((one) => one === before);
  if (operator === undefined) {
    return { field, operator: 'equals', value: scalar(field, kind, text, text) };
  }
  if (!OPERATORS[kind].includes(operator)) {
    throw refused(field, text, `${operator} is not an operator for ${helpOf(kind)}`);
  }
  const value = text.slice(colon + 1);
  if (operator === 'oneof') {
    return { field, operator, value: listed(field, value, text) };
  }
  if (operator === 'in') {
    return { field, operator, value: range(field, kind, value, text) };
  }
  return { field, operator, value: scalar(field, kind, value, text) };
}

const ALL_OPERATORS = [...new Set(Object.values(OPERATORS).flat())];

function scalar(field: ScheduleField, kind: Kind, value: string, text: string): string | number | boolean {
  switch (kind) {
    case 'uuid':
    case 'text':
      return value;
    case 'number': {
      const number = Number(value);
      if (value.trim() === '' || !Number.isFinite(number)) {
        throw refused(field, text, `"${value}" is not a number`);
      }
      return number;
    }
    case 'boolean': {
      const found = BOOLEANS.get(value.trim().toLowerCase());
      if (found === undefined) {
        throw refused(field, text, `"${value}" is neither true nor false`);
      }
      return found;
    }
    case 'instant': {
      const instant = parseTime(value.trim());
      if (instant === undefined) {
        throw refused(field, text, `"${value}" is not a time`);
      }
      return instant;
    }
  }
}

const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
]);

const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,6})?)?(?:\s*(Z|[+-]\d{2}:?\d{2}))?)?$/i;

/** ZenML's `%Y-%m-%d %H:%M:%S`, and ISO 8601; UTC unless it has an offset, as ZenML stores it. */
function parseTime(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, date = '', time = '00:00', seconds = ':00', zone = 'Z'] = match;
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : zone.replace(/^(...)(\d\d)$/, '$1:$2');
  const instant = Date.parse(`${date}T${time}${seconds}${offset}`);
  // Date.parse lets 31 February be 3 March.
  const sameDay = new Date(Date.parse(`${date}T00:00:00Z`)).toISOString().startsWith(date);
  return Number.isNaN(instant) || !sameDay ? undefined : instant;
}

function listed(field: ScheduleField, value: string, text: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(value);
    if (Array.isArray(list) && list.every((one) => typeof one === 'string')) {
      return list;
    }
  } catch {
    // Said below.
  }
  throw refused(field, text, 'oneof takes a JSON list of texts', 'oneof:["a","b"]');
}

function range(field: ScheduleField, kind: Kind, value: string, text: string): readonly number[] {
  const ends = value.split(',').map((end) => scalar(field, kind, end, text));
  const [from, to] = ends;
  if (ends.length !== 2 || typeof from !== 'number' || typeof to !== 'number') {
    throw refused(field, text, 'in takes two times', 'in:2026-11-01 00:00:00,2026-11-30 23:59:59');
  }
  return [from, to];
}

function refused(field: ScheduleField, text: string, why: string, example?: string): SchedError {
  const kind = SCHEDULE_FIELDS[field];
  return new SchedError('USAGE', `--${field.replaceAll('_', '-')} ${JSON.stringify(text)}: ${why}.`, {
    hint: `Operators: ${OPERATORS[kind].join(', ')}. For example: ${example ?? EXAMPLES[kind]}`,
  });
}

/** Reads `desc:created`, `asc:name` or `name`. Throws USAGE listing the fields. */
export function parseSort(text: string): { readonly field: ScheduleField; readonly descending: boolean } {
  const [, direction = 'asc', name = ''] = /^(?:(asc|desc):)?(.*)$/s.exec(text) ?? [];
  const wanted = name.trim().toLowerCase().replaceAll('-', '_');
  const field = FIELDS.find((one) => one === wanted);
  if (field === undefined) {
    const [guess] = nearest(wanted, FIELDS, 1);
    throw new SchedError('USAGE', `Schedules cannot be sorted by ${JSON.stringify(text)}.`, {
      hint: `${guess === undefined ? '' : `Did you mean ${guess}? `}asc: or desc: and one of ${FIELDS.join(', ')}`,
    });
  }
  return { field, descending: direction === 'desc' };
}
