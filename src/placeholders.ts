import type { Json } from './schedule.js';

/** Names and what stands for them. */
export type Values = Readonly<Record<string, string>>;

const BRACES = /\{\{([^{}]+)\}\}|\{([^{}]+)\}/g;

/**
 * Replaces `{name}` by its value where `values` has one, and `{{name}}` by the literal `{name}`; all other text, braces included,
 * stays as it is. What a value contains is not replaced again.
 */
export function fill(text: string, values: Values): string {
  return text.replace(BRACES, (whole, literal: string | undefined, name: string | undefined) => {
    if (literal !== undefined) {
      return Object.hasOwn(values, literal) ? `{${literal}}` : whole;
    }
    return name !== undefined && Object.hasOwn(values, name) ? (values[name] ?? whole) : whole;
  });
}

/** `fill` on every text inside a JSON value; names of members stay. */
export function fillJson(value: Json, values: Values): Json {
  if (typeof value === 'string') {
    return fill(value, values);
  }
  if (Array.isArray(value)) {
    return value.map((item: Json) => fillJson(item, values));
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value as Readonly<Record<string, Json>>);
    return Object.fromEntries(entries.map(([name, part]) => [name, fillJson(part, values)]));
  }
  return value;
}

/** Parameters as values: text as it is, anything else as JSON. */
export function valuesOf(parameters: Readonly<Record<string, Json>>): Values {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
