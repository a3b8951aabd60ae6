import type { Registry, ScheduleQuery, ScheduleRecord } from '../registry/registry.js';
import type { Instant } from '../schedule.js';

/** All records that are not archived and fit, by name; every one of them when nothing is asked for. */
export function liveRecords(
  registry: Registry,
  now: Instant,
  { filters = [], labels = [] }: Partial<Pick<ScheduleQuery, 'filters' | 'labels'>>,
): readonly ScheduleRecord[] {
  return registry.schedules({
    filters,
    logical: 'and',
    labels,
    sort: { field: 'name', descending: false },
    archived: 'false',
    page: 1,
    size: Number.MAX_SAFE_INTEGER,
    now,
  }).items;
}
