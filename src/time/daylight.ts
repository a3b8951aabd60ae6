/**
 * What a target does with local times that a zone's change makes impossible (gap) or double (fold), as data.
 *
 * - `gap`: `skip` loses the occurrence; `first-instant` runs it at the first instant after the gap; `shift` runs it later
 *   by the length of the gap (02:30 becomes 03:30).
 * - `fold`: run at the `first` of the two instants, the `second`, or `both`.
 * - `wildcard`: `elapsed` lets an expression whose minute or hour field begins with `*` follow the clock (no run for a gap,
 *   both sides of a fold), as cron(8) of Debian does; `same` holds it to `gap` and `fold` like any other.
 */
export interface DaylightRule {
  readonly gap: 'skip' | 'first-instant' | 'shift';
  readonly fold: 'first' | 'second' | 'both';
  readonly wildcard: 'elapsed' | 'same';
}
