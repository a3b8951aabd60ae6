import {
  type Filter,
  SCHEDULE_FIELDS,
  type ScheduleField,
  type ScheduleQuery,
  type ScheduleRecord,
} from '../../src/registry/registry.js';

/** What a field can be. */
export type Value = string | number | boolean | null;

/** What a field of a record is, by the contract. */
function fieldOf(record: ScheduleRecord, field: ScheduleField, now: number): Value {
  const { spec, desired } = record;
  const { timing } = spec;
  const ended = desired === 'active' && record.endsAt !== null && record.endsAt <= now;
  const seconds = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800, month: Number.NaN };
  const state = () => {
    if (desired === 'archived') {
      return 'archived';
    }
    if (record.lifecycle === 'creating' || record.lifecycle === 'broken') {
      return record.lifecycle;
    }
    return ended ? 'ended' : desired;
  };
  const fields: Record<ScheduleField, Value> = {
    id: record.id,
    name: spec.name,
    pipeline: spec.pipeline,
    pipeline_id: spec.pipeline,
    orchestrator: record.orchestrator,
    orchestrator_id: record.orchestratorId,
    flavor: record.flavor,
    project: 'default',
    user: record.user,
    owner: spec.owner,
    timezone: spec.timezone,
    cron_expression: timing.kind === 'cron' ? timing.expression : null,
    interval_second: timing.kind === 'interval' && timing.unit !== 'month' ? timing.count * seconds[timing.unit] : null,
    catchup: spec.catchup === 'all',
    active: desired === 'active' && !ended,
    is_archived: desired === 'archived',
    created: record.created,
    updated: record.updated,
    start_time: spec.start,
    end_time: spec.end,
    run_once_start_time: timing.kind === 'once' ? timing.at : null,
    next_run_time: record.nextRun,
    last_run_time: record.lastRun === null ? null : (record.lastRun.started ?? record.lastRun.scheduled),
    native_id: record.nativeId,
    state: state(),
  };
  return fields[field];
}

function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** SQLite's order: null, then numbers, then text by its UTF-8 bytes. */
function compare(one: Value, other: Value): number {
  if (one === null || other === null) {
    return Number(one !== null) - Number(other !== null);
  }
  return typeof one === 'string'
    ? Buffer.compare(Buffer.from(one), Buffer.from(String(other)))
    : Number(one) - Number(other);
}

function fits(record: ScheduleRecord, { field, operator, value }: Filter, now: number): boolean {
  const isUuid = SCHEDULE_FIELDS[field] === 'uuid' && field !== 'pipeline_id';
  const plain = (one: Value): Value =>
    isUuid && typeof one === 'string' ? one.replaceAll('-', '').toLowerCase() : one;
  const mine = plain(fieldOf(record, field, now));
  if (operator === 'notequals') {
    return mine !== plain(value as Value);
  }
  if (operator === 'equals') {
    return mine === plain(value as Value);
  }
  if (mine === null) {
    return false;
  }
  const values = (Array.isArray(value) ? value : [value]) as Value[];
  const [first = null, second = null] = values.map(plain);
  switch (operator) {
    case 'oneof':
      return values.map(plain).includes(mine);
    case 'in':
      return compare(mine, first) >= 0 && compare(mine, second) <= 0;
    case 'startswith':
      return lower(String(mine)).startsWith(lower(String(first)));
    case 'contains':
      return lower(String(mine)).includes(lower(String(first)));
    case 'endswith':
      return lower(String(mine)).endsWith(lower(String(first)));
    case 'gt':
      return compare(mine, first) > 0;
    case 'gte':
      return compare(mine, first) >= 0;
    case 'lt':
      return compare(mine, first) < 0;
    case 'lte':
      return compare(mine, first) <= 0;
  }
}

/** The records that a query means, in its order; `records` are in the order in which they were made. */
export function reading(
  records: readonly ScheduleRecord[],
  { filters, logical, labels, sort, archived, now }: ScheduleQuery,
): ScheduleRecord[] {
  const chosen = records.filter((record) => {
    const answers = filters.map((one) => fits(record, one, now));
    const labelled = labels.every(({ key, operator, values }) => {
      const value = record.spec.labels[key];
      const has = { in: value !== undefined && values.includes(value), exists: value !== undefined };
      return { ...has, notin: !has.in, absent: !has.exists }[operator];
    });
    const kept = answers.length === 0 || (logical === 'and' ? answers.every(Boolean) : answers.some(Boolean));
    return kept && labelled && (archived === 'both' || (record.desired === 'archived') === (archived === 'true'));
  });
  const direction = sort.descending ? -1 : 1;
  return chosen
    .map((record, index) => ({ record, index }))
    .sort(
      (one, other) =>
        direction *
        (compare(fieldOf(one.record, sort.field, now), fieldOf(other.record, sort.field, now)) ||
          one.index - other.index),
    )
    .map(({ record }) => record);
}
