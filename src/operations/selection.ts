/** Commands that act on several schedules: which, in parallel, one answer each, going on after a failure. */
import { ERROR_CODES, isSchedError, SchedError } from '../errors.js';
import type { LabelCondition, Registry, ScheduleRecord } from '../registry/registry.js';
import { liveRecords } from './live-records.js';

export interface Selection {
  readonly names: readonly string[];
  readonly labels: readonly LabelCondition[];
  readonly all: boolean;
}

export interface Item<T> {
  readonly name: string;
  readonly result: T | null;
  readonly error: SchedError | null;
}

/** How many schedules are worked on at once; the guard keeps each orchestrator's own limit below it. */
const AT_ONCE = 16;

/**
 * Does `work` for every selected schedule. A single named schedule's error is thrown as it is; of several, each has its own answer.
 * Throws USAGE when nothing is selected and NOT_FOUND when a selector fits nothing.
 */
export async function forEach<T>(
  registry: Registry,
  selection: Selection,
  now: number,
  work: (record: ScheduleRecord) => Promise<T>,
): Promise<readonly Item<T>[]> {
  const targets = select(registry, selection, now);
  const items = targets.map(({ name, find }) => ({ name, work: async () => await work(find()) }));
  return await each(items, selection.names.length === 1);
}

/** Does several things at once, one answer each; a single thing that was asked for by itself throws its error as it is. */
export async function each<T>(
  targets: readonly { readonly name: string; readonly work: () => Promise<T> }[],
  single = targets.length === 1,
): Promise<readonly Item<T>[]> {
  const [only] = targets;
  if (single && only !== undefined) {
    return [{ name: only.name, result: await only.work(), error: null }];
  }
  const items: Item<T>[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < targets.length; index = next++) {
      const target = targets[index];
      if (target !== undefined) {
        items[index] = await attempt(target.name, target.work);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, targets.length) }, lane));
  return items;
}

async function attempt<T>(name: string, work: () => Promise<T>): Promise<Item<T>> {
  try {
    return { name, result: await work(), error: null };
  } catch (error) {
    if (isSchedError(error) && error.code !== 'INTERRUPTED') {
      return { name, result: null, error };
    }
    throw error;
  }
}

function select(registry: Registry, selection: Selection, now: number): { name: string; find: () => ScheduleRecord }[] {
  if (selection.names.length > 0 && (selection.all || selection.labels.length > 0)) {
    throw new SchedError('USAGE', 'Give names, or a selector, or --all: not several of them.');
  }
  if (selection.names.length > 0) {
    return [...new Set(selection.names)].map((name) => ({ name, find: () => registry.schedule(name) }));
  }
  if (!selection.all && selection.labels.length === 0) {
    throw new SchedError('USAGE', 'Which schedule?', { hint: 'Give names, --selector, or --all. See: sched list' });
  }
  const items = liveRecords(registry, now, { labels: selection.labels });
  if (items.length === 0 && !selection.all) {
    throw new SchedError('NOT_FOUND', 'No schedule has these labels.', {
      hint: 'sched list -o yaml --columns name,labels',
    });
  }
  return items.map((record) => ({ name: record.spec.name, find: () => record }));
}

/** The exit status of a bulk command: 0 when all went well, the common code when all failed alike, else 8. */
export function bulkExit(items: readonly Item<unknown>[]): { readonly code: number; readonly reason: string } | null {
  const failed = items.flatMap(({ error }) => (error === null ? [] : [error]));
  const [first] = failed;
  if (first === undefined) {
    return null;
  }
  const alike =
    failed.length === items.length &&
    failed.every(({ code }) => ERROR_CODES[code].exit === ERROR_CODES[first.code].exit);
  const reason = `${failed.length} of ${items.length} failed`;
  return { code: alike ? ERROR_CODES[first.code].exit : ERROR_CODES.PARTLY.exit, reason };
}
