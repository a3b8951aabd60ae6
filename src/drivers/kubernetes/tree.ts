/** Looking into JSON whose shape the server decides. */
import type { Json } from '../../schedule.js';

export type Tree = { readonly [key: string]: Json };

export function isTree(value: Json | undefined): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands under a path of keys; undefined where the path ends before. */
export function valueAt(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let found = value;
  for (const key of path) {
    found = isTree(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return found;
}

/** The object under a path; empty where there is none. */
export function treeAt(value: Json | undefined, ...path: readonly string[]): Tree {
  const found = valueAt(value, ...path);
  return isTree(found) ? found : {};
}

/** The list under a path; empty where there is none. */
export function listAt(value: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}

export function textAt(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function numberAt(value: Json | undefined, ...path: readonly string[]): number | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

/** An RFC 3339 time as milliseconds; null where there is none. */
export function instantAt(value: Json | undefined, ...path: readonly string[]): number | null {
  const instant = Date.parse(textAt(value, ...path) ?? '');
  return Number.isNaN(instant) ? null : instant;
}

/** The texts among the values of an object. */
export function textsAt(value: Json | undefined, ...path: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(treeAt(value, ...path)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
