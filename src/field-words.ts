import type { Difference, NativeDifference } from './projection.js';
import type { Author, Instant, IntervalTiming, Json, RunSpec } from './schedule.js';
import { shellLine } from './shell-words.js';
import { timingText } from './time/describe.js';
import { formatRelative } from './time/format.js';

/** A projected value, or a part of one, as a person would write it. */
export function fieldText(field: string, value: Json): string {
  if (value === null) {
    return 'none';
  }
  if (value === '') {
    return '""';
  }
  if (typeof value !== 'object') {
    return String(value);
  }
  if (field === 'interval') {
    return timingText({ kind: 'interval', ...value } as IntervalTiming);
  }
  if (field === 'run.argv') {
    return shellLine(value as readonly string[]);
  }
  return field === 'run' ? briefRun(value as unknown as RunSpec) : JSON.stringify(value);
}

const BRIEF = 60;

/** The kind of a run and enough to know it by. */
function briefRun(run: RunSpec): string {
  const text = `${run.kind} ${runText(run)}`;
  return text.length <= BRIEF ? text : `${text.slice(0, BRIEF - 1)}…`;
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

/** Who wrote a field and when, in brackets after it; empty where nobody knows. */
export function authorText(author: Author | null | undefined, now: Instant): string {
  if (author === null || author === undefined) {
    return '';
  }
  return ` (by ${author.name}${author.at === null ? '' : `, ${formatRelative(author.at, now)}`})`;
}

/**
 * Differences for reading: where both sides are objects, what differs inside them, each under its own path
 * (`run.template.spec.backoffLimit`); as it is where that would be many.
 */
export function inside<D extends Difference>(changed: readonly D[]): readonly D[] {
  return changed.flatMap((one) => {
    const deeper = leaves(one);
    return deeper.length > MOST_INSIDE ? [one] : deeper;
  });
}

const MOST_INSIDE = 6;

function leaves<D extends Difference>(one: D): D[] {
  const { field, expected, actual } = one;
  if (JSON.stringify(expected) === JSON.stringify(actual)) {
    return [];
  }
  const keys = field === 'interval' ? null : sharedKeys(expected, actual);
  if (keys === null) {
    return [one];
  }
  const at = (value: Json, key: string): Json => (value as { readonly [key: string]: Json })[key] ?? null;
  const found = keys.flatMap((key) =>
    leaves({ ...one, field: `${field}.${key}`, expected: at(expected, key), actual: at(actual, key) }),
  );
  return found.length === 0 ? [one] : found;
}

/** The keys to go on with; null where the values are compared as they are. */
function sharedKeys(expected: Json, actual: Json): readonly string[] | null {
  if (expected === null || actual === null || typeof expected !== 'object' || typeof actual !== 'object') {
    return null;
  }
  if (Array.isArray(expected) || Array.isArray(actual)) {
    const things = Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length;
    const objects = things && [...expected, ...actual].every((part) => part !== null && typeof part === 'object');
    return objects ? Object.keys(expected) : null;
  }
  const kinds = [expected, actual].map((value) => (value as { readonly kind?: Json }).kind);
  return kinds[0] === kinds[1] ? [...new Set([...Object.keys(expected), ...Object.keys(actual)])] : null;
}

/** One line a field: `cron_expression  0 3 * * * → 0 4 * * *`; `between` says what stands on the two sides. */
export function differenceList(changed: readonly Difference[], between: readonly [string, string] = ['', '']): string {
  const [here, there] = between;
  return inside(changed)
    .map(
      ({ field, expected, actual }) =>
        `${field}  ${fieldText(field, expected)}${here} → ${fieldText(field, actual)}${there}`,
    )
    .join('\n');
}

/** As `differenceList`, of what stands on an orchestrator, with who wrote it there. */
export function nativeDifferenceList(changed: readonly NativeDifference[], now: Instant): string {
  return inside(changed)
    .map((one) => `${differenceList([one])}${authorText(one.changedBy, now)}`)
    .join('\n');
}
