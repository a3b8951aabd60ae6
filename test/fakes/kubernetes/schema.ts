/**
 * The types of CronJobs and Jobs as the API server publishes them (OpenAPI v3 of batch/v1, Kubernetes 1.36; schema.json), and
 * reading a body by them: unknown fields are noticed, other types are refused, and what Go's `omitempty` leaves out is gone.
 *
 * A type in schema.json is `field: "TYPE"`, or `"list:TYPE|KEYS"`, `"map:TYPE"`; `|atomic` is one value for its authors,
 * `|set` has items that are told apart by themselves, `!` is required, `=` is always there.
 */
import { readFileSync } from 'node:fs';
import type { Json } from '../../../src/schedule.js';
import { type Fields, isFields } from './fields.js';
import { quantity } from './quantity.js';

export interface FieldType {
  readonly shape: 'one' | 'list' | 'map';
  /** A name in the schema, or `string`, `boolean`, `integer`, `number`, `quantity`, `intOrString`, `any`. */
  readonly item: string;
  /** What tells the items of a list apart; empty: a list is one value. */
  readonly keys: readonly string[];
  /** A list whose items are told apart by themselves. */
  readonly set: boolean;
  readonly atomic: boolean;
  readonly required: boolean;
  readonly always: boolean;
}

/** A body that cannot be read; the message is Go's. */
export class Unreadable extends Error {}

type Struct = Readonly<Record<string, string>>;

const SCHEMA = JSON.parse(readFileSync(new URL('schema.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Struct>
>;
const PLAIN: readonly string[] = ['string', 'boolean', 'integer', 'number', 'quantity', 'intOrString', 'any'];
/** Go's pointers to strings and booleans, which keep an empty value. */
const POINTERS = new Set(
  `timeZone suspend managedBy completionMode podReplacementPolicy manualSelector optional automountServiceAccountToken enableServiceLinks
  shareProcessNamespace setHostnameAsFQDN hostUsers runAsNonRoot readOnlyRootFilesystem allowPrivilegeEscalation privileged
  controller blockOwnerDeletion runtimeClassName preemptionPolicy hostnameOverride`.split(/\s+/),
);
/** Go's int64; the others are int32. */
const LONG =
  /^(startingDeadlineSeconds|activeDeadlineSeconds|terminationGracePeriodSeconds|generation|runAsUser|runAsGroup)$/;
/** Numbers that are left out when zero. */
const COUNTS = /^(active|succeeded|failed)$/;
const GO_TYPES: Readonly<Record<string, string>> = { boolean: 'bool', number: 'float64' };

/** The fields of a type; undefined for what is no struct. */
export function fieldsOf(type: string): ReadonlyMap<string, FieldType> | undefined {
  const struct = SCHEMA[type];
  return (
    struct && new Map(Object.entries(struct).flatMap(([name, code]) => (name === '' ? [] : [[name, parse(code)]])))
  );
}

export function isAtomic(type: string): boolean {
  return SCHEMA[type]?.[''] === 'atomic';
}

function parse(code: string): FieldType {
  const [, shape, item = '', keys = '', mark] = /^(?:(list|map):)?(\w+)(?:\|([\w,]+))?([!=]?)$/.exec(code) ?? [];
  return {
    shape: shape === 'list' || shape === 'map' ? shape : 'one',
    item,
    keys: /^(|atomic|set)$/.test(keys) ? [] : keys.split(','),
    set: keys === 'set',
    atomic: keys === 'atomic',
    required: mark === '!',
    always: mark === '=',
  };
}

/**
 * A body as the server understands it. `unknown` receives the paths of fields that no type has. Throws `Unreadable` for a value
 * of another type.
 */
export function decode(type: string, body: Json, unknown: string[]): Fields {
  return struct(type, body, { path: '', bare: '' }, unknown, type);
}

interface Place {
  /** With places in lists: `spec.containers[0].name`. */
  readonly path: string;
  /** Without. */
  readonly bare: string;
}

function struct(type: string, value: Json, place: Place, unknown: string[], inside: string): Fields {
  if (!isFields(value)) {
    throw mistyped(value, inside, place, `v1.${type}`);
  }
  const types = fieldsOf(type) ?? new Map<string, FieldType>();
  const read = new Map<string, Json>();
  for (const [name, each] of Object.entries(value)) {
    const field = types.get(name);
    if (field === undefined) {
      unknown.push(below(place, name).path);
      continue;
    }
    const known = each === null ? undefined : decodeField(field, name, each, below(place, name), unknown, type);
    if (known !== undefined) {
      read.set(name, known);
    }
  }
  for (const [name, field] of types) {
    if (!read.has(name)) {
      const missing = zero(type, name, field);
      if (missing !== undefined) {
        read.set(name, missing);
      }
    }
  }
  return Object.fromEntries(read);
}

/** What stands where nothing was said. */
function zero(type: string, name: string, field: FieldType): Json | undefined {
  if (type === 'JobCondition' && /^last/.test(name)) {
    return null;
  }
  if (!(field.always || field.required)) {
    return undefined;
  }
  if (field.shape !== 'one') {
    return field.shape === 'list' ? null : undefined;
  }
  if (fieldsOf(field.item) !== undefined) {
    return struct(field.item, {}, { path: '', bare: '' }, [], field.item);
  }
  return field.item === 'string' ? '' : field.item === 'integer' ? 0 : undefined;
}

function decodeField(
  field: FieldType,
  name: string,
  value: Json,
  place: Place,
  unknown: string[],
  inside: string,
): Json | undefined {
  if (field.shape === 'list') {
    if (!Array.isArray(value)) {
      throw mistyped(value, inside, place, `[]${goType(field.item, name)}`);
    }
    const items = value.map((each: Json, index) =>
      one(field.item, name, each, { path: `${place.path}[${index}]`, bare: place.bare }, unknown, inside),
    );
    return items.length === 0 && !field.required ? undefined : items.length === 0 ? null : items;
  }
  if (field.shape === 'map') {
    if (!isFields(value)) {
      throw mistyped(value, inside, place, `map[string]${goType(field.item, name)}`);
    }
    const entries = Object.entries(value).map(
      ([key, each]) => [key, one(field.item, name, each, below(place, key), unknown, inside)] as const,
    );
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  const read = one(field.item, name, value, place, unknown, inside);
  const empty = read === '' || read === false || (read === 0 && COUNTS.test(name) && inside === 'JobStatus');
  return empty && !field.required && !POINTERS.has(name) ? undefined : read;
}

function one(type: string, name: string, value: Json, place: Place, unknown: string[], inside: string): Json {
  if (type === 'any') {
    return value;
  }
  if (!PLAIN.includes(type)) {
    return struct(type, value, place, unknown, inside);
  }
  if (type === 'quantity' && (typeof value === 'string' || typeof value === 'number')) {
    const text = quantity(String(value));
    if (text === undefined) {
      throw new Unreadable(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      );
    }
    return text;
  }
  const fits =
    type === 'intOrString'
      ? typeof value === 'string' || typeof value === 'number'
      : type === 'integer'
        ? typeof value === 'number'
        : typeof value === type;
  if (!fits) {
    throw mistyped(value, inside, place, goType(type, name));
  }
  return typeof value === 'string' && /Time(stamp)?$/.test(name) ? time(value) : value;
}

function time(text: string): string {
  const instant = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(instant)) {
    throw new Unreadable(`parsing time "${text}" as "2006-01-02T15:04:05Z07:00": cannot parse "${text}" as "2006"`);
  }
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

function mistyped(value: Json, inside: string, { bare }: Place, goal: string): Unreadable {
  const given = Array.isArray(value)
    ? 'array'
    : value === null
      ? 'null'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value;
  return new Unreadable(`json: cannot unmarshal ${given} into Go struct field ${inside}.${bare} of type ${goal}`);
}

function goType(type: string, name: string): string {
  return type === 'integer'
    ? LONG.test(name)
      ? 'int64'
      : 'int32'
    : (GO_TYPES[type] ?? (PLAIN.includes(type) ? type : `v1.${type}`));
}

function below({ path, bare }: Place, name: string): Place {
  return { path: path === '' ? name : `${path}.${name}`, bare: bare === '' ? name : `${bare}.${name}` };
}
