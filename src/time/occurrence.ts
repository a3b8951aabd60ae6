import type { Instant } from '../schedule.js';

/** What a zone's clock does at an occurrence's local time: shows it never, for the first or for the second time. */
export type Daylight = null | 'gap' | 'fold-first' | 'fold-second';

/** A moment at which a schedule is due. */
export interface Occurrence {
  /** Null when a gap swallows it and the rule skips it. */
  readonly instant: Instant | null;
  /** The local time that the timetable asks for (`2026-03-29T02:30`); in a gap the clock never shows it. */
  readonly wall: string;
  readonly daylight: Daylight;
}
