/** Objects of the API as JSON, and ways to look into them. */
import type { Json } from '../../../src/schedule.js';

export type Fields = { readonly [key: string]: Json };

/** What lies at a dotted path; undefined when there is nothing. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let found: Json | undefined = value;
  for (const key of path.split('.')) {
    found = isFields(found) ? found[key] : undefined;
  }
  return found;
}

export function fieldsAt(value: Json | undefined, path: string): Fields {
  const found = at(value, path);
  return isFields(found) ? found : {};
}

export function textAt(value: Json | undefined, path: string): string {
  const found = at(value, path);
  return typeof found === 'string' ? found : '';
}

export function listAt(value: Json | undefined, path: string): readonly Json[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

export function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same object with other metadata; undefined takes a field away. */
export function withMetadata(object: Fields, change: Readonly<Record<string, Json | undefined>>): Fields {
  return { ...object, metadata: present({ ...fieldsAt(object, 'metadata'), ...change }) };
}

/** Without the fields that are undefined. */
export function present(fields: Readonly<Record<string, Json | undefined>>): Fields {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** Two values that say the same, whatever the order of their fields. */
export function same(left: Json | undefined, right: Json | undefined): boolean {
  return left === right || JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) {
    return value.map((each: Json) => sorted(each) ?? null);
  }
  return isFields(value)
    ? Object.fromEntries(
        Object.keys(value)
          .toSorted()
          .map((key) => [key, sorted(value[key]) ?? null]),
      )
    : value;
}
