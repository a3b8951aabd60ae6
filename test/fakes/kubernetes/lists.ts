/** Lists: selected, in pages that show one moment. */
import { apiVersion, shown } from './collections.js';
import { type Fields, present, textAt } from './fields.js';
import type { Asked } from './request.js';
import { type Continuation, continuation, continueToken, fieldSelector, labelSelector } from './selectors.js';
import { failure, type Reply, type Resource } from './status.js';
import type { World } from './world.js';

/** GET of a collection. */
export function list(world: World, { target, query }: Asked, stale = false): Reply {
  const { resource, namespace } = target;
  const labels = labelSelector(query.get('labelSelector') ?? '');
  const fields = fieldSelector(query.get('fieldSelector') ?? '', resource);
  const token = query.get('continue') ?? '';
  const from = token === '' ? undefined : continuation(token);
  const { objects, version } = seen(world, resource, namespace, from, stale);
  const rest = objects.filter((object) => from === undefined || keyOf(object, namespace) > from.after);
  const good = rest.filter((object) => labels(object) && fields(object));
  const limit = Math.min(Number(query.get('limit') ?? 0) > 0 ? Number(query.get('limit')) : Infinity, world.pageSize);
  const page = good.slice(0, limit);
  const more = good.length > page.length;
  const last = page.at(-1);
  const selected = query.has('labelSelector') || query.has('fieldSelector');
  if (more) {
    world.snapshots.set(snapshotKey(resource, namespace, version), objects);
  }
  return {
    status: 200,
    body: {
      kind: `${resource.kind}List`,
      apiVersion: apiVersion(resource),
      metadata: present({
        resourceVersion: String(version),
        continue: more && last !== undefined ? continueToken({ version, after: keyOf(last, namespace) }) : undefined,
        remainingItemCount: more && !selected ? good.length - page.length : undefined,
      }),
      items: page.map((object) => {
        const { kind: _kind, apiVersion: _apiVersion, ...item } = shown(world.store, resource, object);
        return item;
      }),
    },
  };
}

/** What a list shows: the present, or what it showed on its first page. Throws the 410 when that is forgotten. */
function seen(
  { store, snapshots }: World,
  resource: Resource,
  namespace: string,
  from: Continuation | undefined,
  stale: boolean,
): { readonly objects: readonly Fields[]; readonly version: number } {
  if (from === undefined || from.version < 0) {
    return { objects: store.list(resource, namespace === '' ? undefined : namespace, stale), version: store.version() };
  }
  const { version, after } = from;
  const objects = snapshots.get(snapshotKey(resource, namespace, version));
  if (objects === undefined) {
    const said =
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
    const refusal = failure(410, 'Expired', said);
    const body = { ...(refusal.reply.body as Fields), metadata: { continue: continueToken({ version: -1, after }) } };
    throw Object.assign(refusal, { reply: { ...refusal.reply, body } });
  }
  return { objects, version };
}

function snapshotKey({ group, plural }: Resource, namespace: string, version: number): string {
  return `${group}/${plural}/${namespace}/${version}`;
}

function keyOf(object: Fields, namespace: string): string {
  const name = textAt(object, 'metadata.name');
  return namespace === '' ? `${textAt(object, 'metadata.namespace')}/${name}` : name;
}
