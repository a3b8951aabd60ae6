/** Reading and writing objects of the API: get, list, create, patch, replace. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Json } from '../../../src/schedule.js';
import { admitNamespace, admitNew, withUsage } from './admission.js';
import { isDryRun, readObject, readPatch, understood, unreadablePatch } from './bodies.js';
import { cronJobWithDefaults, jobWithDefaults, jobWithSelector } from './defaults.js';
import { at, type Fields, fieldsAt, listAt, present, same, textAt, withMetadata } from './fields.js';
import { managedFields } from './managed-fields.js';
import { type Asked, CRONJOBS, JOBS, QUOTAS } from './request.js';
import { Unreadable } from './schema.js';
import {
  alreadyExists,
  badRequest,
  type Cause,
  conflict,
  failure,
  invalid,
  MODIFIED,
  notFound,
  type Reply,
  type Resource,
} from './status.js';
import {
  immutable,
  nameWarnings,
  wrongCronJob,
  wrongFinalizers,
  wrongJob,
  wrongJobChange,
  wrongJobStatus,
  wrongMetadata,
} from './validation.js';
import type { World } from './world.js';

/** Bytes of a stored object at most. */
const STORED = 1_572_864;

/** GET of one object. */
export function get({ store }: World, { target }: Asked, stale = false): Reply {
  const object = store.get(target.resource, target.namespace, target.name, stale);
  if (object === undefined) {
    throw notFound(target.resource, target.name);
  }
  return { status: 200, body: shown(store, target.resource, object) };
}

/** POST to a collection. */
export function create(world: World, asked: Asked): Reply {
  const { store } = world;
  const { resource, namespace } = asked.target;
  const dry = isDryRun(asked, 'Create');
  const { object: said, warnings } = readObject(asked);
  if (!['', namespace].includes(textAt(said, 'metadata.namespace'))) {
    throw badRequest(OTHER_NAMESPACE);
  }
  const prefix = textAt(said, 'metadata.generateName');
  const name =
    textAt(said, 'metadata.name') || (prefix === '' ? '' : prefix + randomBytes(3).toString('hex').slice(0, 5));
  admitNamespace(store, resource, namespace, name);
  const typed = withDefaults(
    resource,
    withMetadata(said, { name, managedFields: undefined, resourceVersion: undefined }),
  );
  const born = withMetadata(typed, {
    name: name === '' ? undefined : name,
    namespace: resource.namespaced ? namespace : undefined,
    uid: randomUUID(),
    generation: isTyped(resource) ? 1 : undefined,
    creationTimestamp: secondsOf(world.now()),
    deletionTimestamp: undefined,
  });
  const authored = isTyped(resource)
    ? withAuthor(resource, undefined, { ...born, status: {} }, asked, world.now())
    : born;
  const object = {
    kind: resource.kind,
    apiVersion: apiVersion(resource),
    ...(resource === JOBS ? jobWithSelector(authored) : authored),
  };
  // A Job without labels takes those of its pods only when it is read.
  check(resource, name, wrong(resource, { ...object, metadata: fieldsAt(authored, 'metadata') }));
  admitNew(store, resource, object);
  if (store.get(resource, namespace, name) !== undefined) {
    throw alreadyExists(resource, name);
  }
  checkStored(asked.body);
  return {
    status: 201,
    body: dry ? object : store.put(resource, object),
    warnings: [...nameWarnings(object), ...warnings],
  };
}

/** PATCH of one object, or of its status. */
export function patch(world: World, asked: Asked): Reply {
  const { resource, name, namespace } = asked.target;
  const dry = isDryRun(asked, 'Patch');
  const change = readPatch(asked);
  const before = world.store.get(resource, namespace, name);
  if (before === undefined) {
    throw notFound(resource, name);
  }
  const wanted = change(before);
  const unknown: string[] = [];
  const warnings: string[] = [];
  let after: Fields;
  try {
    after = understood(resource, wanted, unknown);
  } catch (error) {
    throw error instanceof Unreadable ? unreadablePatch(wanted, error.message) : error;
  }
  if (unknown.length > 0) {
    const found = unknown.map((path) => `unknown field "${path}"`);
    if (asked.query.get('fieldValidation') === 'Strict') {
      throw unreadablePatch(wanted, `strict decoding error: ${found.join(', ')}`);
    }
    warnings.push(...(asked.query.get('fieldValidation') === 'Ignore' ? [] : found));
  }
  return { ...write(world, asked, before, after, dry), warnings };
}

/** PUT of one object. */
export function replace(world: World, asked: Asked): Reply {
  const { resource, name, namespace } = asked.target;
  const dry = isDryRun(asked, 'Update');
  const { object: after, warnings } = readObject(asked);
  const before = world.store.get(resource, namespace, name);
  if (before === undefined) {
    throw notFound(resource, name);
  }
  const [given, held] = [textAt(after, 'metadata.uid'), textAt(before, 'metadata.uid')];
  if (given !== '' && given !== held) {
    const why = `Precondition failed: UID in precondition: ${given}, UID in object meta: ${held}`;
    const key = `/registry/${resource.plural}/${namespace}/${name}`;
    throw conflict(
      resource,
      name,
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
    );
  }
  const kept = withMetadata(after, { uid: held, namespace: resource.namespaced ? namespace : undefined });
  return { ...write(world, asked, before, kept, dry), warnings };
}

const OTHER_NAMESPACE = 'the namespace of the provided object does not match the namespace sent on the request';

function write(world: World, asked: Asked, before: Fields, wanted: Fields, dry: boolean): Reply {
  const { resource, name, namespace, subresource } = asked.target;
  if (textAt(wanted, 'metadata.name') !== name) {
    throw badRequest(
      `the name of the object (${textAt(wanted, 'metadata.name')}) does not match the name on the URL (${name})`,
    );
  }
  if (resource.namespaced && textAt(wanted, 'metadata.namespace') !== namespace) {
    throw badRequest(OTHER_NAMESPACE);
  }
  checkVersion(resource, before, wanted);
  const door: Fields =
    subresource === 'status'
      ? present({ ...before, metadata: wanted.metadata, status: wanted.status })
      : present({ ...wanted, status: isTyped(resource) ? before.status : wanted.status });
  const typed = withDefaults(resource, door);
  const edited = !same(before.spec, typed.spec);
  const generation = at(before, 'metadata.generation');
  const after = withMetadata(typed, {
    ...kept(before, [
      'creationTimestamp',
      'deletionTimestamp',
      'deletionGracePeriodSeconds',
      'generateName',
      'resourceVersion',
      'managedFields',
    ]),
    generation: typeof generation === 'number' && edited ? generation + 1 : generation,
  });
  const uid = textAt(wanted, 'metadata.uid');
  const moved =
    uid === textAt(before, 'metadata.uid') ? [] : [immutable('metadata.uid', uid), immutable('metadata.uid', uid)];
  check(resource, name, [
    ...moved,
    ...wrongFinalizers(before, after),
    ...(resource === JOBS ? [...wrongJobChange(before, after), ...wrongJobStatus(after)] : wrong(resource, after)),
  ]);
  checkStored(asked.body);
  if (same(before, after)) {
    return { status: 200, body: before };
  }
  const object = isTyped(resource) ? withAuthor(resource, before, after, asked, world.now()) : after;
  if (dry) {
    return { status: 200, body: object };
  }
  if (at(object, 'metadata.deletionTimestamp') !== undefined && listAt(object, 'metadata.finalizers').length === 0) {
    world.store.remove(resource, object);
    return { status: 200, body: object };
  }
  return { status: 200, body: world.store.put(resource, object) };
}

function checkVersion(resource: Resource, before: Fields, wanted: Fields): void {
  const [given, held] = [textAt(wanted, 'metadata.resourceVersion'), textAt(before, 'metadata.resourceVersion')];
  if (!/^\d*$/.test(given)) {
    throw failure(500, undefined, `strconv.ParseUint: parsing ${JSON.stringify(given)}: invalid syntax`);
  }
  if (given !== '' && given !== held) {
    throw conflict(resource, textAt(before, 'metadata.name'), MODIFIED);
  }
}

function kept(object: Fields, names: readonly string[]): Record<string, Json | undefined> {
  const metadata = fieldsAt(object, 'metadata');
  return Object.fromEntries(names.map((name) => [name, metadata[name]]));
}

function withDefaults(resource: Resource, object: Fields): Fields {
  return resource === CRONJOBS ? cronJobWithDefaults(object) : resource === JOBS ? jobWithDefaults(object) : object;
}

function withAuthor({ kind }: Resource, before: Fields | undefined, after: Fields, asked: Asked, now: number): Fields {
  const subresource = asked.target.subresource === 'status' ? 'status' : '';
  const author = { manager: asked.manager, time: secondsOf(now), subresource } as const;
  return withMetadata(after, { managedFields: managedFields(kind, before, after, author) });
}

function wrong(resource: Resource, object: Fields): Cause[] {
  return resource === CRONJOBS ? wrongCronJob(object) : resource === JOBS ? wrongJob(object) : wrongMetadata(object);
}

function check(resource: Resource, name: string, causes: readonly Cause[]): void {
  if (causes.length > 0) {
    throw invalid(resource, name, causes);
  }
}

function checkStored(body: Buffer): void {
  if (body.length > STORED) {
    throw failure(500, undefined, 'etcdserver: request is too large');
  }
}

/** An object as it reads. */
export function shown(store: World['store'], resource: Resource, object: Fields): Fields {
  return resource === QUOTAS ? withUsage(store, object) : object;
}

function isTyped(resource: Resource): boolean {
  return resource === CRONJOBS || resource === JOBS;
}

export function apiVersion({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** RFC 3339 in whole seconds, as the API writes times. */
export function secondsOf(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
