import type { Instant } from '../schedule.js';
import { DAY, dateOfDay, dayOfWall, formatTimeOfDay, HOUR, MINUTE, SECOND, weekdayOf } from './calendar.js';
import { monthShort, weekdayShort } from './names.js';
import { offsetAt, zoneAbbreviation } from './zone.js';

/** An instant as a zone's clock and calendar show it. */
export interface LocalWords {
  /** `Mon`. */
  readonly weekday: string;
  /** `23 Nov`. */
  readonly date: string;
  readonly year: number;
  /** `03:00`, or `03:00:05` where there are seconds; thousandths never help a reader. */
  readonly time: string;
}

/** The pieces of an instant on a zone's clock, for sentences. */
export function localWords(instant: Instant, zone: string): LocalWords {
  const wall = instant + offsetAt(zone, instant);
  const dayNumber = dayOfWall(wall);
  const { year, month, day } = dateOfDay(dayNumber);
  return {
    weekday: weekdayShort(weekdayOf(dayNumber)),
    date: `${day} ${monthShort(month)}`,
    year,
    time: formatTimeOfDay(Math.floor((wall - dayNumber * DAY) / SECOND) * SECOND),
  };
}

/** `Mon 23 Nov 03:00` on the zone's clock; with the year (`Mon 23 Nov 2026 03:00`) when it is not that of `now`. */
export function formatLocal(instant: Instant, zone: string, now: Instant = instant): string {
  const { weekday, date, year, time } = localWords(instant, zone);
  return year === localWords(now, zone).year ? `${weekday} ${date} ${time}` : `${weekday} ${date} ${year} ${time}`;
}

/** `Fri 27 Mar 2026 02:30 CET`: always with year and zone. */
export function formatLocalFull(instant: Instant, zone: string): string {
  const { weekday, date, year, time } = localWords(instant, zone);
  return `${weekday} ${date} ${year} ${time} ${zoneAbbreviation(zone, instant)}`;
}

/** `2026-11-21T10:00:00Z`, with `.mmm` only when there are milliseconds. */
export function isoUtc(instant: Instant): string {
  const day = Math.floor(instant / DAY);
  if (day !== latest.day) {
    // Lists have thousands of instants and few days; the date's own part is what costs.
    latest = { day, text: new Date(day * DAY).toISOString().slice(0, -13) };
  }
  const time = instant - day * DAY;
  const thousandths = time % SECOND === 0 ? '' : `.${String(time % SECOND).padStart(3, '0')}`;
  return `${latest.text}${two(time / HOUR)}:${two((time % HOUR) / MINUTE)}:${two((time % MINUTE) / SECOND)}${thousandths}Z`;
}

let latest = { day: Number.NaN, text: '' };

function two(value: number): string {
  return value < 10 ? `0${Math.trunc(value)}` : `${Math.trunc(value)}`;
}

/** `in 2 days`, `in 14 min`, `9 h ago`, `now`: one unit, rounded towards the present. */
export function formatRelative(instant: Instant, now: Instant): string {
  const distance = Math.abs(instant - now);
  if (distance < SECOND) {
    return 'now';
  }
  const amount = oneUnit(distance);
  return instant > now ? `in ${amount}` : `${amount} ago`;
}

function oneUnit(distance: number): string {
  if (distance < MINUTE) {
    return `${Math.floor(distance / SECOND)} s`;
  }
  if (distance < HOUR) {
    return `${Math.floor(distance / MINUTE)} min`;
  }
  if (distance < 2 * DAY) {
    return `${Math.floor(distance / HOUR)} h`;
  }
  const days = Math.floor(distance / DAY);
  if (days < 60) {
    return `${days} days`;
  }
  return days < 730 ? `${Math.floor(days / 30.44)} months` : `${Math.floor(days / 365.25)} years`;
}

/** `0.4 s`, `45 s`, `2 min 10 s`, `12 min`, `2 h 4 min`, `3 days 5 h` of milliseconds; never rounded up. */
export function formatDuration(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  if (length < 10 * SECOND) {
    return `${Math.floor(length / 100) / 10} s`;
  }
  if (length < MINUTE) {
    return `${Math.floor(length / SECOND)} s`;
  }
  if (length < HOUR) {
    const minutes = Math.floor(length / MINUTE);
    return twoUnits(`${minutes} min`, minutes < 10 ? Math.floor((length % MINUTE) / SECOND) : 0, 's');
  }
  if (length < DAY) {
    return twoUnits(`${Math.floor(length / HOUR)} h`, Math.floor((length % HOUR) / MINUTE), 'min');
  }
  const days = Math.floor(length / DAY);
  return twoUnits(`${days} ${days === 1 ? 'day' : 'days'}`, Math.floor((length % DAY) / HOUR), 'h');
}

function twoUnits(large: string, count: number, small: string): string {
  return count === 0 ? large : `${large} ${count} ${small}`;
}
