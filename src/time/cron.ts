import { SchedError } from '../errors.js';
import { monthLength } from './calendar.js';
import { CRON_FIELDS, type CronField, type FieldValues, LAST_DAY, parseField } from './cron-field.js';
import { mistake } from './mistake.js';
import { enumerate, monthName } from './names.js';

/**
 * A cron expression as sets of numbers, ascending. A star flag says that the field begins with an asterisk, with or without
 * a step: crontab(5) of Vixie cron joins day-of-month and day-of-week by OR only when neither has the flag.
 */
export interface Cron {
  /** As typed, without space around it. */
  readonly text: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  /** 0 Sunday … 6 Saturday. */
  readonly daysOfWeek: readonly number[];
  readonly starMinute: boolean;
  readonly starHour: boolean;
  readonly starDayOfMonth: boolean;
  readonly starDayOfWeek: boolean;
}

/** The names of crontab(5) that stand for five fields. */
const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const FIVE =
  'Five fields: minute, hour, day of month, month, day of week. For example 0 3 * * 1-5 is 03:00, Monday through Friday.';

/**
 * Reads five fields or a macro as Vixie cron does, and refuses what it accepts but never or wrongly fires.
 * Throws USAGE: `detail` is the expression with carets under the mistake, `hint` says what to write.
 */
export function parseCron(expression: string): Cron {
  let cron = read.get(expression);
  if (cron === undefined) {
    cron = readCron(expression);
    if (read.size >= MOST_READ) {
      read.clear();
    }
    read.set(expression, cron);
  }
  return cron;
}

/** What was read before: lists and audits ask several times for each expression. */
const read = new Map<string, Cron>();
const MOST_READ = 2_000;

function readCron(expression: string): Cron {
  const text = expression.replace(/^[ \t]+|[ \t]+$/g, '');
  if (text === '') {
    throw new SchedError('USAGE', 'The cron expression is empty.', { hint: FIVE });
  }
  refuseZonePrefix(text);
  if (text.startsWith('@')) {
    return { ...parseFields(macroFields(text)), text };
  }
  return parseFields(text);
}

function refuseZonePrefix(text: string): void {
  const prefix = /^(?:CRON_)?TZ=([^ \t]*)/i.exec(text);
  if (prefix !== null) {
    const zone = prefix[1] === '' ? 'ZONE' : prefix[1];
    const message = 'A time zone is not part of the expression.';
    throw mistake(message, text, { at: 0, length: prefix[0].length }, `Leave it out and add --timezone ${zone}.`);
  }
}

function macroFields(text: string): string {
  const fields = Object.hasOwn(MACROS, text) ? MACROS[text] : undefined;
  if (fields !== undefined) {
    return fields;
  }
  const whole = { at: 0, length: text.length };
  const every = /^@every[ \t]+([^ \t]+)/i.exec(text);
  if (every !== null) {
    throw mistake('@every is not a cron expression but an interval.', text, whole, `Write --every ${every[1] ?? ''}.`);
  }
  if (/^@reboot\b/i.test(text)) {
    throw mistake('@reboot is not a time: it runs when a machine starts.', text, whole, FIVE);
  }
  const name = /^@[^ \t]*/.exec(text)?.[0] ?? text;
  const meant = name.toLowerCase();
  if (Object.hasOwn(MACROS, meant)) {
    const extra = text.length > name.length;
    const place = extra ? { at: name.length + 1, length: text.length - name.length - 1 } : whole;
    throw mistake(extra ? `${name} stands alone.` : `There is no macro ${name}.`, text, place, `Write ${meant}.`);
  }
  const known = enumerate(Object.keys(MACROS), 'or');
  throw mistake(`There is no macro ${name}.`, text, { at: 0, length: name.length }, `Write ${known}.`);
}

function parseFields(text: string): Cron {
  const fields = [...text.matchAll(/[^ \t]+/g)].map((match) => ({ whole: text, at: match.index, text: match[0] }));
  if (fields.length !== 5) {
    throw wrongCount(text, fields);
  }
  const [minute, hour, dayOfMonth, month, dayOfWeek] = CRON_FIELDS.map((field, position) => {
    const source = fields[position];
    return source === undefined ? nothing : parseField(field, source);
  }) as [FieldValues, FieldValues, FieldValues, FieldValues, FieldValues];
  const cron: Cron = {
    text,
    minutes: minute.values,
    hours: hour.values,
    daysOfMonth: dayOfMonth.values,
    months: month.values,
    daysOfWeek: dayOfWeek.values,
    starMinute: minute.star,
    starHour: hour.star,
    starDayOfMonth: dayOfMonth.star,
    starDayOfWeek: dayOfWeek.star,
  };
  if (neverComes(cron)) {
    const [, , first, last] = fields;
    const at = first?.at ?? 0;
    const length = (last?.at ?? 0) + (last?.text.length ?? 0) - at;
    const days =
      cron.daysOfMonth.length === 1
        ? `Day ${cron.daysOfMonth[0]}`
        : `None of the days ${enumerate(cron.daysOfMonth.map(String))}`;
    const verb = cron.daysOfMonth.length === 1 ? 'does not exist' : 'exists';
    const months = enumerate(cron.months.map(monthName), 'or');
    throw mistake(`${days} ${verb} in ${months}: this never fires.`, text, { at, length }, LAST_DAY);
  }
  return cron;
}

const nothing: FieldValues = { values: [], star: false };

/** Days of week cannot save an expression whose dates never exist, unless the two fields are joined by OR. */
function neverComes(cron: Cron): boolean {
  if (!cron.starDayOfMonth && !cron.starDayOfWeek) {
    return false;
  }
  const earliest = cron.daysOfMonth[0] ?? 1;
  return cron.months.every((month) => earliest > monthLength(2000, month));
}

function wrongCount(text: string, fields: readonly { at: number; text: string }[]): SchedError {
  const message = `A cron expression has 5 fields, this one has ${fields.length}.`;
  const sixth = fields[5];
  if (sixth === undefined) {
    return mistake(message, text, { at: text.length + 1, length: 1 }, FIVE);
  }
  const hint =
    fields.length > 7
      ? FIVE
      : 'Forms with seconds or years (Quartz, AWS) go only with orchestrators that speak them; otherwise leave them out.';
  return mistake(message, text, { at: sixth.at, length: text.length - sixth.at }, hint);
}

/**
 * The same schedule as five fields in canonical form: numbers ascending, ranges where they are shorter, `*` exactly where
 * the field began with one. `parseCron(formatCron(c))` equals `c` but for its `text`.
 */
export function formatCron(cron: Cron): string {
  const [minute, hour, dayOfMonth, month, dayOfWeek] = CRON_FIELDS;
  return [
    formatField(minute, cron.minutes, cron.starMinute),
    formatField(hour, cron.hours, cron.starHour),
    formatField(dayOfMonth, cron.daysOfMonth, cron.starDayOfMonth),
    formatField(month, cron.months, cron.months.length === 12),
    formatField(dayOfWeek, cron.daysOfWeek, cron.starDayOfWeek),
  ].join(' ');
}

function formatField(field: CronField, values: readonly number[], star: boolean): string {
  if (!star) {
    return formatValues(values);
  }
  const present = new Set(values);
  for (let step = 1; step <= field.high - field.low; step += 1) {
    const covered = new Set<number>();
    for (let value: number = field.low; value <= field.top; value += step) {
      covered.add(value);
    }
    if ([...covered].every((value) => present.has(value))) {
      const rest = values.filter((value) => !covered.has(value));
      return `*${step === 1 ? '' : `/${step}`}${rest.length === 0 ? '' : `,${formatValues(rest)}`}`;
    }
  }
  return formatValues(values);
}

function formatValues(values: readonly number[]): string {
  const first = values[0] ?? 0;
  const last = values[values.length - 1] ?? 0;
  const step = (values[1] ?? 0) - first;
  if (values.length >= 5 && step > 1 && values.every((value, position) => value === first + position * step)) {
    return `${first}-${last}/${step}`;
  }
  const parts: string[] = [];
  for (let from = 0; from < values.length; ) {
    let to = from;
    while (to + 1 < values.length && values[to + 1] === (values[to] ?? 0) + 1) {
      to += 1;
    }
    const run = values.slice(from, to + 1);
    parts.push(...(run.length > 2 ? [`${run[0]}-${run[run.length - 1]}`] : run.map(String)));
    from = to + 1;
  }
  return parts.join(',');
}
