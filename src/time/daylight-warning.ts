import type { Instant, Timetable } from '../schedule.js';
import { DAY } from './calendar.js';
import type { DaylightRule } from './daylight.js';
import { between, type Daylight } from './occurrences.js';
import { planOf } from './plan.js';

/** How far ahead a gap or a fold is worth a warning: a little more than a year. */
const AHEAD = 400 * DAY;

/** The first local time that a schedule asks for and its zone does not show once. */
export interface DaylightWarning {
  /** The local time, `2026-03-29T02:30`. */
  readonly wall: string;
  readonly kind: Exclude<Daylight, null>;
  /** When it runs by the rule; null: not at all. */
  readonly instant: Instant | null;
}

/**
 * The first gap or fold within 400 days of `from` that a timetable of fixed local times meets (a calendar interval, or a
 * cron expression whose minute and hour fields do not begin with `*`); null for none. Elapsed time, single instants and
 * expressions that follow the clock are no concern of it.
 */
export function daylightWarning(timetable: Timetable, rule: DaylightRule, from: Instant): DaylightWarning | null {
  const plan = planOf(timetable);
  if (plan.kind !== 'walls' || plan.wildcard) {
    return null;
  }
  for (const { wall, daylight, instant } of between(timetable, rule, from, from + AHEAD)) {
    if (daylight !== null) {
      return { wall, kind: daylight, instant };
    }
  }
  return null;
}
