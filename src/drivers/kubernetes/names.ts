/** Names and labels by the server's rules (apimachinery/pkg/util/validation), and ours made from them. */
import { createHash } from 'node:crypto';
import type { Stamp } from '../../schedule.js';
import { refuse } from './refuse.js';

/** Room for the 8 characters of the stamp and a generation, and then for the 11 that the controller adds for Jobs: 63 in all. */
const SLUG = 36;
const STAMP = 8;
const KEY = 10;

/** The label that carries the stamp of a CronJob. */
export const STAMP_LABEL = 'sched/stamp';
/** The label of a schedule's Jobs: `<registry>-<schedule>`. */
export const SCHEDULE_LABEL = 'sched/schedule';
/** The annotation that carries the whole spec. */
export const SPEC_ANNOTATION = 'sched/spec';
/** Who looks after an object, by the convention of kubernetes.io. */
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';

/** The name of a schedule's CronJob: readable, and the same for the same stamp and name. */
export function cronJobName(name: string, { schedule, generation }: Stamp): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, SLUG)
    .replace(/-$/, '');
  const later = generation !== null && generation > 1 ? `-${generation}` : '';
  return `${slug === '' ? 'schedule' : slug}-${schedule.slice(0, STAMP)}${later}`;
}

/** The name of the Job of one trigger: the same for the same key. */
export function jobName(cronJob: string, key: string): string {
  return `${cronJob}-${base32(createHash('sha256').update(key).digest()).slice(0, KEY)}`;
}

/** Lower-case base32 (RFC 4648 §6) without padding, of whole groups of five bytes. */
function base32(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at + 5 <= bytes.length; at += 5) {
    let group = bytes.subarray(at, at + 5).reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
    let letters = '';
    for (let count = 0; count < 8; count += 1) {
      letters = 'abcdefghijklmnopqrstuvwxyz234567'.charAt(Number(group & 31n)) + letters;
      group >>= 5n;
    }
    text += letters;
  }
  return text;
}

const NAME_PART = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Throws UNSUPPORTED for labels that Kubernetes does not take. Those that mark an object as ours are reserved, except on objects
 * that others made.
 */
export function checkLabels(labels: Readonly<Record<string, string>>, theirs = false): void {
  for (const [key, value] of Object.entries(labels)) {
    const parts = key.split('/');
    const name = parts.at(-1) ?? '';
    if (parts.length > 2 || !NAME_PART.test(name) || (parts[0] !== name && !PREFIX.test(parts[0] ?? ''))) {
      throw refuse(
        'labels',
        `${JSON.stringify(key)} is no name of a label there`,
        'Up to 63 letters, digits, - _ . with a letter or digit at both ends; before it, if anything, a domain name and a slash.',
      );
    }
    if (value !== '' && !NAME_PART.test(value)) {
      throw refuse(
        'labels',
        `${JSON.stringify(value)} (of ${key}) is no value of a label there`,
        'Up to 63 letters, digits, - _ . with a letter or digit at both ends; --description takes any text.',
      );
    }
    if (key.startsWith('sched/') || (key === MANAGED_BY_LABEL && !theirs)) {
      throw refuse('labels', `${key} marks what sched looks after`, 'Use another name.');
    }
  }
}
