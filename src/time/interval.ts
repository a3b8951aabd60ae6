import { SchedError } from '../errors.js';
import type { Unit } from '../schedule.js';
import { mistake } from './mistake.js';

/** So many of a unit: what `--every` means. */
export interface Interval {
  readonly count: number;
  readonly unit: Unit;
}

/** Longer ones are mistakes of typing, and would leave the range of dates. */
const MOST_SECONDS = 100 * 366 * 86_400;
const MOST_MONTHS = 1200;

const SECONDS: Readonly<Record<Exclude<Unit, 'month'>, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
};

const EXAMPLES = 'For example 30m, 45 minutes, 6h, 2 weeks, 1 month, PT30M.';

/** A unit as typed, and how many of `unit` one of it is. */
interface Measure {
  readonly unit: Unit;
  readonly times: number;
}

const MEASURES: Readonly<Record<string, Measure>> = {
  ...measures('second', 1, 's', 'sec', 'secs', 'second', 'seconds'),
  ...measures('minute', 1, 'm', 'min', 'mins', 'minute', 'minutes'),
  ...measures('hour', 1, 'h', 'hr', 'hrs', 'hour', 'hours'),
  ...measures('day', 1, 'd', 'day', 'days'),
  ...measures('week', 1, 'w', 'wk', 'wks', 'week', 'weeks'),
  ...measures('month', 1, 'mo', 'month', 'months'),
  ...measures('month', 12, 'y', 'yr', 'yrs', 'year', 'years'),
};

function measures(unit: Unit, times: number, ...words: readonly string[]): Record<string, Measure> {
  return Object.fromEntries(words.map((word) => [word, { unit, times }]));
}

/** Part of an interval: a whole number of a unit, and where it was typed. */
interface Part {
  readonly count: number;
  readonly unit: Unit;
  readonly at: number;
  readonly length: number;
}

/**
 * Reads `30m`, `45 minutes`, `2 weeks`, `1h30m`, `month`, `PT30M`, `P2W`, `P1M`. Several parts become the largest unit of
 * which they are a whole number, without turning clock time into calendar time or days into months (`1h30m` is 90 minutes,
 * `36h` stays 36 hours). Throws USAGE, with carets, for anything else: a bare number, zero, a fraction, a sign, more than
 * 100 years, hours mixed with days.
 */
export function parseInterval(text: string): Interval {
  const parts = parseParts(text);
  const interval = reduce(text, parts);
  if (interval.count === 0) {
    throw mistake('An interval of nothing would never end.', text, everything(text), EXAMPLES);
  }
  const seconds = intervalSeconds(interval.count, interval.unit);
  if (seconds === null ? interval.count > MOST_MONTHS : seconds > MOST_SECONDS) {
    throw mistake('An interval is at most 100 years.', text, everything(text));
  }
  return interval;
}

/**
 * Reads a length of time as seconds: `90s`, `5 minutes`, `1h30m`, `2 days` (of 24 hours), `PT30M`. Zero is refused unless
 * `zero` allows it. Throws USAGE, with carets.
 */
export function parseDuration(text: string, { zero = false }: { readonly zero?: boolean } = {}): number {
  let total = 0;
  for (const { count, unit, at, length } of parseParts(text)) {
    const seconds = intervalSeconds(count, unit);
    if (seconds === null) {
      throw mistake('Months and years have no fixed length.', text, { at, length }, 'Say it in days: 30 days.');
    }
    total += seconds;
  }
  if (total === 0 && !zero) {
    throw mistake('A length of time is more than zero.', text, everything(text), EXAMPLES);
  }
  if (total > MOST_SECONDS) {
    throw mistake('A length of time is at most 100 years.', text, everything(text));
  }
  return total;
}

/** Seconds of `count` units; days and weeks as 24 and 168 hours, as ZenML's `interval_second` has them; null for months. */
export function intervalSeconds(count: number, unit: Unit): number | null {
  return unit === 'month' ? null : count * SECONDS[unit];
}

/** `2 weeks`, `1 hour`. */
export function formatInterval({ count, unit }: Interval): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function reduce(text: string, parts: readonly Part[]): Interval {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) {
    return { count: first.count, unit: first.unit };
  }
  if (parts.every(({ unit }) => unit === 'month')) {
    return { count: parts.reduce((sum, { count }) => sum + count, 0), unit: 'month' };
  }
  for (const units of [
    ['hour', 'minute', 'second'],
    ['week', 'day'],
  ] as const) {
    if (parts.every(({ unit }) => units.some((candidate) => candidate === unit))) {
      const total = parts.reduce((sum, { count, unit }) => sum + (intervalSeconds(count, unit) ?? 0), 0);
      const unit = units.find((candidate) => total % SECONDS[candidate] === 0) ?? 'second';
      return { count: total / SECONDS[unit], unit };
    }
  }
  const hint = 'Days, weeks and months follow the calendar, hours the clock: use one kind, such as 36h or 2 weeks.';
  throw mistake('Clock time, days and months cannot be mixed in an interval.', text, everything(text), hint);
}

function parseParts(text: string): readonly Part[] {
  if (text.trim() === '') {
    throw new SchedError('USAGE', 'The length of time is empty.', { hint: EXAMPLES });
  }
  const start = text.search(/\S/);
  return /^P/i.test(text.slice(start)) ? parseIso(text, start) : parseWords(text, start);
}

const ISO_UNITS = { Y: 'y', M: 'mo', W: 'w', D: 'd' } as const;
const ISO_CLOCK = { H: 'h', M: 'm', S: 's' } as const;

/** ISO 8601: P, parts of the date, T, parts of the time; each unit at most once, in this order. */
function parseIso(text: string, start: number): readonly Part[] {
  const body = text.trim().toUpperCase();
  const [date = '', ...clock] = body.slice(1).split('T');
  const shaped =
    /^P(?:[\d.,]+Y)?(?:[\d.,]+M)?(?:[\d.,]+W)?(?:[\d.,]+D)?(?:T(?=\d)(?:[\d.,]+H)?(?:[\d.,]+M)?(?:[\d.,]+S)?)?$/.test(
      body,
    ) && body.length > 1;
  if (!shaped) {
    const hint = 'ISO 8601 durations look like PT30M (30 minutes), PT6H, P1D, P2W, P1M (1 month).';
    throw mistake(`${text.trim()} is not an ISO 8601 duration.`, text, everything(text), hint);
  }
  const parts: Part[] = [];
  for (const { units, piece, offset } of [
    { units: ISO_UNITS, piece: date, offset: 1 },
    { units: ISO_CLOCK, piece: clock.join('T'), offset: date.length + 2 },
  ]) {
    for (const match of piece.matchAll(/([\d.,]+)([A-Z])/g)) {
      const [whole, number = '', letter = ''] = match;
      const word = Object.entries(units).find(([name]) => name === letter)?.[1] ?? '';
      parts.push(part(text, number, word, { at: start + offset + match.index, length: whole.length }));
    }
  }
  return parts;
}

function parseWords(text: string, start: number): readonly Part[] {
  const parts: Part[] = [];
  let at = start;
  while (at < text.trimEnd().length) {
    // A number, then a word, with space or a joining word around them; only a word of its own may do without the number.
    const match = /^([+-]?[\d.,]*)([ \t]*)([a-zµ]*)[ \t]*(?:(?:,|and\b)[ \t]*)?/i.exec(text.slice(at));
    const [whole = '', number = '', gap = '', word = ''] = match ?? [];
    if (whole === '') {
      const shown = /^\S+/.exec(text.slice(at))?.[0] ?? '';
      throw mistake(`${shown} is not a length of time.`, text, { at, length: shown.length }, EXAMPLES);
    }
    const length = number.length + gap.length + word.length;
    if (word === '') {
      const hint = /^\d+$/.test(number)
        ? `Seconds go as ${number}s; ${number}m is minutes, ${number}h hours.`
        : EXAMPLES;
      throw mistake(`${number} of what? The unit is missing.`, text, { at, length: Math.max(1, number.length) }, hint);
    }
    if (number === '' && (word.length < 3 || parts.length > 0)) {
      throw mistake(`A number is missing before ${word}.`, text, { at, length: word.length }, EXAMPLES);
    }
    if (word === 'M') {
      const hint = `Write ${number}m for minutes or ${number}mo for months.`;
      throw mistake('M could mean minutes or months.', text, { at: at + length - 1, length: 1 }, hint);
    }
    parts.push(part(text, number === '' ? '1' : number, word.toLowerCase(), { at, length }));
    at += whole.length;
  }
  return parts;
}

function part(text: string, number: string, word: string, place: { at: number; length: number }): Part {
  const measure = Object.hasOwn(MEASURES, word) ? MEASURES[word] : undefined;
  const numberPlace = { at: place.at, length: number.length };
  if (measure === undefined) {
    const at = place.at + place.length - word.length;
    throw mistake(`${word} is not a unit of time.`, text, { at, length: word.length }, EXAMPLES);
  }
  if (/^[+-]/.test(number)) {
    throw mistake('A length of time has no sign.', text, { at: place.at, length: 1 }, EXAMPLES);
  }
  if (!/^\d+$/.test(number)) {
    throw mistake(
      `${number} is not a whole number.`,
      text,
      numberPlace,
      'Use a smaller unit: 90m for one and a half hours.',
    );
  }
  const count = Number(number) * measure.times;
  if (count > MOST_SECONDS) {
    throw mistake('A length of time is at most 100 years.', text, numberPlace);
  }
  return { count, unit: measure.unit, ...place };
}

function everything(text: string): { at: number; length: number } {
  const at = Math.max(0, text.search(/\S/));
  return { at, length: text.trim().length };
}
