import { SchedError } from '../errors.js';
import type { IntervalTiming } from '../schedule.js';
import { DAY, dateOfDay, dayOfDate, dayOfWall, HOUR, MINUTE, monthLength, weekdayOf } from './calendar.js';
import type { Cron } from './cron.js';

/** Wall-clock readings that repeat by the day: some days, each with the same times. */
export interface DayPattern {
  /** Milliseconds since midnight, ascending, never empty. */
  readonly times: readonly number[];
  /** No reading before this one counts. */
  readonly floor: number;
  /** The first matching day at or after / the last at or before a day number. */
  readonly dayFrom: (day: number) => number | null;
  readonly dayUpTo: (day: number) => number | null;
}

/** The calendar repeats after 400 years, so that a day not found in as many months never comes. */
const MONTHS_IN_CYCLE = 4800;

/** The days and times of a cron expression. */
export function cronPattern(cron: Cron): DayPattern {
  const times = cron.hours.flatMap((hour) => cron.minutes.map((minute) => hour * HOUR + minute * MINUTE));
  const maskOf = monthMasks(cron);
  const dayFrom = (day: number): number | null => {
    const date = dateOfDay(day);
    let { year, month } = date;
    let mask = maskOf(year, month, day - date.day + 1) & -(1 << (date.day - 1));
    for (let tried = 0; tried <= MONTHS_IN_CYCLE; tried += 1) {
      if (mask !== 0) {
        return dayOfDate(year, month, 32 - Math.clz32(mask & -mask));
      }
      year += month === 12 ? 1 : 0;
      month = month === 12 ? 1 : month + 1;
      mask = maskOf(year, month, dayOfDate(year, month, 1));
    }
    return null;
  };
  const dayUpTo = (day: number): number | null => {
    const date = dateOfDay(day);
    let { year, month } = date;
    let mask = maskOf(year, month, day - date.day + 1) & ((1 << date.day) - 1);
    for (let tried = 0; tried <= MONTHS_IN_CYCLE; tried += 1) {
      if (mask !== 0) {
        return dayOfDate(year, month, 32 - Math.clz32(mask));
      }
      year -= month === 1 ? 1 : 0;
      month = month === 1 ? 12 : month - 1;
      mask = maskOf(year, month, dayOfDate(year, month, 1));
    }
    return null;
  };
  return { times, floor: -Infinity, dayFrom, dayUpTo };
}

/** For a month and the day number of its first day: bit n is set when day n + 1 of the month matches. */
function monthMasks(cron: Cron): (year: number, month: number, firstDay: number) => number {
  const months = cron.months.reduce((mask, month) => mask | (1 << month), 0);
  const dates = cron.daysOfMonth.reduce((mask, day) => mask | (1 << (day - 1)), 0);
  const weekdays = [0, 1, 2, 3, 4, 5, 6].map((first) => {
    let mask = 0;
    for (const weekday of cron.daysOfWeek) {
      for (let day = (weekday - first + 7) % 7; day < 31; day += 7) {
        mask |= 1 << day;
      }
    }
    return mask;
  });
  const either = !cron.starDayOfMonth && !cron.starDayOfWeek;
  return (year, month, firstDay) => {
    if ((months & (1 << month)) === 0) {
      return 0;
    }
    const inWeek = weekdays[weekdayOf(firstDay)] ?? 0;
    return (either ? dates | inWeek : dates & inWeek) & ((1 << monthLength(year, month)) - 1);
  };
}

/** A calendar step: `days(n)` are the matching days of the n-th period, ascending, `periodOf` the period that holds a day. */
interface Periods {
  readonly days: (period: number) => readonly number[];
  readonly periodOf: (day: number) => number;
}

/**
 * The days and times of an interval in days, weeks or months. Steps are counted from the anchor, never from the step
 * before: 31 January plus one month is 28 February, plus two months 31 March. With weekdays given, weeks begin on Monday
 * and are counted from the week that holds the anchor. Days of the month past its end are its last day.
 *
 * `anchorWall` is what the anchor's clock shows in the zone.
 */
export function calendarPattern(timing: IntervalTiming, anchorWall: number): DayPattern {
  const anchorDay = dayOfWall(anchorWall);
  const times =
    timing.times.length === 0
      ? [anchorWall - anchorDay * DAY]
      : [...new Set(timing.times.map(timeOfDay))].sort((a, b) => a - b);
  const periods = periodsOf(timing, anchorDay);
  const dayFrom = (day: number): number | null => {
    // A day past a period's last one belongs to the next period that exists.
    for (let period = Math.max(0, periods.periodOf(day)); ; period += 1) {
      const found = periods.days(period).find((candidate) => candidate >= day);
      if (found !== undefined) {
        return found;
      }
    }
  };
  const dayUpTo = (day: number): number | null => {
    for (let period = periods.periodOf(day); period >= 0; period -= 1) {
      const found = periods.days(period).findLast((candidate) => candidate <= day);
      if (found !== undefined) {
        return found;
      }
    }
    return null;
  };
  return { times, floor: anchorWall, dayFrom, dayUpTo };
}

/** Milliseconds since midnight of `HH:MM`. */
function timeOfDay(text: string): number {
  const time = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (time === null) {
    throw new SchedError('USAGE', `${text} is not a time of day (HH:MM).`);
  }
  return Number(time[1]) * HOUR + Number(time[2]) * MINUTE;
}

function periodsOf({ unit, count, on }: IntervalTiming, anchorDay: number): Periods {
  if (unit === 'month') {
    return monthPeriods(count, on, anchorDay);
  }
  if (unit === 'week' && on.length > 0) {
    const monday = anchorDay - ((weekdayOf(anchorDay) + 6) % 7);
    const steps = [...new Set(on.map((weekday) => (weekday + 6) % 7))].sort((a, b) => a - b);
    return {
      days: (period) => steps.map((step) => monday + period * count * 7 + step),
      periodOf: (day) => Math.floor((day - monday) / (count * 7)),
    };
  }
  const length = unit === 'week' ? count * 7 : count;
  return { days: (period) => [anchorDay + period * length], periodOf: (day) => Math.floor((day - anchorDay) / length) };
}

function monthPeriods(count: number, on: readonly number[], anchorDay: number): Periods {
  const anchor = dateOfDay(anchorDay);
  const wanted = on.length === 0 ? [anchor.day] : [...on].sort((a, b) => a - b);
  const anchorMonth = anchor.year * 12 + anchor.month - 1;
  return {
    days: (period) => {
      const total = anchorMonth + period * count;
      const year = Math.floor(total / 12);
      const month = (total % 12) + 1;
      const length = monthLength(year, month);
      return [...new Set(wanted.map((day) => Math.min(day, length)))].map((day) => dayOfDate(year, month, day));
    },
    periodOf: (day) => {
      const date = dateOfDay(day);
      return Math.floor((date.year * 12 + date.month - 1 - anchorMonth) / count);
    },
  };
}

/** The first matching reading at or after `wall`. */
export function wallFrom(pattern: DayPattern, wall: number): number | null {
  const from = Math.max(wall, pattern.floor);
  const startDay = dayOfWall(from);
  const day = pattern.dayFrom(startDay);
  if (day === null) {
    return null;
  }
  const time = pattern.times[countBelow(pattern.times, from - day * DAY)];
  if (time !== undefined) {
    return day * DAY + time;
  }
  const next = pattern.dayFrom(day + 1);
  return next === null ? null : next * DAY + (pattern.times[0] ?? 0);
}

/** The last matching reading before `wall`. */
export function wallBefore(pattern: DayPattern, wall: number): number | null {
  if (wall <= pattern.floor) {
    return null;
  }
  const startDay = dayOfWall(wall);
  let day = pattern.dayUpTo(startDay);
  while (day !== null) {
    const base = day * DAY;
    const time = pattern.times[countBelow(pattern.times, wall - base) - 1];
    if (time !== undefined) {
      return base + time >= pattern.floor ? base + time : null;
    }
    day = pattern.dayUpTo(day - 1);
  }
  return null;
}

/** How many of the ascending `values` are less than `limit`. */
function countBelow(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < limit) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
