import type { Context } from '../context.js';
import { type Difference, differences } from '../projection.js';
import type { JournalEntry } from '../registry/registry.js';
import type { NativeSchedule } from '../schedule.js';
import { orchestratorOf, reach } from './connection.js';
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
  readonly live: { readonly native: NativeSchedule | null; readonly differences: readonly Difference[] } | null;
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
    const { driver, manifest } = await reach(context, registry, orchestratorOf(registry, record));
    const native = record.nativeId === null ? undefined : await driver.read(record.nativeId);
    const drift =
      native === undefined || record.baseline === null ? [] : differences(record.baseline, native.projection);
    return {
      ...shown,
      live: {
        native: native ?? null,
        differences: drift.filter(({ field }) => !manifest.notComparable.includes(field)),
      },
    };
  });
}
