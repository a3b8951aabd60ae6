import type { ListResult, Style } from '../cli/command.js';
import type { Listed } from '../operations/list.js';
import { scheduleJson } from '../operations/view.js';
import type { Page } from '../registry/registry.js';
import type { Json } from '../schedule.js';
import { differenceJson } from './differences.js';
import { scheduleColumns } from './schedule.js';

/** What `list` says. */
export function presentPage(page: Page<Listed>, live: boolean): ListResult<Listed> {
  const noun = page.total === 1 ? 'schedule' : 'schedules';
  const which = page.items.length === page.total ? '' : `, page ${page.page} of ${Math.ceil(page.total / page.size)}`;
  return {
    kind: 'list',
    rows: page.items,
    columns: [...scheduleColumns, { key: 'live', shown: live, drops: 0, text: liveText, value: liveJson }],
    item: (row) => ({ ...scheduleJson(row), ...(live && { live: liveJson(row) }) }),
    pagination: page,
    empty: 'No schedules.',
    footer: `${page.total} ${noun}${which}`,
  };
}

function liveText({ live }: Listed, style: Style): string {
  switch (live?.state) {
    case 'as written':
      return live.state;
    case 'drifted':
      return style.red(`drifted: ${live.differences.map(({ field }) => field).join(', ')}`);
    case 'gone':
      return style.red('gone');
    default:
      return style.yellow(`unchecked: ${live?.error?.message ?? 'not asked'}`);
  }
}

function liveJson({ live }: Listed): Json {
  return live === null
    ? null
    : {
        state: live.state,
        differences: live.differences.map(differenceJson),
        error: live.error?.message ?? null,
      };
}
