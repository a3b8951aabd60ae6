import type { IntervalTiming, Timetable, Timing } from '../schedule.js';
import { dateOfDay, dayOfWall, weekdayOf } from './calendar.js';
import { parseCron } from './cron.js';
import { describeCron } from './describe-cron.js';
import { localWords } from './format.js';
import { formatInterval, type Interval } from './interval.js';
import { enumerate, ordinal, weekdayName } from './names.js';
import { offsetAt } from './zone.js';

/**
 * When a schedule is due, in English, with the zone where it matters: `at 03:00, Monday through Friday, Europe/Berlin`.
 * Start, end and maximum runs are not part of it. Throws USAGE for an expression that cannot be read.
 */
export function describeTiming({ timing, timezone }: Timetable): string {
  switch (timing.kind) {
    case 'cron':
      return `${describeCron(parseCron(timing.expression))}, ${timezone}`;
    case 'interval':
      return describeInterval(timing, timezone);
    case 'once': {
      const { weekday, date, year, time } = localWords(timing.at, timezone);
      return `once, on ${weekday} ${date} ${year} at ${time} ${timezone}`;
    }
    case 'change':
      return `when a file appears or changes in ${timing.folder} (looked at every ${plainSeconds(timing.pollSeconds)})`;
    case 'native':
      return `${timing.dialect} ${timing.text}`;
  }
}

/** The timing as short as a table wants it: `0 3 * * 1-5`, `every 6 h`, `once`, `on change`. */
export function timingText(timing: Timing): string {
  switch (timing.kind) {
    case 'cron':
      return timing.expression;
    case 'interval':
      return `every ${shortInterval(timing)}`;
    case 'once':
      return 'once';
    case 'change':
      return 'on change';
    case 'native':
      return timing.text;
  }
}

function shortInterval({ count, unit }: Interval): string {
  const short = { second: 's', minute: 'min', hour: 'h', day: undefined, week: undefined, month: undefined }[unit];
  return short === undefined ? plural({ count, unit }) : `${count} ${short}`;
}

/** `day` of one day, `2 days` of two. */
function plural(interval: Interval): string {
  return interval.count === 1 ? interval.unit : formatInterval(interval);
}

function describeInterval(timing: IntervalTiming, zone: string): string {
  const { unit, anchor } = timing;
  const { date, year, time } = localWords(anchor, zone);
  const every = `every ${plural(timing)}`;
  if (unit === 'second' || unit === 'minute' || unit === 'hour') {
    return `${every}, from ${date} ${year} ${time}, ${zone}`;
  }
  const times = timing.times.length > 0 ? timing.times : [time];
  const days = describeDays(timing, dayOfWall(anchor + offsetAt(zone, anchor)));
  const since = timing.count > 1 ? `, counted from ${date} ${year}` : '';
  return `${every}${days} at ${enumerate([...times].sort())}${since}, ${zone}`;
}

function describeDays({ unit, on }: IntervalTiming, anchorDay: number): string {
  if (unit === 'week') {
    const weekdays = on.length > 0 ? on : [weekdayOf(anchorDay)];
    const fromMonday = [...new Set(weekdays)].sort((a, b) => ((a + 6) % 7) - ((b + 6) % 7));
    return ` on ${enumerate(fromMonday.map(weekdayName))}`;
  }
  if (unit === 'month') {
    const days = on.length > 0 ? [...new Set(on)].sort((a, b) => a - b) : [dateOfDay(anchorDay).day];
    const latest = days[days.length - 1] ?? 1;
    const last = latest > 28 && latest < 31 ? ' (or the last day of a shorter month)' : '';
    return ` on the ${enumerate(days.map((day) => (day === 31 ? 'last day' : ordinal(day))))}${last}`;
  }
  return '';
}

function plainSeconds(seconds: number): string {
  const units = [
    { unit: 'hour', length: 3600 },
    { unit: 'minute', length: 60 },
  ] as const;
  const whole = units.find(({ length }) => seconds % length === 0);
  return plural(
    whole === undefined ? { count: seconds, unit: 'second' } : { count: seconds / whole.length, unit: whole.unit },
  );
}
