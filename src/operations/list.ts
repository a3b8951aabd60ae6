import type { Context } from '../context.js';
import { SchedError } from '../errors.js';
import type { Page, Registry, ScheduleQuery } from '../registry/registry.js';
import { orchestratorNamed } from './connection.js';
import { type Live, look } from './live.js';
import { type ScheduleView, viewer } from './view.js';

export interface ListInput {
  readonly query: Omit<ScheduleQuery, 'now'>;
  /** Also ask the orchestrators. */
  readonly live: boolean;
}

/** A record of a page; `live` is null unless asked for. */
export type Listed = ScheduleView & { readonly live: Live | null };

/** A page of records with their derived state. Throws USAGE for a page past the end. */
export async function list({ query, live }: ListInput, context: Context): Promise<Page<Listed>> {
  const registry = await context.registry();
  const now = context.clock.now();
  await refuseUnknownOrchestrator(registry, query);
  const page = registry.schedules({ ...query, now });
  const pages = Math.max(1, Math.ceil(page.total / page.size));
  if (page.page > pages) {
    throw new SchedError(
      'USAGE',
      `There is no page ${page.page}: ${page.total} ${page.total === 1 ? 'schedule' : 'schedules'} at ${page.size} a page make ${pages}.`,
      {
        hint: `--page ${pages}`,
      },
    );
  }
  const viewed = viewer(registry, now);
  const items = page.items.map(viewed);
  return {
    ...page,
    items: live
      ? await Promise.all(items.map(async (item) => ({ ...item, live: await look(context, registry, item.record) })))
      : items.map((item) => ({ ...item, live: null })),
  };
}

/** A name that stands for nothing is a mistake, not an empty list. */
async function refuseUnknownOrchestrator(registry: Registry, { filters, archived }: ListInput['query']): Promise<void> {
  for (const { field, operator, value } of filters) {
    if (archived === 'false' && field === 'orchestrator' && operator === 'equals' && typeof value === 'string') {
      await orchestratorNamed(registry, value);
    }
  }
}
