/** What stands between a request and the store: namespaces that go, policies, quotas. */
import { at, type Fields, fieldsAt, listAt, textAt } from './fields.js';
import { CRONJOBS, NAMESPACES, POLICIES, POLICY_BINDINGS, QUOTAS } from './request.js';
import { failure, forbidden, notFound, type Resource, resourceName } from './status.js';
import type { Store } from './store.js';

/** Throws when nothing can be made in the namespace. */
export function admitNamespace(store: Store, resource: Resource, namespace: string, name: string): void {
  if (!resource.namespaced) {
    return;
  }
  const found = store.get(NAMESPACES, '', namespace);
  if (found === undefined) {
    throw notFound(NAMESPACES, namespace);
  }
  if (textAt(found, 'status.phase') === 'Terminating') {
    const cause = {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    };
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw forbidden(resource, name, why, { causes: [cause] });
  }
}

/** Throws what policies and quotas say of a new object. */
export function admitNew(store: Store, resource: Resource, object: Fields): void {
  const namespace = textAt(object, 'metadata.namespace');
  if (resource === CRONJOBS) {
    admitPolicies(store, namespace, object);
  }
  admitQuotas(store, resource, namespace, object);
}

/** Of CEL, policies here know `object.PATH != 'VALUE'`. */
function admitPolicies(store: Store, namespace: string, object: Fields): void {
  for (const binding of store.list(POLICY_BINDINGS, undefined)) {
    const policy = store.get(POLICIES, '', textAt(binding, 'spec.policyName'));
    const selected = fieldsAt(policy, 'spec.matchConstraints.namespaceSelector.matchLabels')[
      'kubernetes.io/metadata.name'
    ];
    if (policy === undefined || (selected !== undefined && selected !== namespace)) {
      continue;
    }
    for (const validation of listAt(policy, 'spec.validations')) {
      const expression = textAt(validation, 'expression');
      const [, path = '', value] = /^object\.([\w.]+) != '(.*)'$/.exec(expression) ?? [];
      if (value !== undefined && at(object, path) === value) {
        const said = textAt(validation, 'message') || `failed expression: ${expression}`;
        const why = `ValidatingAdmissionPolicy '${textAt(policy, 'metadata.name')}' with binding '${textAt(binding, 'metadata.name')}' denied request: ${said}`;
        const name = textAt(object, 'metadata.name');
        throw failure(422, 'Invalid', `cronjobs.batch "${name}" is forbidden: ${why}`, {
          name,
          group: 'batch',
          kind: 'cronjobs',
          causes: [{ message: why }],
        });
      }
    }
  }
}

/** Of quotas, those that count objects. */
function admitQuotas(store: Store, resource: Resource, namespace: string, object: Fields): void {
  const counted = `count/${resourceName(resource)}`;
  for (const quota of store.list(QUOTAS, namespace)) {
    const limit = fieldsAt(quota, 'spec.hard')[counted];
    const used = store.list(resource, namespace).length;
    if (limit !== undefined && used + 1 > Number(limit)) {
      const why = `exceeded quota: ${textAt(quota, 'metadata.name')}, requested: ${counted}=1, used: ${counted}=${used}, limited: ${counted}=${String(limit)}`;
      throw forbidden(resource, textAt(object, 'metadata.name'), why);
    }
  }
}

/** A quota as it reads: with what is used. */
export function withUsage(store: Store, quota: Fields): Fields {
  const hard = fieldsAt(quota, 'spec.hard');
  const namespace = textAt(quota, 'metadata.namespace');
  const used = Object.fromEntries(
    Object.keys(hard).map((counted) => [
      counted,
      String(
        new Set(
          store
            .all()
            .filter(
              ([resource, object]) =>
                `count/${resourceName(resource)}` === counted && textAt(object, 'metadata.namespace') === namespace,
            )
            .map(([, object]) => textAt(object, 'metadata.uid')),
        ).size,
      ),
    ]),
  );
  return { ...quota, status: { hard, used } };
}
