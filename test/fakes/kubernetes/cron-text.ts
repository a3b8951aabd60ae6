/** Which schedules the API server accepts: those of robfig/cron 3, with its words for the others. */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const NONE: readonly string[] = [];
const BOUNDS = [
  { min: 0, max: 59, names: NONE },
  { min: 0, max: 23, names: NONE },
  { min: 1, max: 31, names: NONE },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: WEEKDAYS },
] as const;
const DESCRIPTORS = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/;
const DURATION = /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/;

/** What is wrong with a schedule, in the parser's words; undefined: nothing. */
export function wrongSchedule(text: string): string | undefined {
  if (text.includes('TZ')) {
    return 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
  }
  if (text.startsWith('@')) {
    return wrongDescriptor(text);
  }
  const fields = text.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) {
    return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  }
  for (const [index, bounds] of BOUNDS.entries()) {
    for (const range of (fields[index] ?? '').split(',').filter((part) => part !== '')) {
      const wrong = wrongRange(range, bounds);
      if (wrong !== undefined) {
        return wrong;
      }
    }
  }
  return undefined;
}

function wrongDescriptor(text: string): string | undefined {
  if (DESCRIPTORS.test(text)) {
    return undefined;
  }
  if (!text.startsWith('@every ')) {
    return `unrecognized descriptor: ${text}`;
  }
  const duration = text.slice('@every '.length);
  return DURATION.test(duration)
    ? undefined
    : `failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`;
}

function wrongRange(
  range: string,
  { min, max, names }: { readonly min: number; readonly max: number; readonly names: readonly string[] },
): string | undefined {
  const [span = '', step, ...slashes] = range.split('/');
  const [low = '', high, ...hyphens] = span.split('-');
  const star = low === '*' || low === '?';
  const unreadable = (star ? [] : [low, ...(high === undefined ? [] : [high])]).find(
    (word) => read(word, names) === undefined,
  );
  if (unreadable !== undefined) {
    return notANumber(unreadable);
  }
  if (!star && hyphens.length > 0) {
    return `too many hyphens: ${range}`;
  }
  if (slashes.length > 0) {
    return `too many slashes: ${range}`;
  }
  if (step !== undefined && !/^\d+$/.test(step)) {
    return notANumber(step);
  }
  const start = star ? min : (read(low, names) ?? min);
  // `N/step` runs to the end of the field.
  const end = star ? max : high !== undefined ? (read(high, names) ?? max) : step !== undefined ? max : start;
  if (start < min) {
    return `beginning of range (${start}) below minimum (${min}): ${range}`;
  }
  if (end > max) {
    return `end of range (${end}) above maximum (${max}): ${range}`;
  }
  if (start > end) {
    return `beginning of range (${start}) beyond end of range (${end}): ${range}`;
  }
  return step !== undefined && Number(step) === 0 ? `step of range should be a positive number: ${range}` : undefined;
}

function read(word: string, names: readonly string[]): number | undefined {
  const index = names.indexOf(word.toLowerCase());
  return index >= 0 ? index + (names === MONTHS ? 1 : 0) : /^\d+$/.test(word) ? Number(word) : undefined;
}

function notANumber(word: string): string {
  return `failed to parse int from ${word}: strconv.Atoi: parsing ${JSON.stringify(word)}: invalid syntax`;
}
