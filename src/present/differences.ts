/** How differences of fields look to people. */
import type { Style } from '../cli/command.js';
import { fieldText } from '../field-words.js';
import type { Difference } from '../projection.js';

/** One line a field: `cron_expression   0 3 * * 1-5 → 0 4 * * 1-5`. */
export function differenceLines(changed: readonly Difference[], style: Style): string {
  const width = Math.max(0, ...changed.map(({ field }) => field.length));
  return changed
    .map(({ field, expected, actual }) => {
      const [before, after] = [fieldText(field, expected), fieldText(field, actual)];
      return `  ${field.padEnd(width)}   ${style.dim(before)} → ${after}`;
    })
    .join('\n');
}

/** All on one line: `timezone Europe/Berlin → UTC, overlap forbid → allow`. */
export function differenceWords(changed: readonly Difference[]): string {
  return changed
    .map(({ field, expected, actual }) => `${field} ${fieldText(field, expected)} → ${fieldText(field, actual)}`)
    .join(', ');
}
