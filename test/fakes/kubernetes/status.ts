/** Answers of an API server, refusals as the Status objects that it sends. */
import type { Json } from '../../../src/schedule.js';
import { type Fields, present } from './fields.js';

export interface Reply {
  readonly status: number;
  readonly body: Json | Buffer;
  /** `application/json` unless given. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the server adds in `Warning` headers. */
  readonly warnings?: readonly string[];
}

/** One thing that is wrong with one field. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** A request that ends with a Status. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(String(reply.status));
    this.reply = reply;
  }
}

/** A kind of thing in the API. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** `cronjobs`. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** `cronjobs.batch`, `pods`. */
export function resourceName({ group, plural }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

export function failure(
  code: number,
  reason: string | undefined,
  message: string,
  details?: Readonly<Record<string, Json | undefined>>,
): Refusal {
  const body = present({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details: details === undefined ? undefined : present(details),
    code,
  });
  return new Refusal({ status: code, body });
}

/** 400. */
export function badRequest(message: string): Refusal {
  return failure(400, 'BadRequest', message);
}

/** 404 for a path that leads nowhere. */
export function noSuchPath(): Refusal {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function notFound(resource: Resource, name: string): Refusal {
  return failure(404, 'NotFound', `${resourceName(resource)} "${name}" not found`, detailsOf(resource, name));
}

export function alreadyExists(resource: Resource, name: string): Refusal {
  return failure(409, 'AlreadyExists', `${resourceName(resource)} "${name}" already exists`, detailsOf(resource, name));
}

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(resource: Resource, name: string, why: string): Refusal {
  const message = `Operation cannot be fulfilled on ${resourceName(resource)} "${name}": ${why}`;
  return failure(409, 'Conflict', message, detailsOf(resource, name));
}

/** 409 of a delete that is bound to something else; it names the kind instead of the resource. */
export function preconditionFailed(resource: Resource, name: string, why: string): Refusal {
  const message = `Operation cannot be fulfilled on ${kindName(resource)} "${name}": ${why}`;
  return failure(409, 'Conflict', message, { name, group: groupOf(resource), kind: resource.kind });
}

/** 403 with a sentence of its own. */
export function forbidden(resource: Resource, name: string, why: string, more: Fields = {}): Refusal {
  const what = name === '' ? resourceName(resource) : `${resourceName(resource)} "${name}"`;
  return failure(403, 'Forbidden', `${what} is forbidden: ${why}`, { ...detailsOf(resource, name), ...more });
}

/** 422 for everything that is wrong with an object. */
export function invalid(
  { kind, group }: { readonly kind: string; readonly group: string },
  name: string,
  causes: readonly Cause[],
): Refusal {
  // What is found wrong twice is said once.
  const sentences = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const said = sentences.length === 1 ? sentences[0] : `[${sentences.join(', ')}]`;
  return failure(422, 'Invalid', `${kindName({ kind, group })} "${name}" is invalid: ${said}`, {
    name: name === '' ? undefined : name,
    group: group === '' ? undefined : group,
    kind,
    causes: causes.map((cause) => ({ ...cause })),
  });
}

/** 422 for an option of the request. */
export function invalidOption(kind: string, cause: Cause): Refusal {
  return invalid({ kind, group: 'meta.k8s.io' }, '', [cause]);
}

export function invalidValue(field: string, value: string | number, why: string): Cause {
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${shown}: ${why}`, field };
}

export function required(field: string, why = ''): Cause {
  return { reason: 'FieldValueRequired', message: `Required value${why === '' ? '' : `: ${why}`}`, field };
}

export function unsupported(field: string, value: string, supported: readonly string[]): Cause {
  const list = supported.map((each) => `"${each}"`).join(', ');
  return { reason: 'FieldValueNotSupported', message: `Unsupported value: ${value}: supported values: ${list}`, field };
}

export function tooLong(field: string, bytes: number): Cause {
  return { reason: 'FieldValueTooLong', message: `Too long: may not be more than ${bytes} bytes`, field };
}

function detailsOf(resource: Resource, name: string): Readonly<Record<string, Json | undefined>> {
  return { name: name === '' ? undefined : name, group: groupOf(resource), kind: resource.plural };
}

function groupOf({ group }: Resource): string | undefined {
  return group === '' ? undefined : group;
}

function kindName({ kind, group }: { readonly kind: string; readonly group: string }): string {
  return group === '' ? kind : `${kind}.${group}`;
}
