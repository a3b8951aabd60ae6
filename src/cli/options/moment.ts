import { SchedError } from '../../errors.js';
import type { Instant } from '../../schedule.js';
import { parseInstant } from '../../time/instant.js';
import type { Surroundings, Typed } from '../command.js';
import { text } from './typed.js';

/** `--until` by the clock of any zone; it must lie ahead in this one. Null when it was not typed. Throws USAGE. */
export function readUntil(options: Typed, { now, timezone }: Surroundings): ((timezone: string) => Instant) | null {
  const typed = text(options, 'until');
  if (typed === undefined) {
    return null;
  }
  const read = (zone: string): Instant => {
    const { instant } = parseInstant(typed, { now, zone });
    if (instant <= now) {
      throw new SchedError('USAGE', `${typed} is over.`, { hint: '--until "mon 08:00"' });
    }
    return instant;
  };
  read(timezone.name);
  return read;
}

/** An option that names a moment; undefined when it was not typed. Without a zone it is read in `zone`. Throws USAGE. */
export function readMoment(
  options: Typed,
  name: string,
  surroundings: Surroundings,
  zone = surroundings.timezone.name,
): Instant | undefined {
  const typed = text(options, name);
  return typed === undefined ? undefined : parseInstant(typed, { now: surroundings.now, zone }).instant;
}
