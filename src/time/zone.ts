import { SchedError } from '../errors.js';
import { nearest } from '../nearest.js';
import type { Instant } from '../schedule.js';
import { HOUR, MINUTE } from './calendar.js';
import { type Span, spanAt } from './offsets.js';

/** Further from UTC than any offset that a zone ever had (Manila before 1844: 15:56). */
export const WIDEST_OFFSET = 16 * HOUR;

let names: readonly string[] | undefined;

/** The IANA names that this Node lists, ascending, with UTC; it accepts more (links) than it lists. */
export function zoneNames(): readonly string[] {
  names ??= [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])].sort();
  return names;
}

/**
 * An IANA name in its proper spelling: `europe/berlin` gives `Europe/Berlin`. A link stays the name that was typed
 * (`Asia/Kolkata` is not turned into `Asia/Calcutta`). Throws USAGE, with the nearest names, for anything else.
 */
export function resolveZone(name: string): string {
  let zone = resolved.get(name);
  if (zone === undefined) {
    zone = findZone(name);
    resolved.set(name, zone);
  }
  return zone;
}

/** The names that were resolved before: asking Intl costs as much as a thousand lookups. */
const resolved = new Map<string, string>();

function findZone(name: string): string {
  const typed = name.trim();
  // Without a letter first it is an offset such as +02:00, which newer releases of Node take for a zone.
  if (/^[a-z]/i.test(typed) && isKnown(typed)) {
    const lower = typed.toLowerCase();
    const listed = zoneNames().find((zone) => zone.toLowerCase() === lower);
    return listed ?? properCase(typed);
  }
  throw new SchedError('USAGE', typed === '' ? 'The time zone is empty.' : `There is no time zone named ${typed}.`, {
    hint: zoneHint(typed),
  });
}

/**
 * What Node takes and the IANA database does not have: the abbreviations of older Java (where BST is in Bangladesh and CST
 * in Chicago), SystemV's rules, and two places that never were. No other program would know them.
 */
const NOT_IANA =
  /^(?:A[CEGRS]T|BET|BST|C(?:A|N|S|T)T|E[AC]T|I[ES]T|JST|MIT|N[ES]T|P(?:L|N|R|S)T|SST|VST|SystemV\/.*|Canada\/East-Saskatchewan|US\/Pacific-New)$/i;

function isKnown(name: string): boolean {
  if (NOT_IANA.test(name)) {
    return false;
  }
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Links, as `zoneNames` does not list them, that are not capital, small, small between their separators. */
const IRREGULAR = [
  'Antarctica/DumontDUrville',
  'Antarctica/McMurdo',
  'America/Port-au-Prince',
  'America/Port_of_Spain',
  'Africa/Dar_es_Salaam',
  'Europe/Isle_of_Man',
  'Asia/Ust-Nera',
  'America/Knox_IN',
  'America/Argentina/ComodRivadavia',
  'Brazil/DeNoronha',
  'Chile/EasterIsland',
  'Mexico/BajaNorte',
  'Mexico/BajaSur',
  'Australia/ACT',
  'Australia/LHI',
  'Australia/NSW',
  'Etc/UTC',
  'Etc/UCT',
  'GB-Eire',
  'NZ-CHAT',
  'W-SU',
];

function properCase(name: string): string {
  const lower = name.toLowerCase();
  const irregular = IRREGULAR.find((zone) => zone.toLowerCase() === lower);
  if (irregular !== undefined) {
    return irregular;
  }
  const upper = name.toUpperCase();
  if (!name.includes('/') && (upper.length <= 3 || /\d|^GMT/.test(upper))) {
    return upper;
  }
  return lower
    .replace(/(^|[/_-])([a-z])/g, (_, separator: string, letter: string) => separator + letter.toUpperCase())
    .replace(/^Etc\/Gmt/, 'Etc/GMT')
    .replace(/^Us\//, 'US/');
}

function zoneHint(typed: string): string {
  if (/^(?:utc|gmt)?[+-]\d/i.test(typed)) {
    return 'A fixed offset is not a zone: name a place (Europe/Berlin), or UTC.';
  }
  // `Berln` alone means Europe/Berlin: the place counts as well as the whole name.
  const places = new Map(zoneNames().map((zone) => [zone.slice(zone.lastIndexOf('/') + 1), zone]));
  const found = [
    ...new Set(nearest(typed, [...zoneNames(), ...places.keys()]).map((name) => places.get(name) ?? name)),
  ];
  return found.length > 0
    ? `Did you mean ${found.join(' or ')}?`
    : 'Zones are named after places, such as Europe/Berlin or America/New_York; or UTC.';
}

/** The zone of the machine, by the TZ variable or the system's setting; UTC when it has none. */
export function machineZone(): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone === undefined || zone === 'Etc/Unknown' || !isKnown(zone) ? 'UTC' : zone;
}

/** The zone's offset from UTC at an instant, in milliseconds, east positive. */
export function offsetAt(zone: string, instant: Instant): number {
  return spanAt(zone, instant).offset;
}

/** What a wall-clock reading means in a zone. */
export type LocalTime =
  | { readonly kind: 'single'; readonly instant: Instant }
  /**
   * It does not exist. `after`: the first instant after the gap; `shifted`: later by the gap's length (02:30 read as
   * 03:30); `before`: earlier by it (02:30 read as 01:30).
   */
  | { readonly kind: 'gap'; readonly before: Instant; readonly after: Instant; readonly shifted: Instant }
  /** It comes twice. */
  | { readonly kind: 'fold'; readonly first: Instant; readonly second: Instant };

/** The instants at which a zone's clocks show `wall` (milliseconds, as if the clock showed UTC). */
export function localToInstants(zone: string, wall: number): LocalTime {
  const found: Instant[] = [];
  let gap: Span | undefined;
  let span = spanAt(zone, wall - WIDEST_OFFSET);
  for (; span.start <= wall + WIDEST_OFFSET; span = spanAt(zone, span.end)) {
    const instant = wall - span.offset;
    if (instant >= span.start && instant < span.end) {
      found.push(instant);
    }
    if (wall >= span.start + span.before && wall < span.start + span.offset) {
      gap = span;
    }
    if (span.end === Infinity) {
      break;
    }
  }
  const [first, second] = found;
  if (first !== undefined) {
    return second === undefined ? { kind: 'single', instant: first } : { kind: 'fold', first, second };
  }
  const around = gap ?? span;
  return { kind: 'gap', before: wall - around.offset, after: around.start, shifted: wall - around.before };
}

const abbreviators = new Map<string, readonly Intl.DateTimeFormat[]>();

/** `CET`, `EDT`, `UTC`; `GMT+5:30` where English has no abbreviation for the zone. */
export function zoneAbbreviation(zone: string, instant: Instant): string {
  let formatters = abbreviators.get(zone);
  if (formatters === undefined) {
    // Each English region knows the abbreviations of its own part of the world only.
    formatters = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-ZA'].map(
      (locale) => new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' }),
    );
    abbreviators.set(zone, formatters);
  }
  for (const formatter of formatters) {
    const shown = formatter.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value;
    if (shown !== undefined && !/[+−-]/.test(shown)) {
      return shown;
    }
  }
  return fixedName(offsetAt(zone, instant));
}

function fixedName(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / MINUTE);
  if (minutes === 0) {
    return 'GMT';
  }
  const rest = minutes % 60;
  return `GMT${offset < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}
