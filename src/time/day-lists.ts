import { SchedError } from '../errors.js';
import { mistake } from './mistake.js';
import { WEEKDAYS } from './names.js';

const WEEKDAY_HINT = 'For example mon,thu or mon-fri.';
const MONTH_DAY_HINT = 'For example 1,15 or 31 (the last day of every month).';
const TIME_HINT = 'For example 06:30 or 06:30,18:00.';

/** An item of a list with commas, without space around it, and where it stands. */
interface Item {
  readonly text: string;
  readonly at: number;
}

/**
 * Reads `mon,thu`, `monday`, `mon-fri`, `fri-mon`: weekdays (0 Sunday … 6), ascending, each once.
 * Throws USAGE, with carets.
 */
export function parseWeekdays(text: string): number[] {
  const days = new Set<number>();
  for (const item of items(text, 'weekday', WEEKDAY_HINT)) {
    const [first = '', last = first, ...more] = item.text.split('-').map((name) => name.trim());
    const from = weekday(first);
    const to = weekday(last);
    if (from < 0 || to < 0 || more.length > 0) {
      throw mistake(`${item.text} is not a weekday.`, text, { at: item.at, length: item.text.length }, WEEKDAY_HINT);
    }
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === to) {
        break;
      }
    }
  }
  return [...days].sort((a, b) => a - b);
}

/** The weekday (0 Sunday … 6) of an English name in full or cut to three letters or more; -1 for anything else. */
export function weekday(name: string): number {
  const lower = name.toLowerCase();
  return lower.length < 3 ? -1 : WEEKDAYS.findIndex((candidate) => candidate.toLowerCase().startsWith(lower));
}

/** Reads `1,15`, `last`: days of the month (1 … 31), ascending, each once; `last` is 31. Throws USAGE, with carets. */
export function parseMonthDays(text: string): number[] {
  const days = items(text, 'day of the month', MONTH_DAY_HINT).map((item) => {
    const day = item.text.toLowerCase() === 'last' ? 31 : /^\d{1,2}$/.test(item.text) ? Number(item.text) : 0;
    if (day < 1 || day > 31) {
      throw mistake(
        `${item.text} is not a day of the month.`,
        text,
        { at: item.at, length: item.text.length },
        MONTH_DAY_HINT,
      );
    }
    return day;
  });
  return [...new Set(days)].sort((a, b) => a - b);
}

/** Reads `06:30,18:00`: times of day as `HH:MM`, ascending, each once. Throws USAGE, with carets. */
export function parseTimesOfDay(text: string): string[] {
  const times = items(text, 'time of day', TIME_HINT).map((item) => {
    const [, hour = '', minute = ''] = /^(\d{1,2}):(\d{2})$/.exec(item.text) ?? [];
    if (hour === '' || Number(hour) > 23 || Number(minute) > 59) {
      throw mistake(`${item.text} is not a time of day.`, text, { at: item.at, length: item.text.length }, TIME_HINT);
    }
    return `${hour.padStart(2, '0')}:${minute}`;
  });
  return [...new Set(times)].sort();
}

function items(text: string, what: string, hint: string): Item[] {
  if (text.trim() === '') {
    throw new SchedError('USAGE', `The ${what} is empty.`, { hint });
  }
  let at = 0;
  return text.split(',').map((piece) => {
    const item = { text: piece.trim(), at: at + Math.max(0, piece.search(/\S/)) };
    if (item.text === '') {
      throw mistake(`A ${what} is missing at a comma.`, text, { at: Math.min(at, text.length - 1), length: 1 }, hint);
    }
    at += piece.length + 1;
    return item;
  });
}
