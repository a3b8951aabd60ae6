import type { Difference } from './projection.js';
import type { IntervalTiming, Json, RunSpec } from './schedule.js';
import { shellLine } from './shell-words.js';
import { timingText } from './time/describe.js';

/** A projected value as a person would write it. */
export function fieldText(field: string, value: Json): string {
  if (value === null) {
    return 'none';
  }
  if (typeof value !== 'object') {
    return String(value);
  }
  if (field === 'interval') {
    return timingText({ kind: 'interval', ...value } as IntervalTiming);
  }
  return field === 'run' ? runText(value as unknown as RunSpec) : JSON.stringify(value);
}

/** What runs, on one line that a shell would read back as the same words. */
export function runText(run: RunSpec): string {
  switch (run.kind) {
    case 'template':
      return JSON.stringify(run.template);
    case 'reference':
      return shellLine([run.id]);
    case 'container':
      return shellLine([run.image, ...run.argv]);
    case 'command':
      return shellLine(run.argv);
  }
}

/** One line a field: `cron_expression  0 3 * * * → 0 4 * * *`; `between` says what stands on the two sides. */
export function differenceList(changed: readonly Difference[], between: readonly [string, string] = ['', '']): string {
  const [here, there] = between;
  return changed
    .map(
      ({ field, expected, actual }) =>
        `${field}  ${fieldText(field, expected)}${here} → ${fieldText(field, actual)}${there}`,
    )
    .join('\n');
}
