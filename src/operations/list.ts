import type { Context } from '../context.js';
import { SchedError } from '../errors.js';
import type { Page, ScheduleQuery } from '../registry/registry.js';
import { type ScheduleView, view } from './view.js';

/** A page of records with their derived state. Throws USAGE for a page past the end. */
export async function list(query: Omit<ScheduleQuery, 'now'>, context: Context): Promise<Page<ScheduleView>> {
  const registry = await context.registry();
  const now = context.clock.now();
  const page = registry.schedules({ ...query, now });
  const pages = Math.max(1, Math.ceil(page.total / page.size));
  if (page.page > pages) {
    throw new SchedError(
      'USAGE',
      `There is no page ${page.page}: ${page.total} schedules at ${page.size} a page make ${pages}.`,
      {
        hint: `--page ${pages}`,
      },
    );
  }
  return { ...page, items: page.items.map((record) => view(registry, record, now)) };
}
