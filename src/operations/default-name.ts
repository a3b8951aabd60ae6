import type { Timing } from '../schedule.js';
import { parseCron } from '../time/cron.js';

/** The name of a schedule that was given none: `<pipeline>-<frequency>`, the same each time it is asked for. */
export function defaultName(pipeline: string, timing: Timing): string {
  const base = pipeline.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return `${base === '' ? 'schedule' : base}-${frequency(timing)}`.slice(0, 128);
}

/** `hourly`, `daily`, `weekly` … as a word for names. */
export function frequency(timing: Timing): string {
  switch (timing.kind) {
    case 'once':
      return 'once';
    case 'change':
      return 'on-change';
    case 'native':
      return 'custom';
    case 'interval':
      return timing.count === 1 ? ONE[timing.unit] : `every-${timing.count}-${timing.unit}s`;
    case 'cron':
      return cronFrequency(timing.expression);
  }
}

const ONE = {
  second: 'every-second',
  minute: 'every-minute',
  hour: 'hourly',
  day: 'daily',
  week: 'weekly',
  month: 'monthly',
} as const;

function cronFrequency(expression: string): string {
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = parseCron(expression);
  const single = minutes.length === 1;
  if (months.length < 12) {
    return months.length === 1 && daysOfMonth.length === 1 ? 'yearly' : 'seasonal';
  }
  if (daysOfMonth.length < 31) {
    return daysOfMonth.length === 1 ? 'monthly' : 'monthdays';
  }
  if (daysOfWeek.length < 7) {
    return daysOfWeek.length === 1 ? 'weekly' : 'weekdays';
  }
  if (single && hours.length === 1) {
    return 'daily';
  }
  return single && hours.length === 24 ? 'hourly' : 'intraday';
}
