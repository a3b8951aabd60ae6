/** How commands on several schedules answer. */

import type { Note, ObjectResult, Style } from '../cli/command.js';
import type { SchedError } from '../errors.js';
import { bulkExit, type Item } from '../operations/selection.js';
import type { Json } from '../schedule.js';

/** An error of one item as data. */
export function errorJson(error: SchedError | null): Json {
  return error === null ? null : { code: error.code, message: error.message, hint: error.hint ?? null };
}

export interface ItemWords {
  /** `paused`, `unchanged` …: counted in the last line. */
  readonly outcome: string;
  readonly detail: string;
}

/** What a command on several schedules has to say of each. */
export interface ItemParts<T> {
  readonly change: number | null;
  readonly json: (result: T) => Readonly<Record<string, Json>>;
  readonly words: (result: T, style: Style) => ItemWords;
  /** Lines below an item's own; empty: none. */
  readonly below?: (result: T, style: Style) => Promise<string>;
  readonly notes?: readonly Note[];
  readonly undo?: boolean;
}

/** One line an item and a line of sums: `2 paused, 1 unchanged.  Undo: sched undo 41`. */
export function presentItems<T>(items: readonly Item<T>[], parts: ItemParts<T>): ObjectResult {
  const exit = bulkExit(items);
  return {
    kind: 'object',
    item: {
      change: parts.change,
      items: items.map(({ name, result, error }) => ({
        name,
        ...(result === null ? {} : parts.json(result)),
        error: errorJson(error),
      })),
    },
    names: items.map(({ name }) => name),
    text: (style) => lines(items, parts, style),
    notes: parts.notes ?? [],
    exit: exit === null ? [] : [exit],
  };
}

async function lines<T>(items: readonly Item<T>[], parts: ItemParts<T>, style: Style): Promise<string> {
  const said = await Promise.all(
    items.map(async ({ name, result, error }) => ({
      name,
      words: result === null ? { outcome: 'failed', detail: error?.message ?? '' } : parts.words(result, style),
      below: result === null ? '' : ((await parts.below?.(result, style)) ?? ''),
    })),
  );
  const wide = Math.max(...said.map(({ words }) => words.outcome.length), 0);
  const named = Math.max(...said.map(({ name }) => name.length), 0);
  const rows = said.map(({ name, words, below }) => {
    const outcome = words.outcome.padEnd(wide);
    const shown = words.outcome === 'failed' ? style.red(outcome) : outcome;
    const line = `  ${shown}  ${words.detail === '' ? name : `${name.padEnd(named)}  ${words.detail}`}`;
    return below === '' ? line : `${line}\n${below}`;
  });
  const sums = new Map<string, number>();
  for (const { words } of said) {
    sums.set(words.outcome, (sums.get(words.outcome) ?? 0) + 1);
  }
  const total = [...sums].map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'nothing to do';
  const undo = parts.change !== null && parts.undo !== false ? `.  Undo: sched undo ${parts.change}` : '';
  return [...rows, `${total}${undo}`].join('\n');
}
