import { SchedError } from '../errors.js';
import type { Instant } from '../schedule.js';
import { DAY, dayOfDate, dayOfWall, formatWall, HOUR, MINUTE, monthLength, SECOND, weekdayOf } from './calendar.js';
import { weekday } from './day-lists.js';
import { parseDuration } from './interval.js';
import { mistake } from './mistake.js';
import { localToInstants, offsetAt } from './zone.js';

/** An instant as it was typed. */
export interface ParsedInstant {
  readonly instant: Instant;
  /** The text named no zone: `zone` was taken. */
  readonly assumedZone: boolean;
  /** The local time comes twice; `instant` is the first. */
  readonly fold: boolean;
}

/** What an incomplete text is completed with. */
export interface Present {
  readonly now: Instant;
  /** IANA name, for texts without a zone of their own. */
  readonly zone: string;
}

const HINT = 'For example 2026-11-21T09:00, 2026-11-21T08:00Z, "tomorrow 09:00", "mon 08:00", "in 2 hours" or now.';
/** Earlier years are mistakes of typing. */
const FIRST_YEAR = 1970;
const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?`;
const ISO = new RegExp(
  String.raw`^(\d{4})-(\d{2})-(\d{2})(?:(?:T|[ \t]+)${CLOCK})?[ \t]*(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?$`,
  'i',
);
const RELATIVE_DAY = new RegExp(
  String.raw`^(?:(today|tomorrow|yesterday|[a-z]{3,})(?:[ \t]+(?:at[ \t]+)?${CLOCK})?|${CLOCK})$`,
  'i',
);

/**
 * Reads an instant: ISO 8601 with or without an offset, with a space for the T, a date alone (its midnight); `now`;
 * `09:00`, `mon 08:00`, `mon` (the next such moment after `now`); `today 18:00`, `tomorrow`, `yesterday 06:00`;
 * `in 2 hours`, `+90m`, `-2h`, `2 hours ago` (days of 24 hours). Without an offset it is local time of `present.zone`.
 * Throws USAGE for anything else, and for a local time that the zone's clock skips.
 */
export function parseInstant(text: string, present: Present): ParsedInstant {
  const typed = text.trim();
  if (typed === '') {
    throw new SchedError('USAGE', 'The time is empty.', { hint: HINT });
  }
  if (/^now$/i.test(typed)) {
    return known(present.now);
  }
  const distance = parseDistance(typed);
  if (distance !== null) {
    return known(present.now + distance);
  }
  const iso = ISO.exec(typed);
  if (iso !== null) {
    return parseIso(text, iso, present);
  }
  const relative = RELATIVE_DAY.exec(typed);
  if (relative !== null) {
    return parseRelativeDay(text, relative, present);
  }
  throw mistake(`${typed} is not a time.`, text, placeOf(text, typed), HINT);
}

function known(instant: Instant): ParsedInstant {
  return { instant, assumedZone: false, fold: false };
}

/** Milliseconds from now of `in 2 hours`, `+90m`, `-2h`, `2 hours ago`; null when the text has another form. */
function parseDistance(typed: string): number | null {
  const [, later, earlier, ago] = /^(?:(?:in[ \t]+|\+)(\S.*)|-(\S.*)|(\S.*\S)[ \t]+ago)$/i.exec(typed) ?? [];
  const length = later ?? earlier ?? ago;
  if (length === undefined) {
    return null;
  }
  return parseDuration(length, { zero: true }) * SECOND * (later === undefined ? -1 : 1);
}

function parseIso(text: string, match: RegExpExecArray, present: Present): ParsedInstant {
  const [typed, year, month, day, hour, minute, second, fraction, offset] = match;
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  if (date.year < FIRST_YEAR) {
    throw mistake(`The year ${year} is before ${FIRST_YEAR}.`, text, placeOf(text, year ?? ''), HINT);
  }
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > monthLength(date.year, date.month)) {
    throw mistake(`There is no day ${year}-${month}-${day}.`, text, placeOf(text, typed.slice(0, 10)), HINT);
  }
  const wall = dayOfDate(date.year, date.month, date.day) * DAY + clockTime(text, [hour, minute, second, fraction]);
  if (offset === undefined) {
    return fromWall(text, wall, present.zone);
  }
  const minutes = offsetMinutes(offset);
  if (minutes === null) {
    throw mistake(
      `${offset} is no offset from UTC.`,
      text,
      { at: text.lastIndexOf(offset), length: offset.length },
      HINT,
    );
  }
  return known(wall - minutes * MINUTE);
}

/** Minutes east of UTC of `Z`, `+02`, `+0200`, `+02:00`; null beyond what ISO 8601 allows. */
function offsetMinutes(offset: string): number | null {
  if (/^z$/i.test(offset)) {
    return 0;
  }
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(':', '') || 0);
  return hours > 23 || minutes > 59 ? null : (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function parseRelativeDay(text: string, match: RegExpExecArray, { now, zone }: Present): ParsedInstant {
  const [typed, word, ...digits] = match;
  const clock = word === undefined ? digits.slice(4) : digits.slice(0, 4);
  const today = dayOfWall(now + offsetAt(zone, now));
  const time = clockTime(text, clock);
  const at = (day: number): ParsedInstant => fromWall(text, day * DAY + time, zone);
  const upcoming = (day: number, step: number): ParsedInstant =>
    lastReading(day * DAY + time, zone) > now ? at(day) : at(day + step);
  if (word === undefined) {
    return upcoming(today, 1);
  }
  const shift = { today: 0, tomorrow: 1, yesterday: -1 }[word.toLowerCase()];
  if (shift !== undefined) {
    return at(today + shift);
  }
  const wanted = weekday(word);
  if (wanted < 0) {
    throw mistake(`${typed} is not a time.`, text, placeOf(text, word), HINT);
  }
  return upcoming(today + ((wanted - weekdayOf(today) + 7) % 7), 7);
}

function lastReading(wall: number, zone: string): Instant {
  const local = localToInstants(zone, wall);
  return local.kind === 'single' ? local.instant : local.kind === 'fold' ? local.first : local.shifted;
}

function clockTime(text: string, clock: readonly (string | undefined)[]): number {
  const [hour, minute, second, fraction] = clock;
  if (hour === undefined) {
    return 0;
  }
  const typed = `${hour}:${minute}${second === undefined ? '' : `:${second}`}`;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) {
    throw mistake(`${typed} is not a time of day.`, text, placeOf(text, typed), HINT);
  }
  const millis = Number((fraction ?? '').slice(0, 3).padEnd(3, '0'));
  return Number(hour) * HOUR + Number(minute) * MINUTE + Number(second ?? 0) * SECOND + millis;
}

function fromWall(text: string, wall: number, zone: string): ParsedInstant {
  const local = localToInstants(zone, wall);
  if (local.kind === 'gap') {
    const shown = formatWall(wall).replace('T', ' ');
    const after = local.after + offsetAt(zone, local.after);
    const hint = `The first moment after the gap is ${formatWall(after)}.`;
    throw mistake(
      `${shown} does not exist in ${zone}: the clocks go forward over it.`,
      text,
      placeOf(text, text.trim()),
      hint,
    );
  }
  return {
    instant: local.kind === 'single' ? local.instant : local.first,
    assumedZone: true,
    fold: local.kind === 'fold',
  };
}

function placeOf(text: string, piece: string): { at: number; length: number } {
  return { at: Math.max(0, text.indexOf(piece)), length: piece.length };
}
