import { SchedError } from '../errors.js';
import type { Instant, Timetable } from '../schedule.js';
import { SECOND } from './calendar.js';
import { parseCron } from './cron.js';
import { calendarPattern, cronPattern, type DayPattern } from './day-pattern.js';
import type { DaylightRule } from './daylight.js';
import { intervalSeconds } from './interval.js';
import { offsetAt } from './zone.js';

/** A timetable made ready for counting. */
export type Plan =
  /** Nothing is known: a change, or a dialect's own text. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'once'; readonly at: Instant }
  /** Elapsed time: `anchor` and every `step` milliseconds after it. */
  | { readonly kind: 'steps'; readonly anchor: Instant; readonly step: number }
  /** Readings of the zone's clock; `wildcard`: a cron expression whose minute or hour field begins with `*`. */
  | { readonly kind: 'walls'; readonly pattern: DayPattern; readonly wildcard: boolean };

const plans = new WeakMap<Timetable, Plan>();

/** The plan of a timetable, made once for each object. Throws USAGE for an expression or a zone that cannot be read. */
export function planOf(timetable: Timetable): Plan {
  let plan = plans.get(timetable);
  if (plan === undefined) {
    plan = makePlan(timetable);
    plans.set(timetable, plan);
  }
  return plan;
}

function makePlan({ timing, timezone }: Timetable): Plan {
  switch (timing.kind) {
    case 'cron': {
      const cron = parseCron(timing.expression);
      return { kind: 'walls', pattern: cronPattern(cron), wildcard: cron.starMinute || cron.starHour };
    }
    case 'interval': {
      const { unit, count, anchor } = timing;
      if (!(count >= 1)) {
        throw new SchedError('USAGE', `An interval has a count of 1 or more, not ${count}.`);
      }
      if (unit === 'day' || unit === 'week' || unit === 'month') {
        const pattern = calendarPattern(timing, anchor + offsetAt(timezone, anchor));
        return { kind: 'walls', pattern, wildcard: false };
      }
      return { kind: 'steps', anchor, step: (intervalSeconds(count, unit) ?? 0) * SECOND };
    }
    case 'once':
      return { kind: 'once', at: timing.at };
    case 'change':
    case 'native':
      return { kind: 'unknown' };
  }
}

/** A daylight rule as it applies to one plan: a wildcard that follows the clock has nothing to run for a gap. */
export interface Crossing {
  readonly gap: DaylightRule['gap'] | 'nothing';
  readonly fold: DaylightRule['fold'];
}

/** How `rule` treats a plan's impossible and double readings. */
export function crossingOf(plan: { readonly wildcard: boolean }, rule: DaylightRule): Crossing {
  return plan.wildcard && rule.wildcard === 'elapsed' ? { gap: 'nothing', fold: 'both' } : rule;
}
