import { mistake } from './mistake.js';
import { MONTHS, WEEKDAYS } from './names.js';

/** What one of the five places of a cron expression may hold. */
export interface CronField {
  readonly title: string;
  /** Smallest and largest number that may be written. */
  readonly low: number;
  readonly high: number;
  /** The largest value after folding (7 is Sunday, as 0). */
  readonly top: number;
  /** Three-letter names in lower case, the first for `low`. */
  readonly names: readonly string[];
  /** What the field divides: a single value fires once per this. */
  readonly per: string;
  /** How its numbers are meant. */
  readonly note: string;
}

const short = (names: readonly string[]): readonly string[] => names.map((name) => name.slice(0, 3).toLowerCase());

/** What cron has no word for, in the words of this program. */
export const LAST_DAY = 'For the last day of each month: --every "1 month" --on 31 --time HH:MM.';

/** The five places in the order in which they are written: crontab(5). */
export const CRON_FIELDS = [
  { title: 'Minute', low: 0, high: 59, top: 59, names: [], per: 'hour', note: 'The full hour is minute 0.' },
  { title: 'Hour', low: 0, high: 23, top: 23, names: [], per: 'day', note: 'Midnight is hour 0.' },
  { title: 'Day of month', low: 1, high: 31, top: 31, names: [], per: 'month', note: LAST_DAY },
  { title: 'Month', low: 1, high: 12, top: 12, names: short(MONTHS), per: 'year', note: 'January is 1, December 12.' },
  {
    title: 'Day of week',
    low: 0,
    high: 7,
    top: 6,
    names: short(WEEKDAYS),
    per: 'week',
    note: 'Sunday is 0 or 7, Monday 1.',
  },
] as const satisfies readonly CronField[];

/** The values of one place, ascending, and whether it begins with `*`. */
export interface FieldValues {
  readonly values: readonly number[];
  readonly star: boolean;
}

/** One place of an expression: its own text and where it begins in the whole. */
export interface FieldText {
  readonly whole: string;
  readonly at: number;
  readonly text: string;
}

/**
 * Reads one place as Vixie cron does: lists of `*`, `n`, `a-b`, each of the last two forms and `*` optionally with `/step`
 * (a lone number takes none), names in place of numbers.
 * Throws USAGE, with carets under what is wrong.
 */
export function parseField(field: CronField, source: FieldText): FieldValues {
  const values = new Set<number>();
  let at = source.at;
  for (const item of source.text.split(',')) {
    if (item === '') {
      const place = { at: Math.min(at, source.at + source.text.length - 1), length: 1 };
      throw mistake(
        `${field.title} has a comma with nothing ${at === source.at ? 'before' : 'after'} it.`,
        source.whole,
        place,
        'Leave the comma out.',
      );
    }
    for (const value of parseItem(field, { whole: source.whole, at, text: item })) {
      values.add(value > field.top ? field.low : value);
    }
    at += item.length + 1;
  }
  return { values: [...values].sort((a, b) => a - b), star: source.text.startsWith('*') };
}

function parseItem(field: CronField, item: FieldText): number[] {
  const shape = /^(?:\*|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/([a-z0-9]+))?$/i.exec(item.text);
  const [, first, last, stepText] = shape ?? [];
  if (shape === null || isForeign(first)) {
    throw foreignOrBroken(field, item);
  }
  if (first === undefined) {
    return steps(field, item, field.low, field.top, stepText);
  }
  const low = parseValue(field, first, item, item.at);
  if (last === undefined) {
    if (stepText !== undefined) {
      const hint = `Write ${first}-${field.top}/${stepText}, which starts at ${first} and goes on to ${field.top}.`;
      throw mistake(`${item.text} is no form of cron's: a step goes with a range or *.`, item.whole, place(item), hint);
    }
    return [low];
  }
  const high = parseValue(field, last, item, item.at + first.length + 1);
  if (low > high) {
    const message = `The range ${first}-${last} runs backwards: cron would accept it and never run it.`;
    throw mistake(
      message,
      item.whole,
      { at: item.at, length: first.length + 1 + last.length },
      unwrapped(field, low, high, stepText),
    );
  }
  return steps(field, item, low, high, stepText);
}

function steps(field: CronField, item: FieldText, low: number, high: number, stepText: string | undefined): number[] {
  const step = stepText === undefined ? 1 : parseStep(field, item, stepText, low);
  const values: number[] = [];
  for (let value = low; value <= high; value += step) {
    values.push(value);
  }
  return values;
}

function parseStep(field: CronField, item: FieldText, stepText: string, low: number): number {
  const where = { at: item.at + item.text.length - stepText.length, length: stepText.length };
  if (!/^\d+$/.test(stepText)) {
    throw mistake(`The step ${stepText} is not a number.`, item.whole, where, 'A step is a number, as in */5.');
  }
  const step = Number(stepText);
  if (step === 0) {
    throw mistake('A step of 0 leads nowhere.', item.whole, where, 'Leave the step out to take every value.');
  }
  if (step > field.high - field.low) {
    const range = `${field.title.toLowerCase()} goes from ${field.low} to ${field.high}`;
    throw mistake(
      `A step of ${stepText} fires once per ${field.per}: ${range}.`,
      item.whole,
      where,
      `Write ${low} for once per ${field.per}. For a time between runs that does not fit, use --every.`,
    );
  }
  return step;
}

function parseValue(field: CronField, text: string, item: FieldText, at: number): number {
  const where = { at, length: text.length };
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    if (value < field.low || value > field.high) {
      throw mistake(
        `${field.title} ${text} is not between ${field.low} and ${field.high}.`,
        item.whole,
        where,
        field.note,
      );
    }
    return value;
  }
  const position = field.names.indexOf(text.toLowerCase());
  if (position < 0) {
    throw mistake(`${text} is not a ${field.title.toLowerCase()}.`, item.whole, where, namesHint(field, text));
  }
  return position + field.low;
}

function namesHint(field: CronField, text: string): string {
  const meant = field.names.find((name) => text.toLowerCase().startsWith(name));
  if (meant !== undefined) {
    return `Write ${meant}: names have three letters.`;
  }
  const names = field.names.length > 0 ? `, or ${field.names[0]} to ${field.names[field.names.length - 1]}` : '';
  return `Write a number from ${field.low} to ${field.high}${names}.`;
}

/** The same days as a range that wraps around, in a form that does not. */
function unwrapped(field: CronField, low: number, high: number, stepText: string | undefined): string {
  if (stepText !== undefined) {
    return 'List the values one by one.';
  }
  if (field.top < field.high && high === field.low) {
    return `Write ${low}-${field.high}, where ${field.high} is Sunday too.`;
  }
  const part = (from: number, to: number): string => (from === to ? `${from}` : `${from}-${to}`);
  return `Write ${part(low, field.top)},${part(field.low, high)}.`;
}

/** Quartz's L and W and Jenkins' H look like names and are none. */
function isForeign(text: string | undefined): boolean {
  return text !== undefined && /^(?:l|lw|w|h|\d+[lw])$/i.test(text);
}

function foreignOrBroken(field: CronField, item: FieldText): Error {
  const { text, whole } = item;
  const elsewhere = 'Orchestrators that speak Quartz or AWS expressions take it in their own form only.';
  if (text.includes('?')) {
    return mistake(
      '? belongs to Quartz and AWS expressions.',
      whole,
      spot(item, text.indexOf('?')),
      'Write * for any value.',
    );
  }
  if (text.includes('#')) {
    return mistake(
      '# (the n-th weekday) belongs to Quartz and AWS expressions.',
      whole,
      spot(item, text.indexOf('#')),
      elsewhere,
    );
  }
  const letter = /(?:^|[\d/-])(l|w|h)(?:w|$|[^a-z])/i.exec(text);
  if (letter !== null) {
    const position = text.toLowerCase().indexOf((letter[1] ?? '').toLowerCase(), letter.index);
    return mistake(...letterMistake(field, item, (letter[1] ?? '').toUpperCase(), position));
  }
  const broken = /[^a-z0-9*,/-]+/i.exec(text);
  const where = broken === null ? place(item) : spot(item, broken.index, broken[0].length);
  return mistake(
    `${field.title} ${text} cannot be read.`,
    whole,
    where,
    'Each field is a number, a range a-b, *, either of these with a step (*/n, a-b/n), or a list of them with commas.',
  );
}

function letterMistake(field: CronField, item: FieldText, letter: string, at: number): Parameters<typeof mistake> {
  const where = spot(item, at);
  if (letter === 'H') {
    return [
      "H (a value by hash) is Jenkins' own.",
      item.whole,
      where,
      `Write a number from ${field.low} to ${field.high}.`,
    ];
  }
  if (letter === 'L' && field.title === 'Day of month') {
    return ['L (last) belongs to Quartz and AWS expressions.', item.whole, where, LAST_DAY];
  }
  const meaning = letter === 'L' ? 'last' : 'nearest weekday';
  const hint = 'Orchestrators that speak Quartz or AWS expressions take it in their own form only.';
  return [`${letter} (${meaning}) belongs to Quartz and AWS expressions.`, item.whole, where, hint];
}

function place(item: FieldText): { at: number; length: number } {
  return { at: item.at, length: item.text.length };
}

function spot(item: FieldText, at: number, length = 1): { at: number; length: number } {
  return { at: item.at + at, length };
}
