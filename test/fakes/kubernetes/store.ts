/** What stands on the fake cluster: objects by resource, namespace and name, each with its version and what it was before. */
import type { Json } from '../../../src/schedule.js';
import { type Fields, textAt, withMetadata } from './fields.js';
import { type Resource, resourceName } from './status.js';

export interface Store {
  get(resource: Resource, namespace: string, name: string, stale?: boolean): Fields | undefined;
  /** In the order of the server's keys; all namespaces when none is given. */
  list(resource: Resource, namespace: string | undefined, stale?: boolean): readonly Fields[];
  /** Stores it with the next version. Gives what is stored. */
  put(resource: Resource, object: Fields): Fields;
  remove(resource: Resource, object: Fields): void;
  /** The version of the last write. */
  version(): number;
  /** Everything that stands there, with its resource. */
  all(): readonly (readonly [Resource, Fields])[];
}

interface Slot {
  readonly resource: Resource;
  readonly now: Fields | undefined;
  /** As of before the last write. */
  readonly before: Fields | undefined;
}

export function openStore(): Store {
  const slots = new Map<string, Slot>();
  let version = 100;

  function write(resource: Resource, object: Fields, now: Fields | undefined): void {
    const key = keyOf(resource, textAt(object, 'metadata.namespace'), textAt(object, 'metadata.name'));
    slots.set(key, { resource, now, before: slots.get(key)?.now });
  }

  return {
    get(resource, namespace, name, stale = false) {
      const slot = slots.get(keyOf(resource, namespace, name));
      return stale ? slot?.before : slot?.now;
    },
    list(resource, namespace, stale = false) {
      const prefix = `${resourceName(resource)}/${namespace === undefined ? '' : `${namespace}/`}`;
      return [...slots]
        .filter(([key]) => key.startsWith(prefix))
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .flatMap(([, slot]): readonly Fields[] => {
          const object = stale ? slot.before : slot.now;
          return object === undefined ? [] : [object];
        });
    },
    put(resource, object) {
      version += 1;
      const stored = withMetadata(object, { resourceVersion: String(version) as Json });
      write(resource, stored, stored);
      return stored;
    },
    remove(resource, object) {
      version += 1;
      write(resource, object, undefined);
    },
    version: () => version,
    all: () =>
      [...slots.values()].flatMap(({ resource, now }) => (now === undefined ? [] : [[resource, now] as const])),
  };
}

function keyOf(resource: Resource, namespace: string, name: string): string {
  return `${resourceName(resource)}/${resource.namespaced ? `${namespace}/` : ''}${name}`;
}
