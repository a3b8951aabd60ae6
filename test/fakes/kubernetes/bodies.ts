/** Reading the bodies of requests. */
import type { Json } from '../../../src/schedule.js';
import { at, type Fields, fieldsAt, isFields, listAt } from './fields.js';
import { type Asked, CRONJOBS, JOBS } from './request.js';
import { decode, Unreadable } from './schema.js';
import { badRequest, failure, invalidOption, type Reply, type Resource, tooLong, unsupported } from './status.js';

/** Bytes of a body at most. */
const LIMIT = 3_145_728;
const ACCEPTED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

const MERGE_PATCH = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';

/** Whether nothing is stored. Throws for options that the server does not know. `kind` is `Create`, `Patch`, `Update` or `Delete`. */
export function isDryRun({ query }: Asked, kind: string): boolean {
  if (Buffer.byteLength(query.get('fieldManager') ?? '') > 128) {
    throw invalidOption(`${kind}Options`, tooLong('fieldManager', 128));
  }
  return isAll(query.getAll('dryRun'), kind);
}

function isAll(dryRun: readonly Json[], kind: string): boolean {
  if (dryRun.some((value) => value !== 'All')) {
    throw invalidOption(`${kind}Options`, unsupported('dryRun', JSON.stringify(dryRun), ['All']));
  }
  return dryRun.length > 0;
}

/** The object in the body as the server understands it, and what it warns of. Throws 400, 413, 415. */
export function readObject(asked: Asked): { readonly object: Fields; readonly warnings: readonly string[] } {
  const { contentType, body, target, query } = asked;
  const { kind } = target.resource;
  if (contentType !== 'application/json') {
    throw failure(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}`,
    );
  }
  checkSize(body);
  const text = body.toString();
  const parsed = parse(text, (why) =>
    badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why} (${text})`,
    ),
  );
  const refused = (why: string): Error => badRequest(`${kind} in version "v1" cannot be handled as a ${kind}: ${why}`);
  const unknown: string[] = [];
  try {
    const object = understood(target.resource, parsed, unknown);
    const wrong = [
      ...unknown.map((path) => `unknown field "${path}"`),
      ...duplicates(text).map((path) => `duplicate field "${path}"`),
    ];
    if (wrong.length > 0 && query.get('fieldValidation') === 'Strict') {
      throw refused(`strict decoding error: ${wrong.join(', ')}`);
    }
    return { object, warnings: query.get('fieldValidation') === 'Ignore' ? [] : wrong };
  } catch (error) {
    throw error instanceof Unreadable ? refused(error.message) : error;
  }
}

/** An object of the API as its type reads it; of types that are not known here, all of it. Throws `Unreadable`. */
export function understood(resource: Resource, value: Json, unknown: string[]): Fields {
  return resource === CRONJOBS || resource === JOBS
    ? decode(resource.kind, value, unknown)
    : isFields(value)
      ? value
      : {};
}

/** The change that a PATCH asks for: what comes of an object. Throws 400, 413, 415, and 422 for a failed test. */
export function readPatch({ contentType, body }: Asked): (object: Fields) => Fields {
  if (
    contentType !== MERGE_PATCH &&
    contentType !== JSON_PATCH &&
    contentType !== 'application/strategic-merge-patch+json'
  ) {
    throw failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  }
  checkSize(body);
  const patch = parse(body.toString(), (why) => badRequest(`error decoding patch: ${why}`));
  if (contentType === JSON_PATCH) {
    return (object) => jsonPatched(object, patch);
  }
  return (object) => {
    const merged = merge(object, patch);
    return isFields(merged) ? merged : {};
  };
}

/** RFC 7396. */
function merge(target: Json | undefined, patch: Json): Json {
  if (!isFields(patch)) {
    return patch;
  }
  const merged = new Map<string, Json>(Object.entries(isFields(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      merged.delete(key);
    } else {
      merged.set(key, merge(merged.get(key), value));
    }
  }
  return Object.fromEntries(merged);
}

/** Of RFC 6902, `test`, `add`, `replace` and `remove` of fields. */
function jsonPatched(object: Fields, patch: Json): Fields {
  if (!Array.isArray(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  }
  let patched: Json = object;
  for (const step of patch as readonly Json[]) {
    const { op = '', path = '', value = null } = isFields(step) ? step : {};
    const keys = String(path)
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (op === 'test') {
      const found = keys.reduce<Json | undefined>((inner, key) => (isFields(inner) ? inner[key] : undefined), patched);
      if (JSON.stringify(found) !== JSON.stringify(value)) {
        throw failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
      }
    } else {
      patched = merge(
        patched,
        keys.reduceRight<Json>((inner, key) => ({ [key]: inner }), op === 'remove' ? null : value),
      );
    }
  }
  return isFields(patched) ? patched : {};
}

/** What a DELETE asks for: in its body, else in the query; a body leaves the query unread. */
export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly policy: string | undefined;
  readonly uid: string | undefined;
  readonly version: string | undefined;
}

/** Throws 400 for a body that is no JSON, 422 for options that are none. */
export function readDelete({ body, query }: Asked): DeleteOptions {
  const inBody = body.length > 0;
  const said = inBody ? parse(body.toString(), (why) => badRequest(why)) : {};
  const preconditions = fieldsAt(said, 'preconditions');
  const policy = inBody ? at(said, 'propagationPolicy') : (query.get('propagationPolicy') ?? undefined);
  const policies = ['Foreground', 'Background', 'Orphan'];
  if (policy !== undefined && !policies.includes(String(policy))) {
    throw invalidOption('DeleteOptions', unsupported('propagationPolicy', `"${String(policy)}"`, [...policies, 'nil']));
  }
  const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    dryRun: isAll(inBody ? listAt(said, 'dryRun') : query.getAll('dryRun'), 'Delete'),
    policy: text(policy),
    uid: text(preconditions.uid),
    version: text(preconditions.resourceVersion),
  };
}

/** The 422 for a patched object that cannot be read: the whole object is in its message. */
export function unreadablePatch(object: Json, why: string): Error {
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(object))}: ${why}`;
  const reply: Reply['body'] = {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  };
  return failure(422, 'Invalid', ` "" is invalid: patch: ${message}`, reply as Record<string, Json>);
}

function checkSize(body: Buffer): void {
  if (body.length > LIMIT) {
    throw failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${LIMIT}`);
  }
}

function parse(text: string, refused: (why: string) => Error): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw refused('unexpected end of JSON input');
  }
}

/** Paths of fields that an object in the text has twice. */
function duplicates(text: string): string[] {
  const found: string[] = [];
  const open: { readonly path: string; readonly keys: Set<string> }[] = [];
  let last = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') {
      open.push({ path: last, keys: new Set() });
    } else if (token === '}' || token === ']') {
      last = open.pop()?.path ?? '';
    } else if (token.endsWith(':')) {
      const inside = open.at(-1);
      const key = JSON.parse(token.slice(0, -1)) as string;
      const path = inside === undefined || inside.path === '' ? key : `${inside.path}.${key}`;
      if (inside?.keys.has(key)) {
        found.push(path);
      }
      inside?.keys.add(key);
      last = path;
    }
  }
  return found;
}
