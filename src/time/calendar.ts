/**
 * Arithmetic on the proleptic Gregorian calendar without zones. A *day* is a count of days since 1970-01-01; a *wall*
 * is a wall-clock reading as milliseconds, as if the clock showed UTC.
 */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A year, a month 1–12 and a day of the month 1–31. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The day number of a date; the algorithm counts years from March so that the leap day comes last. */
export function dayOfDate(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The date of a day number; the inverse of `dayOfDate`. */
export function dateOfDay(dayNumber: number): CalendarDate {
  const shifted = dayNumber + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

/** 0 Sunday … 6 Saturday. */
export function weekdayOf(dayNumber: number): number {
  return (((dayNumber + 4) % 7) + 7) % 7;
}

/** 28 to 31. */
export function monthLength(year: number, month: number): number {
  if (month === 2) {
    return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  }
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The day number of a wall reading. */
export function dayOfWall(wall: number): number {
  return Math.floor(wall / DAY);
}

/** `2026-03-29T02:30`, with `:ss` when there are seconds and `.mmm` when there are milliseconds. */
export function formatWall(wall: number): string {
  const { year, month, day } = dateOfDay(dayOfWall(wall));
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${formatTimeOfDay(wall - dayOfWall(wall) * DAY)}`;
}

/** `02:30`, `02:30:05` or `02:30:05.250` of milliseconds since midnight. */
export function formatTimeOfDay(time: number): string {
  const seconds = Math.floor(time / SECOND) % 60;
  const millis = time % SECOND;
  const fraction = millis > 0 ? `.${pad(millis, 3)}` : '';
  const tail = seconds > 0 || millis > 0 ? `:${pad(seconds, 2)}${fraction}` : '';
  return `${pad(Math.floor(time / HOUR), 2)}:${pad(Math.floor(time / MINUTE) % 60, 2)}${tail}`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
