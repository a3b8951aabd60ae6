/** Reading the words that were typed. */
import { SchedError } from '../../errors.js';
import type { Typed } from '../command.js';

/** True when a switch was given. */
export function flag(options: Typed, key: string): boolean {
  return options[key] === true;
}

/** The value of an option that takes one. */
export function text(options: Typed, key: string): string | undefined {
  const value = options[key];
  return typeof value === 'string' ? value : undefined;
}

/** The values of an option that may be given several times. */
export function texts(options: Typed, key: string): readonly string[] {
  const value = options[key];
  return typeof value === 'string' ? [value] : Array.isArray(value) ? value : [];
}

/** `NAME=VALUE` of an option that may be given several times; the last of a name wins. Throws USAGE naming `option`. */
export function pairs(options: Typed, key: string, option: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts(options, key).map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1) {
        throw new SchedError('USAGE', `${option} takes NAME=VALUE, not ${JSON.stringify(pair)}.`);
      }
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

/** Which of several options that exclude each other was given. Throws USAGE naming two that were. */
export function onlyOne<Key extends string>(
  options: Typed,
  choices: readonly (readonly [key: Key, option: string])[],
): Key | undefined {
  const [first, second] = choices.filter(([key]) => options[key] !== undefined);
  if (first !== undefined && second !== undefined) {
    throw new SchedError('USAGE', `${first[1]} and ${second[1]} exclude each other.`);
  }
  return first?.[0];
}

/** A whole number from `least` to `most`. Throws USAGE naming `option` and its bounds. */
export function wholeNumber(
  options: Typed,
  key: string,
  option: string,
  least = 1,
  most = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const typed = text(options, key);
  if (typed === undefined) {
    return undefined;
  }
  const number = /^\s*\d+\s*$/.test(typed) ? Number(typed) : Number.NaN;
  if (!(number >= least && number <= most)) {
    const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new SchedError('USAGE', `${option} takes a whole number ${bounds}, not ${JSON.stringify(typed)}.`);
  }
  return number;
}

/** Throws USAGE for a NUL anywhere in `value`: no program can be handed one, execve(2) ends its words there. */
export function refuseNul(value: unknown, what: string): void {
  if (typeof value === 'string' && value.includes('\0')) {
    throw new SchedError('USAGE', `${what} cannot hold a NUL character.`);
  }
  if (value !== null && typeof value === 'object') {
    for (const [key, part] of Object.entries(value)) {
      refuseNul(key, what);
      refuseNul(part, what);
    }
  }
}
