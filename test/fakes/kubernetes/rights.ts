/** Who may do what: system:masters everything, others what roles that stand on the cluster give their account. */
import type { Json } from '../../../src/schedule.js';
import { at, type Fields, listAt, textAt } from './fields.js';
import { type Asked, BINDINGS, CLUSTER_BINDINGS, CLUSTER_ROLES, ROLES, type User, verbOf } from './request.js';
import { forbidden, type Refusal } from './status.js';
import type { Store } from './store.js';

export const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
export const ADMINISTRATOR: User = { name: 'lab-token-admin', groups: ['system:masters', 'system:authenticated'] };

export function serviceAccount(namespace: string, name: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

/** One thing that somebody wants to do. */
export interface Wish {
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `cronjobs/status`. */
  readonly resource: string;
  readonly namespace: string;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly reason?: string;
}

/** Roles of the namespace and of the cluster, by the bindings that name the user's account or one of its groups. */
export function verdict(store: Store, user: User, wish: Wish): Verdict {
  if (user.groups.includes('system:masters')) {
    return { allowed: true };
  }
  // Whoever is logged in may ask about themselves.
  if (/^selfsubject/.test(wish.resource) && user.groups.includes('system:authenticated')) {
    return { allowed: true };
  }
  const bindings = [
    ...(wish.namespace === '' ? [] : store.list(BINDINGS, wish.namespace)),
    ...store.list(CLUSTER_BINDINGS, undefined),
  ];
  for (const binding of bindings) {
    const subject = listAt(binding, 'subjects').find((each) => isUser(each, user));
    if (subject !== undefined && rulesOf(store, binding).some((rule) => covers(rule, wish))) {
      const [kind, name] = [textAt(binding, 'roleRef.kind'), textAt(binding, 'roleRef.name')];
      const scope = textAt(binding, 'metadata.namespace');
      const bound = scope === '' ? 'ClusterRoleBinding' : 'RoleBinding';
      const reason = `RBAC: allowed by ${bound} "${textAt(binding, 'metadata.name')}${scope === '' ? '' : `/${scope}`}" of ${kind} "${name}" to ${subjectName(subject)}`;
      return { allowed: true, reason };
    }
  }
  return { allowed: false };
}

/** The 403 for a request that the user may not make; undefined: may. */
export function refusedRight(store: Store, asked: Asked): Refusal | undefined {
  const { target, user } = asked;
  const verb = verbOf(asked);
  const resource = target.resource.plural + (target.subresource === '' ? '' : `/${target.subresource}`);
  const { group } = target.resource;
  if (verdict(store, user, { verb, group, resource, namespace: target.namespace }).allowed) {
    return undefined;
  }
  const where = target.namespace === '' ? 'at the cluster scope' : `in the namespace "${target.namespace}"`;
  const why = `User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  return forbidden(target.resource, target.name, why);
}

function rulesOf(store: Store, binding: Fields): readonly Json[] {
  const name = textAt(binding, 'roleRef.name');
  const role =
    textAt(binding, 'roleRef.kind') === 'ClusterRole'
      ? store.get(CLUSTER_ROLES, '', name)
      : store.get(ROLES, textAt(binding, 'metadata.namespace'), name);
  return listAt(role, 'rules');
}

function covers(rule: Json, { verb, group, resource }: Wish): boolean {
  const has = (field: string, value: string): boolean => {
    const values = listAt(rule, field);
    return values.includes('*') || values.includes(value);
  };
  return has('verbs', verb) && has('apiGroups', group) && has('resources', resource);
}

function isUser(subject: Json, user: User): boolean {
  const name = textAt(subject, 'name');
  switch (textAt(subject, 'kind')) {
    case 'ServiceAccount':
      return user.name === `system:serviceaccount:${textAt(subject, 'namespace')}:${name}`;
    case 'Group':
      return user.groups.includes(name);
    default:
      return user.name === name;
  }
}

function subjectName(subject: Json): string {
  const namespace = at(subject, 'namespace');
  const scope = typeof namespace === 'string' ? `/${namespace}` : '';
  return `${textAt(subject, 'kind')} "${textAt(subject, 'name')}${scope}"`;
}
