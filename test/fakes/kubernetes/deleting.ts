/** DELETE, and the garbage collector behind it. */
import { readDelete } from './bodies.js';
import { apiVersion, secondsOf } from './collections.js';
import { at, type Fields, fieldsAt, listAt, present, textAt, withMetadata } from './fields.js';
import { type Asked, JOBS, NAMESPACES } from './request.js';
import { fieldSelector, labelSelector } from './selectors.js';
import { notFound, preconditionFailed, type Reply, type Resource } from './status.js';
import type { World } from './world.js';

const FINALIZERS: Readonly<Record<string, string>> = { Foreground: 'foregroundDeletion', Orphan: 'orphan' };

/** DELETE of one object. */
export function remove(world: World, asked: Asked): Reply {
  const { resource, namespace, name } = asked.target;
  const { dryRun: dry, policy, uid, version } = readDelete(asked);
  const object = world.store.get(resource, namespace, name);
  const warnings =
    resource === JOBS && policy === undefined
      ? [
          'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
        ]
      : [];
  if (object === undefined) {
    const refusal = notFound(resource, name);
    throw Object.assign(refusal, { reply: { ...refusal.reply, warnings } });
  }
  checkPreconditions(resource, object, uid, version);
  if (resource === NAMESPACES) {
    return { status: 200, body: removeNamespace(world, object, dry) };
  }
  const finalizer = FINALIZERS[policy ?? (resource === JOBS ? 'Orphan' : 'Background')];
  const finalizers = [...listAt(object, 'metadata.finalizers'), ...(finalizer === undefined ? [] : [finalizer])];
  if (finalizers.length === 0) {
    if (!dry) {
      world.store.remove(resource, object);
      world.later(() => collect(world));
    }
    return { status: 200, body: gone(resource, object), warnings };
  }
  const going =
    at(object, 'metadata.deletionTimestamp') === undefined ? leaving(object, finalizers, world.now()) : object;
  if (dry) {
    return { status: 200, body: going, warnings };
  }
  const stored = world.store.put(resource, going);
  world.later(() => collect(world));
  return { status: 200, body: stored, warnings };
}

/** DELETE of a collection. */
export function removeCollection(world: World, asked: Asked): Reply {
  const { resource, namespace } = asked.target;
  const { dryRun: dry } = readDelete(asked);
  const labels = labelSelector(asked.query.get('labelSelector') ?? '');
  const fields = fieldSelector(asked.query.get('fieldSelector') ?? '', resource);
  const objects = world.store
    .list(resource, namespace === '' ? undefined : namespace)
    .filter((object) => labels(object) && fields(object));
  if (!dry) {
    for (const object of objects) {
      world.store.remove(resource, object);
    }
    world.later(() => collect(world));
  }
  return {
    status: 200,
    body: {
      kind: `${resource.kind}List`,
      apiVersion: apiVersion(resource),
      metadata: { resourceVersion: String(world.store.version()) },
      items: objects.map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item),
    },
  };
}

function checkPreconditions(
  resource: Resource,
  object: Fields,
  uid: string | undefined,
  version: string | undefined,
): void {
  const name = textAt(object, 'metadata.name');
  const held = textAt(object, 'metadata.uid');
  if (uid !== undefined && uid !== held) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${held}). The object might have been deleted and then recreated`;
    throw preconditionFailed(resource, name, why);
  }
  const current = textAt(object, 'metadata.resourceVersion');
  if (version !== undefined && version !== current) {
    const why = `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${current}). The object might have been modified`;
    throw preconditionFailed(resource, name, why);
  }
}

function leaving(object: Fields, finalizers: readonly unknown[], now: number): Fields {
  const generation = at(object, 'metadata.generation');
  return withMetadata(object, {
    finalizers: finalizers.map(String),
    deletionTimestamp: secondsOf(now),
    deletionGracePeriodSeconds: 0,
    generation: typeof generation === 'number' ? generation + 1 : generation,
  });
}

function gone({ plural, group }: Resource, object: Fields): Fields {
  const details = present({
    name: textAt(object, 'metadata.name'),
    group: group === '' ? undefined : group,
    kind: plural,
    uid: textAt(object, 'metadata.uid'),
  });
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** A namespace goes with everything in it; what has a finalizer stays, and the namespace with it. */
function removeNamespace(world: World, object: Fields, dry: boolean): Fields {
  const name = textAt(object, 'metadata.name');
  const going: Fields = {
    ...withMetadata(object, { deletionTimestamp: secondsOf(world.now()) }),
    status: { ...fieldsAt(object, 'status'), phase: 'Terminating' },
  };
  if (dry) {
    return going;
  }
  const stored = world.store.put(NAMESPACES, going);
  world.later(() => {
    for (const [resource, each] of world.store.all()) {
      if (textAt(each, 'metadata.namespace') === name && listAt(each, 'metadata.finalizers').length === 0) {
        world.store.remove(resource, each);
      }
    }
    if (!world.store.all().some(([, each]) => textAt(each, 'metadata.namespace') === name)) {
      world.store.remove(NAMESPACES, stored);
    }
  });
  return stored;
}

/** What the garbage collector does until nothing is left to do. */
function collect(world: World): void {
  let again = true;
  while (again) {
    again = false;
    for (const [resource, object] of world.store.all()) {
      if (step(world, resource, object)) {
        again = true;
        break;
      }
    }
  }
}

/** One thing for one object: done, or nothing to do. */
function step(world: World, resource: Resource, object: Fields): boolean {
  const finalizers = listAt(object, 'metadata.finalizers');
  const uid = textAt(object, 'metadata.uid');
  if (finalizers.includes('orphan')) {
    for (const [kind, dependent] of dependents(world, uid)) {
      const owners = listAt(dependent, 'metadata.ownerReferences').filter((owner) => textAt(owner, 'uid') !== uid);
      world.store.put(kind, withMetadata(dependent, { ownerReferences: owners.length === 0 ? undefined : owners }));
    }
    release(world, resource, object, 'orphan');
    return true;
  }
  if (finalizers.includes('foregroundDeletion')) {
    for (const [kind, dependent] of dependents(world, uid)) {
      world.store.remove(kind, dependent);
    }
    release(world, resource, object, 'foregroundDeletion');
    return true;
  }
  const owners = listAt(object, 'metadata.ownerReferences');
  const alive = new Set(world.store.all().map(([, each]) => textAt(each, 'metadata.uid')));
  if (owners.length > 0 && owners.every((owner) => !alive.has(textAt(owner, 'uid')))) {
    world.store.remove(resource, object);
    return true;
  }
  return false;
}

function dependents(world: World, uid: string): (readonly [Resource, Fields])[] {
  return world.store
    .all()
    .filter(([, object]) => listAt(object, 'metadata.ownerReferences').some((owner) => textAt(owner, 'uid') === uid));
}

function release(world: World, resource: Resource, object: Fields, finalizer: string): void {
  const finalizers = listAt(object, 'metadata.finalizers').filter((each) => each !== finalizer);
  if (finalizers.length === 0) {
    world.store.remove(resource, object);
  } else {
    world.store.put(resource, withMetadata(object, { finalizers }));
  }
}
