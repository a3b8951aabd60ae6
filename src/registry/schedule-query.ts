import { SchedError } from '../errors.js';
import {
  type Filter,
  type LabelCondition,
  SCHEDULE_FIELDS,
  type ScheduleField,
  type ScheduleQuery,
} from './registry.js';

type Bound = Record<string, string | number | null>;

const STATE = `CASE WHEN s.desired = 'archived' THEN 'archived' WHEN s.lifecycle IN ('creating', 'broken') THEN s.lifecycle
  WHEN s.desired = 'active' AND s.ends_at <= :now THEN 'ended' ELSE s.desired END`;

/** Where each field is found. `state` is the stored part: whether an agent runs is not known here. */
const EXPRESSIONS = {
  id: 's.id',
  name: 's.name',
  pipeline: 's.pipeline',
  pipeline_id: 's.pipeline',
  orchestrator: 's.orchestrator',
  orchestrator_id: 's.orchestrator_id',
  flavor: 's.flavor',
  project: "'default'",
  user: 's.user',
  owner: 's.owner',
  timezone: 's.timezone',
  cron_expression: 's.cron_expression',
  interval_second: 's.interval_second',
  catchup: 's.catchup',
  active: "(s.desired = 'active' AND (s.ends_at IS NULL OR s.ends_at > :now))",
  is_archived: "(s.desired = 'archived')",
  created: 's.created',
  updated: 's.updated',
  start_time: 's.start_time',
  end_time: 's.end_time',
  run_once_start_time: 's.run_once_start_time',
  next_run_time: 's.next_run_time',
  last_run_time: 's.last_run_time',
  native_id: 's.native_id',
  state: `(${STATE})`,
} as const satisfies Record<ScheduleField, string>;

const COMPARISONS = { equals: 'IS', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
const PATTERNS = { startswith: ['', '%'], contains: ['%', '%'], endswith: ['%', ''] } as const;

/**
 * The condition that a query puts on a row `s` of `schedules`, and its bound values. No value becomes part of the text.
 * As in ZenML: patterns do not mind the case of ASCII letters; UUIDs are compared without hyphens and case. A field that is
 * null fits no condition but `equals null` and `notequals` anything else.
 */
export function queryConditions(query: ScheduleQuery): { where: string; bound: Bound } {
  const bound: Bound = { now: query.now };
  const bind = (value: string | number | null): string => {
    const name = `v${Object.keys(bound).length}`;
    bound[name] = value;
    return `:${name}`;
  };
  const filters = query.filters.map((filter) => filterCondition(filter, bind));
  const conditions = [
    ...(filters.length === 0 ? [] : [`(${filters.join(query.logical === 'and' ? ' AND ' : ' OR ')})`]),
    ...query.labels.map((label) => labelCondition(label, bind)),
    ...(query.archived === 'both'
      ? []
      : [query.archived === 'true' ? "s.desired = 'archived'" : "s.desired <> 'archived'"]),
  ];
  return { where: conditions.length === 0 ? 'TRUE' : conditions.join(' AND '), bound };
}

/** The order of a page and its place, with `:size` and `:skip` to be bound; rows that are equal come in a fixed order. */
export function orderAndPage({ sort }: ScheduleQuery): string {
  const direction = sort.descending ? 'DESC' : 'ASC';
  return `ORDER BY ${EXPRESSIONS[sort.field]} ${direction}, s.key ${direction} LIMIT :size OFFSET :skip`;
}

function filterCondition({ field, operator, value }: Filter, bind: (value: string | number | null) => string): string {
  const kind = SCHEDULE_FIELDS[field];
  // A pipeline has no id but its name, which is no UUID.
  const isUuid = kind === 'uuid' && field !== 'pipeline_id';
  const expression = isUuid ? `replace(${EXPRESSIONS[field]}, '-', '')` : EXPRESSIONS[field];
  const plain = (one: string | number | boolean | null): string | number | null => {
    if (typeof one === 'boolean') {
      return one ? 1 : 0;
    }
    if (one === null || (kind !== 'text' && kind !== 'uuid')) {
      return one;
    }
    return isUuid ? String(one).replaceAll('-', '').toLowerCase() : String(one);
  };
  if (operator === 'oneof' || operator === 'in') {
    const values = Array.isArray(value) ? (value as readonly (string | number)[]) : [];
    if (operator === 'in') {
      const [from = null, to = null] = values;
      return `${expression} BETWEEN ${bind(plain(from))} AND ${bind(plain(to))}`;
    }
    return `coalesce(${expression} IN (SELECT value FROM json_each(${bind(JSON.stringify(values.map(plain)))})), FALSE)`;
  }
  if (Array.isArray(value)) {
    throw new SchedError('USAGE', `${operator} takes one value, not a list`);
  }
  const single = plain(value as string | number | boolean | null);
  switch (operator) {
    case 'notequals':
      return `${expression} IS NOT ${bind(single)}`;
    case 'startswith':
    case 'contains':
    case 'endswith':
      return patternCondition(field, expression, operator, String(single), bind);
    default:
      return isUuid && operator === 'equals' && typeof single === 'string' && /^[0-9a-f]{32}$/.test(single)
        ? `${EXPRESSIONS[field]} = ${bind(hyphenated(single))}`
        : `${expression} ${COMPARISONS[operator]} ${bind(single)}`;
  }
}

function hyphenated(uuid: string): string {
  return uuid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function patternCondition(
  field: ScheduleField,
  expression: string,
  operator: keyof typeof PATTERNS,
  value: string,
  bind: (value: string) => string,
): string {
  const [before, after] = PATTERNS[operator];
  const pattern = before + value.replace(/[\\%_]/g, '\\$&') + after;
  const like = `${expression} LIKE ${bind(pattern)} ESCAPE '\\'`;
  if (field !== 'name' || operator !== 'startswith') {
    return like;
  }
  // Lets the index on names (COLLATE NOCASE) find the range; LIKE decides.
  return `(${like} AND s.name COLLATE NOCASE BETWEEN ${bind(value)} AND ${bind(`${value}\u{10ffff}`)})`;
}

function labelCondition({ key, operator, values }: LabelCondition, bind: (value: string) => string): string {
  const label = `SELECT l.key FROM labels l WHERE l.label = ${bind(key)}`;
  switch (operator) {
    case 'exists':
      return `s.key IN (${label})`;
    case 'absent':
      return `s.key NOT IN (${label})`;
    case 'in':
    case 'notin':
      return `s.key ${operator === 'in' ? 'IN' : 'NOT IN'} (${label} AND l.value IN (SELECT value FROM json_each(${bind(JSON.stringify(values))})))`;
  }
}
