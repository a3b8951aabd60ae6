/** How differences of fields look to people, and as data. */
import type { Style } from '../cli/command.js';
import { authorText, fieldText, inside } from '../field-words.js';
import { instant } from '../operations/view.js';
import type { Difference, NativeDifference } from '../projection.js';
import type { Json } from '../schedule.js';

type Shown = Difference & Partial<Pick<NativeDifference, 'changedBy'>>;

/** One line a field: `cron_expression   0 3 * * 1-5 → 0 4 * * 1-5 (by kubectl-edit, 3 min ago)`. */
export function differenceLines(changed: readonly Shown[], style: Style): string {
  const shown = inside(changed);
  const width = Math.max(0, ...shown.map(({ field }) => field.length));
  return shown
    .map(({ field, expected, actual, changedBy }) => {
      const [before, after] = [fieldText(field, expected), fieldText(field, actual)];
      return `  ${field.padEnd(width)}   ${style.dim(before)} → ${after}${authorText(changedBy, style.now)}`;
    })
    .join('\n');
}

/** All on one line: `timezone Europe/Berlin → UTC, overlap forbid → allow`. */
export function differenceWords(changed: readonly Shown[], now: number): string {
  return inside(changed)
    .map(
      ({ field, expected, actual, changedBy }) =>
        `${field} ${fieldText(field, expected)} → ${fieldText(field, actual)}${authorText(changedBy, now)}`,
    )
    .join(', ');
}

/** What stands on an orchestrator otherwise than written, as data. */
export function differenceJson({ field, expected, actual, changedBy }: NativeDifference): Json {
  return {
    field,
    expected,
    actual,
    changed_by: changedBy === null ? null : { name: changedBy.name, at: instant(changedBy.at) },
  };
}
