/** Every request that the fake cluster answers: who asks, for what, and whether they may. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Json } from '../../../src/schedule.js';
import { create, get, patch, replace, secondsOf } from './collections.js';
import { startJob } from './controllers.js';
import { remove, removeCollection } from './deleting.js';
import { fieldsAt, isFields, listAt, textAt } from './fields.js';
import { list } from './lists.js';
import { ACCESS_REVIEWS, ACCOUNTS, type Asked, JOBS, NAMESPACES, PODS, SELF_REVIEWS, VERSION_PATH } from './request.js';
import { refusedRight, serviceAccount, verdict } from './rights.js';
import { badRequest, failure, noSuchPath, notFound, type Reply } from './status.js';
import type { World } from './world.js';

const VERSION = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3',
  gitTreeState: 'clean',
  goVersion: 'go1.26.8',
  compiler: 'gc',
  platform: 'linux/amd64',
} as const;

/** Carries a request out. `stale` shows reads as of before each object's last write. Throws a `Refusal`. */
export function answer(world: World, asked: Asked, stale: boolean): Reply {
  if (asked.target.resource === VERSION_PATH) {
    return { status: 200, body: VERSION };
  }
  const refused = refusedRight(world.store, asked);
  if (refused !== undefined) {
    throw refused;
  }
  const { resource, name, subresource } = asked.target;
  if (resource === ACCESS_REVIEWS || resource === SELF_REVIEWS) {
    return review(world, asked);
  }
  if (subresource === 'log' && resource === PODS) {
    return podLog(world, asked);
  }
  if (subresource === 'token' && resource === ACCOUNTS) {
    return token(world, asked);
  }
  if (subresource !== '' && subresource !== 'status') {
    throw noSuchPath();
  }
  switch (asked.method) {
    case 'GET':
      return name === '' ? list(world, asked, stale) : get(world, asked, stale);
    case 'POST':
      return created(world, asked);
    case 'PATCH':
      return patch(world, asked);
    case 'PUT':
      return replace(world, asked);
    case 'DELETE':
      return name === '' ? removeCollection(world, asked) : remove(world, asked);
    default:
      throw failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
  }
}

function created(world: World, asked: Asked): Reply {
  const reply = create(world, asked);
  const { resource, namespace } = asked.target;
  if (resource === JOBS && isFields(reply.body as Json)) {
    const name = textAt(reply.body as Json, 'metadata.name');
    world.later(() => startJob(world, namespace, name));
  }
  return resource === NAMESPACES && !asked.query.has('dryRun')
    ? { ...reply, body: openNamespace(world, textAt(reply.body as Json, 'metadata.name')) }
    : reply;
}

/** Makes a namespace with its default account, without asking anybody. */
export function openNamespace(world: World, name: string): Json {
  world.store.put(ACCOUNTS, {
    kind: 'ServiceAccount',
    apiVersion: 'v1',
    metadata: { name: 'default', namespace: name, uid: randomUUID(), creationTimestamp: secondsOf(world.now()) },
  });
  return world.store.put(NAMESPACES, {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: {
      name,
      uid: randomUUID(),
      creationTimestamp: secondsOf(world.now()),
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
}

/** Who am I, and what may I. */
function review({ store }: World, { target, body, user }: Asked): Reply {
  const said = JSON.parse(body.toString()) as Json;
  const head = { kind: target.resource.kind, apiVersion: `${target.resource.group}/v1`, metadata: {} };
  if (target.resource === SELF_REVIEWS) {
    const userInfo = { username: user.name, groups: [...user.groups] };
    return {
      status: 201,
      body: { ...head, metadata: { creationTimestamp: secondsOf(Date.now()) }, status: { userInfo } },
    };
  }
  const wish = fieldsAt(said, 'spec.resourceAttributes');
  const subresource = textAt(wish, 'subresource');
  const found = verdict(store, user, {
    verb: textAt(wish, 'verb'),
    group: textAt(wish, 'group'),
    resource: textAt(wish, 'resource') + (subresource === '' ? '' : `/${subresource}`),
    namespace: textAt(wish, 'namespace'),
  });
  return { status: 201, body: { ...head, spec: fieldsAt(said, 'spec'), status: { ...found } } };
}

function podLog(world: World, { target, query }: Asked): Reply {
  const { namespace, name } = target;
  const pod = world.store.get(PODS, namespace, name);
  if (pod === undefined) {
    throw notFound(PODS, name);
  }
  const containers = listAt(pod, 'spec.containers').map((each) => textAt(each, 'name'));
  const container = query.get('container') ?? containers[0] ?? '';
  if (!containers.includes(container)) {
    throw badRequest(`container ${container} is not valid for pod ${name}`);
  }
  const output = world.logs.get(`${namespace}/${name}`);
  if (output === undefined) {
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ContainerCreating`);
  }
  return { status: 200, type: 'text/plain', body: output };
}

function token(world: World, { target }: Asked): Reply {
  const { namespace, name } = target;
  if (world.store.get(ACCOUNTS, namespace, name) === undefined) {
    throw notFound(ACCOUNTS, name);
  }
  const secret = `sa-${randomBytes(12).toString('hex')}`;
  world.tokens.set(secret, serviceAccount(namespace, name));
  return {
    status: 201,
    body: {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace },
      status: { token: secret },
    },
  };
}
