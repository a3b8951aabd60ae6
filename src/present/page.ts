import type { ListResult } from '../cli/command.js';
import { type ScheduleView, scheduleJson } from '../operations/view.js';
import type { Page } from '../registry/registry.js';
import { scheduleColumns } from './schedule.js';

/** What `list` says. */
export function presentPage(page: Page<ScheduleView>): ListResult<ScheduleView> {
  const noun = page.total === 1 ? 'schedule' : 'schedules';
  const which = page.items.length === page.total ? '' : `, page ${page.page} of ${Math.ceil(page.total / page.size)}`;
  return {
    kind: 'list',
    rows: page.items,
    columns: scheduleColumns,
    item: scheduleJson,
    pagination: page,
    empty: 'No schedules.',
    footer: `${page.total} ${noun}${which}`,
  };
}
