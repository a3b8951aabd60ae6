import type { IntervalTiming, Timing, Unit } from '../schedule.js';
import { parseCron } from '../time/cron.js';

const SECONDS: Readonly<Record<Unit, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 28 * 86_400,
};
const DAY = 24 * 60;

/**
 * The shortest time between two occurrences of a timing in seconds of local time, or undefined where there is no second
 * occurrence or none that is known here. Throws USAGE for a cron expression that cannot be read.
 */
export function shortestStep(timing: Timing): number | undefined {
  switch (timing.kind) {
    case 'cron':
      return 60 * shortestCronStep(timing.expression);
    case 'interval':
      return timing.times.length > 1
        ? 60 * shortestGap(timing.times.map(minuteOf))
        : timing.count * SECONDS[timing.unit];
    case 'change':
      return timing.pollSeconds;
    case 'once':
    case 'native':
      return undefined;
  }
}

function shortestCronStep(expression: string): number {
  const { minutes, hours } = parseCron(expression);
  return shortestGap(hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)));
}

function minuteOf(time: string): number {
  const [hour = '0', minute = '0'] = time.split(':');
  return Number(hour) * 60 + Number(minute);
}

/** Minutes between neighbours of the day, the last and the first of the next day among them. */
function shortestGap(minutesOfDay: readonly number[]): number {
  const ordered = [...minutesOfDay].sort((left, right) => left - right);
  const first = ordered[0] ?? 0;
  return [...ordered, first + DAY]
    .slice(1)
    .reduce((least, minute, index) => Math.min(least, minute - (ordered[index] ?? minute - DAY)), DAY);
}

const MINUTES: Readonly<Partial<Record<Unit, number>>> = {
  second: 1 / 60,
  minute: 1,
  hour: 60,
  day: 24 * 60,
  week: 7 * 24 * 60,
};

/**
 * The option for a cron expression that comes nearest to an interval's pace, by the clock instead of from the anchor, and in words
 * where it starts anew with each hour or day; undefined when none comes near it.
 */
export function nearestCron({ count, unit }: IntervalTiming): string | undefined {
  const pace = count * (MINUTES[unit] ?? Number.NaN);
  if (unit === 'month') {
    return count === 1 ? '--cron "0 0 1 * *"' : undefined;
  }
  if (pace === 24 * 60) {
    return '--cron "0 0 * * *"';
  }
  if (pace === 7 * 24 * 60) {
    return '--cron "0 0 * * 0"';
  }
  if (Number.isInteger(pace) && pace >= 1 && pace < 60) {
    return stepped(pace, 60, 'minutes', 'hour', (minutes) => `${minutes} * * * *`);
  }
  return pace % 60 === 0 && pace >= 60 && pace < 24 * 60
    ? stepped(pace / 60, 24, 'hours', 'day', (hours) => `0 ${hours} * * *`)
    : undefined;
}

/** Every `pace` of `whole`: even, or with a shorter last step that is told. */
function stepped(pace: number, whole: number, units: string, around: string, cron: (field: string) => string): string {
  const rest = whole % pace;
  if (rest === 0) {
    return `--cron "${cron(pace === 1 ? '*' : `*/${pace}`)}"`;
  }
  const times = Array.from({ length: Math.ceil(whole / pace) }, (_, index) => index * pace);
  const apart =
    times.length === 2
      ? `${pace} and ${rest} ${units} apart, in turn`
      : `${pace} ${units} apart, and ${rest} at the end of each ${around}`;
  return `--cron "${cron(times.join(','))}" (${apart})`;
}
