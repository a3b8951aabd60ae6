import type { Timing, Unit } from '../schedule.js';
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
