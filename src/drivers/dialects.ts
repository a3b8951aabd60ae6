/** Where a target reads five fields otherwise than Vixie cron does. Pure: decided by the days that are meant, not by the text. */
import type { Instant, Timetable } from '../schedule.js';
import { DAY, HOUR, monthLength } from '../time/calendar.js';
import { type Cron, parseCron } from '../time/cron.js';
import { spanAt } from '../time/offsets.js';
import type { CronDialect } from './driver.js';

/** An expression that means other days on a target than here. */
export interface OtherReading {
  /** What the target makes of it. */
  readonly limit: string;
  /** An expression that means on the target what this one means here; null: none does. */
  readonly same: string | null;
  /** An expression that means here, and there, what the target makes of this one. */
  readonly theirs: string;
}

/**
 * How a dialect reads an expression otherwise; null when both mean the same days. Vixie cron wants both day fields to match
 * when one of them begins with `*`, `*\/2` included. robfig/cron 3 (spec.go, parser.go) wants both when one of them *has* an
 * item `*` or `*\/1`, and else either. It knows no weekday 7: a field that names it is written anew for it, as `*` only when
 * that is meant. Throws USAGE for an expression that cannot be read.
 */
export function otherReading(expression: string, dialect: CronDialect): OtherReading | null {
  const cron = parseCron(expression);
  if (dialect === 'vixie' || cron.text.startsWith('@')) {
    return null;
  }
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = cron.text.split(/[ \t]+/);
  const both = cron.starDayOfMonth || cron.starDayOfWeek;
  const everyDate = coversMonths(cron);
  const everyWeekday = cron.daysOfWeek.length === 7;
  const rewritten = /(?:^|[,-])0*7(?:[,/-]|$)/.test(dayOfWeek);
  const starDayOfWeek = rewritten ? cron.starDayOfWeek && everyWeekday : hasStar(dayOfWeek);
  if (both === (hasStar(dayOfMonth) || starDayOfWeek) || (everyDate && everyWeekday)) {
    return null;
  }
  const withDays = (dates: string, weekdays: string): string => [minute, hour, dates, month, weekdays].join(' ');
  const dates = dayOfMonth.replaceAll('*', '1-31');
  const weekdays = dayOfWeek.replaceAll('*', '0-6');
  if (!both) {
    // A field with an item `*` holds every day: either of the two is any day, both of them is the other field.
    return {
      limit: `it runs on days that match both ${dayOfMonth} and ${dayOfWeek}, not either`,
      same: withDays('*', '*'),
      theirs: withDays(everyDate ? '*' : dates, everyWeekday ? '*' : weekdays),
    };
  }
  return {
    limit: `it runs on days that match either ${dayOfMonth} or ${dayOfWeek}, not both`,
    same: everyWeekday ? withDays(dayOfMonth, '*') : everyDate ? withDays('*', dayOfWeek) : null,
    theirs: withDays(dates, weekdays),
  };
}

/** True when a field has an item that counts as an asterisk for robfig/cron 3. */
function hasStar(field: string): boolean {
  return field.split(',').some((item) => /^\*(?:\/0*1)?$/.test(item));
}

function coversMonths({ daysOfMonth, months }: Cron): boolean {
  const longest = Math.max(...months.map((month) => monthLength(2000, month)));
  return daysOfMonth.filter((day) => day <= longest).length === longest;
}

/** How far ahead a change of clocks is worth a warning: a little more than a year. */
const AHEAD = 400 * DAY;

/**
 * The first change of a zone's clocks within 400 days of `from` around which a dialect loses occurrences of an expression, or
 * adds some; null for none. robfig/cron 3 counts on in whole hours from a day's midnight: where clocks leap over midnight
 * (Cairo, Santiago) it takes that day for the one before it; where they change by a part of an hour (Lord Howe) it loses the
 * rest of the day; where they change within an hour (Chatham) it counts back; and where they turn back by more than an hour
 * (Troll) it leaves some out. Throws USAGE for an expression or a zone that cannot be read.
 */
export function unreliableChange({ timing, timezone }: Timetable, dialect: CronDialect, from: Instant): Instant | null {
  if (dialect === 'vixie' || timing.kind !== 'cron') {
    return null;
  }
  const cron = parseCron(timing.expression);
  const everyHour = cron.hours.length === 24;
  const everyDay = cron.months.length === 12 && anyDay(cron);
  for (let span = spanAt(timezone, from); span.end < from + AHEAD; span = spanAt(timezone, span.end)) {
    const [first, end] = [span.end + span.offset, span.end + span.after];
    const broken = first !== end && (first % HOUR !== 0 || end % HOUR !== 0 || first - end > HOUR);
    const leapsMidnight = first < end && Math.ceil(first / DAY) * DAY < end;
    if ((broken && !everyHour) || (leapsMidnight && !everyDay)) {
      return span.end;
    }
  }
  return null;
}

function anyDay(cron: Cron): boolean {
  const both = cron.starDayOfMonth || cron.starDayOfWeek;
  const full = [coversMonths(cron), cron.daysOfWeek.length === 7];
  return both ? full.every(Boolean) : full.some(Boolean);
}
