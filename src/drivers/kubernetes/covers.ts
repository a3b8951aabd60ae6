/** Whether an object says what was asked for, as the server writes it down. */
import type { Json } from '../../schedule.js';
import { sameQuantity } from './quantity.js';
import { isTree } from './tree.js';

/** Fields that the server leaves out when they are false or 0: they are plain values there, not pointers (k8s.io/api core/v1). */
const LEFT_OUT_WHEN_ZERO: ReadonlySet<string> = new Set([
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'hostPort',
  'initialDelaySeconds',
  'readOnly',
  'stdin',
  'stdinOnce',
  'tty',
]);
/** Objects whose values are amounts, and fields that are one. */
const AMOUNTS: ReadonlySet<string> = new Set(['requests', 'limits', 'overhead']);
const AMOUNT: ReadonlySet<string> = new Set(['sizeLimit', 'divisor']);
/** Objects with keys of the user's own, which stay when their value is empty. */
const MAPS: ReadonlySet<string> = new Set(['annotations', 'labels', 'matchLabels', 'nodeSelector']);

/** Where a value stands: its key, and the key of the object around it. */
export interface Spot {
  readonly key: string;
  readonly parent: string;
}

/** What stands in nothing. */
export const TOP: Spot = { key: '', parent: '' };

/**
 * True when every value of `expected` stands in `actual`: objects key by key (more keys are no difference), lists as a whole. Nothing,
 * null, empty text, an empty list and an empty object are the same, and amounts are compared by value.
 */
export function covers(expected: Json | undefined, actual: Json | undefined, spot: Spot = TOP): boolean {
  if (expected === actual) {
    return true;
  }
  if (isNothing(expected, spot)) {
    return isNothing(actual, spot) || (isTree(expected) && isTree(actual));
  }
  if (Array.isArray(expected)) {
    const items: readonly Json[] = expected;
    return (
      Array.isArray(actual) &&
      actual.length === items.length &&
      items.every((item, index) => covers(item, actual[index] as Json, { key: '', parent: spot.key }))
    );
  }
  if (isTree(expected)) {
    const found = isTree(actual) ? actual : {};
    // A list of thousands comes by here: most values are the very same.
    for (const key of Object.keys(expected)) {
      const value = expected[key];
      const standing = Object.hasOwn(found, key) ? found[key] : undefined;
      if (value !== standing && !covers(value, standing, { key, parent: spot.key })) {
        return false;
      }
    }
    return true;
  }
  return isAmount(expected, spot) && isAmount(actual, spot) && sameQuantity(expected, actual);
}

/** True when the two say the same. */
export function same(left: Json | undefined, right: Json | undefined, spot: Spot = TOP): boolean {
  return left === right || (covers(left, right, spot) && covers(right, left, spot));
}

/** True for what the server does not write down. */
export function isNothing(value: Json | undefined, { key, parent }: Spot): boolean {
  return (
    value === undefined ||
    value === null ||
    (value === '' && !MAPS.has(parent)) ||
    (Array.isArray(value) && value.length === 0) ||
    (isTree(value) && Object.values(value).every((part) => part === null)) ||
    ((value === false || value === 0) && LEFT_OUT_WHEN_ZERO.has(key))
  );
}

function isAmount(value: Json | undefined, { key, parent }: Spot): value is string | number {
  return (typeof value === 'string' || typeof value === 'number') && (AMOUNTS.has(parent) || AMOUNT.has(key));
}
