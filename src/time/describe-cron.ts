import type { Cron } from './cron.js';
import { enumerate, monthName, ordinal, weekdayName } from './names.js';

/** As many times of day as are named one by one. */
const MOST_TIMES = 6;

/** An expression in English, without its zone: `at 03:00, Monday through Friday`. */
export function describeCron(cron: Cron): string {
  const time = describeTime(cron);
  const days = describeDays(cron);
  const months = describeMonths(cron);
  const daily = /^at \d\d:/.test(time) ? 'every day' : '';
  const parts = [time, days === '' && months === '' ? daily : days, months].filter((part) => part !== '');
  return parts.join(', ');
}

function describeTime({ minutes, hours }: Cron): string {
  const [minute = 0] = minutes;
  const allHours = hours.length === 24;
  if (minutes.length === 60) {
    return allHours ? 'every minute' : `every minute ${during(hours, 0, 59)}`;
  }
  if (allHours && minutes.length === 1) {
    return minute === 0 ? 'every hour' : `every hour at ${minute} ${minute === 1 ? 'minute' : 'minutes'} past`;
  }
  if (hours.length * minutes.length <= MOST_TIMES) {
    return `at ${enumerate(hours.flatMap((hour) => minutes.map((value) => clock(hour, value))))}`;
  }
  const step = evenStep(minutes, 60);
  if (step !== null) {
    return `every ${step} minutes${allHours ? '' : ` ${during(hours, minute, 60 - step)}`}`;
  }
  const hourStep = evenStep(hours, 24);
  if (minutes.length === 1 && hourStep !== null) {
    return `every ${hourStep} hours from ${clock(hours[0] ?? 0, minute)}`;
  }
  if (minutes.length === 1 && isRun(hours)) {
    return `every hour from ${clock(hours[0] ?? 0, minute)} to ${clock(hours[hours.length - 1] ?? 0, minute)}`;
  }
  const past = `at ${runs(minutes, String)} ${minute === 1 && minutes.length === 1 ? 'minute' : 'minutes'} past`;
  return allHours ? `${past} every hour` : `${past} the hours ${runs(hours, String)}`;
}

/** The step of values that begin at 0 and divide `whole` evenly, such as 0, 15, 30, 45; null for any others. */
function evenStep(values: readonly number[], whole: number): number | null {
  const step = values[1];
  const even =
    step !== undefined &&
    step * values.length === whole &&
    values.every((value, position) => value === position * step);
  return even ? step : null;
}

function during(hours: readonly number[], first: number, last: number): string {
  if (isRun(hours)) {
    return `from ${clock(hours[0] ?? 0, first)} to ${clock(hours[hours.length - 1] ?? 0, last)}`;
  }
  return `in the hours ${runs(hours, String)}`;
}

function describeDays(cron: Cron): string {
  const { daysOfMonth, daysOfWeek, starDayOfMonth, starDayOfWeek } = cron;
  const anyDate = daysOfMonth.length === 31;
  const anyWeekday = daysOfWeek.length === 7;
  const either = !starDayOfMonth && !starDayOfWeek;
  if ((anyDate && anyWeekday) || (either && (anyDate || anyWeekday))) {
    return '';
  }
  const dates = `on the ${runs(daysOfMonth, ordinal)} of the month`;
  if (anyWeekday) {
    return dates;
  }
  if (anyDate) {
    return weekdays(daysOfWeek);
  }
  return either ? `${dates} and also ${weekdays(daysOfWeek)}` : `${dates} if that is ${weekdays(daysOfWeek, 'or')}`;
}

function weekdays(values: readonly number[], conjunction = 'and'): string {
  // Weeks are read from Monday, so that a weekend is one piece.
  const fromMonday = [...values].map((value) => (value + 6) % 7).sort((a, b) => a - b);
  return runs(fromMonday, (value) => weekdayName((value + 1) % 7), conjunction);
}

function describeMonths({ months }: Cron): string {
  return months.length === 12 ? '' : `in ${runs(months, monthName)}`;
}

/** Ascending numbers as a list, three or more in a row as a range. */
function runs(values: readonly number[], name: (value: number) => string, conjunction = 'and'): string {
  const words: string[] = [];
  for (let from = 0; from < values.length; ) {
    let to = from;
    while (to + 1 < values.length && values[to + 1] === (values[to] ?? 0) + 1) {
      to += 1;
    }
    const run = values.slice(from, to + 1);
    words.push(
      ...(run.length > 2 ? [`${name(run[0] ?? 0)} through ${name(run[run.length - 1] ?? 0)}`] : run.map(name)),
    );
    from = to + 1;
  }
  return enumerate(words, conjunction);
}

function isRun(values: readonly number[]): boolean {
  return (values[values.length - 1] ?? 0) - (values[0] ?? 0) === values.length - 1;
}

function clock(hour: number, minute: number): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
