import type { Stamp } from './schedule.js';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const FULL = /^s1-([a-z2-7]{8})-([a-z2-7]{12})-(\d+)$/;

/** The schedule's part of a stamp: the first 60 bits of its UUID as 12 characters of lower-case base32 (RFC 4648 §6). */
export function stampOfSchedule(id: string): string {
  const digits = id.replaceAll('-', '');
  let text = '';
  // Five hexadecimal digits are four letters.
  for (let from = 0; from < 15; from += 5) {
    const bits = Number.parseInt(digits.slice(from, from + 5), 16);
    for (const shift of [15, 10, 5, 0]) {
      text += ALPHABET.charAt((bits >> shift) & 31);
    }
  }
  return text;
}

/** `s1-<registry>-<schedule>-<generation>`. */
export function formatStamp(stamp: { registry: string; schedule: string; generation: number }): string {
  return `s1-${stamp.registry}-${stamp.schedule}-${stamp.generation}`;
}

/** Reads a full stamp; undefined when the text is not one. */
export function parseStamp(text: string): Stamp | undefined {
  const match = FULL.exec(text);
  if (!match) {
    return undefined;
  }
  const [, registry = '', schedule = '', generation = ''] = match;
  return { registry, schedule, generation: Number(generation) };
}

/** Eight random characters of lower-case base32, from 5 random bytes. */
export function registryIdentity(bytes: Uint8Array): string {
  let bits = 0n;
  for (const byte of bytes.subarray(0, 5)) {
    bits = (bits << 8n) | BigInt(byte);
  }
  let text = '';
  for (let index = 0; index < 8; index += 1) {
    text = ALPHABET.charAt(Number(bits & 31n)) + text;
    bits >>= 5n;
  }
  return text;
}
