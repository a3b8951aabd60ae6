import type { Context } from '../context.js';
import type { JournalEntry } from '../registry/registry.js';
import { type Live, look } from './live.js';
import { forEach, type Item } from './selection.js';
import { type ScheduleView, view } from './view.js';

export interface GetInput {
  readonly names: readonly string[];
  /** Also ask the orchestrator. */
  readonly live: boolean;
}

export interface Got {
  readonly view: ScheduleView;
  /** A change that was begun and is not finished. */
  readonly unfinished: JournalEntry | null;
  /** Null unless asked for live. */
  readonly live: Live | null;
}

/** One or several records, on request beside what the orchestrator shows right now. */
export async function get(input: GetInput, context: Context): Promise<readonly Item<Got>[]> {
  const registry = await context.registry();
  const now = context.clock.now();
  return await forEach(registry, { names: input.names, labels: [], all: false }, now, async (record) => {
    const unfinished = registry.openEntries(record.id)[0] ?? null;
    const shown = { view: view(registry, record, now), unfinished };
    if (!input.live) {
      return { ...shown, live: null };
    }
    return { ...shown, live: await look(context, registry, record) };
  });
}
