/** Requests as the API server understands them. */
import { noSuchPath, type Resource } from './status.js';

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What a path names. */
export interface Target {
  readonly resource: Resource;
  /** Empty: the cluster, or all namespaces. */
  readonly namespace: string;
  /** Empty: the collection. */
  readonly name: string;
  /** `status`, `log`, `token`, or empty. */
  readonly subresource: string;
}

export interface Asked {
  readonly method: string;
  readonly target: Target;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: Buffer;
  readonly user: User;
  /** Who writes: the query's `fieldManager`, else the client's name. */
  readonly manager: string;
}

function resource(group: string, plural: string, kind: string, namespaced = true): Resource {
  return { group, version: 'v1', plural, kind, namespaced };
}

export const CRONJOBS = resource('batch', 'cronjobs', 'CronJob');
export const JOBS = resource('batch', 'jobs', 'Job');
export const PODS = resource('', 'pods', 'Pod');
const EVENTS = resource('', 'events', 'Event');
export const NAMESPACES = resource('', 'namespaces', 'Namespace', false);
export const NODES = resource('', 'nodes', 'Node', false);
export const QUOTAS = resource('', 'resourcequotas', 'ResourceQuota');
const SECRETS = resource('', 'secrets', 'Secret');
export const ACCOUNTS = resource('', 'serviceaccounts', 'ServiceAccount');
const RBAC = 'rbac.authorization.k8s.io';
export const ROLES = resource(RBAC, 'roles', 'Role');
export const BINDINGS = resource(RBAC, 'rolebindings', 'RoleBinding');
export const CLUSTER_ROLES = resource(RBAC, 'clusterroles', 'ClusterRole', false);
export const CLUSTER_BINDINGS = resource(RBAC, 'clusterrolebindings', 'ClusterRoleBinding', false);
const ADMISSION = 'admissionregistration.k8s.io';
export const POLICIES = resource(ADMISSION, 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', false);
export const POLICY_BINDINGS = resource(
  ADMISSION,
  'validatingadmissionpolicybindings',
  'ValidatingAdmissionPolicyBinding',
  false,
);
export const ACCESS_REVIEWS = resource(
  'authorization.k8s.io',
  'selfsubjectaccessreviews',
  'SelfSubjectAccessReview',
  false,
);
export const SELF_REVIEWS = resource('authentication.k8s.io', 'selfsubjectreviews', 'SelfSubjectReview', false);

/** A path that is no resource; whoever has a good token or none may read it. */
export const VERSION_PATH = resource('', 'version', 'Version', false);

const RESOURCES: readonly Resource[] = [
  CRONJOBS,
  JOBS,
  PODS,
  EVENTS,
  NAMESPACES,
  NODES,
  QUOTAS,
  SECRETS,
  ACCOUNTS,
  ROLES,
  BINDINGS,
  CLUSTER_ROLES,
  CLUSTER_BINDINGS,
  POLICIES,
  POLICY_BINDINGS,
  ACCESS_REVIEWS,
  SELF_REVIEWS,
];

/** What a path names. Throws the 404 for paths that lead nowhere. */
export function targetOf(path: string): Target {
  if (path === '/version') {
    return { resource: VERSION_PATH, namespace: '', name: '', subresource: '' };
  }
  const words = path.split('/').slice(1).map(decodeURIComponent);
  const group = words[0] === 'api' ? '' : words[0] === 'apis' ? words[1] : undefined;
  const rest = words.slice(group === '' ? 1 : 2);
  if (group === undefined || rest[0] !== 'v1') {
    throw noSuchPath();
  }
  const inside = rest[1] === 'namespaces' && rest.length > 3 ? rest.slice(3) : undefined;
  const [plural = '', name = '', subresource = ''] = inside ?? rest.slice(1);
  const found = RESOURCES.find((each) => each.group === group && each.plural === plural);
  if (found === undefined || (found.namespaced && inside === undefined && name !== '')) {
    throw noSuchPath();
  }
  const namespace = inside === undefined ? (found === NAMESPACES ? name : '') : (rest[2] ?? '');
  return { resource: found, namespace, name, subresource };
}

/** The verb that rights speak of. */
export function verbOf({ method, target }: Pick<Asked, 'method' | 'target'>): string {
  switch (method) {
    case 'GET':
      return target.name === '' ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PATCH':
      return 'patch';
    case 'PUT':
      return 'update';
    default:
      return target.name === '' ? 'deletecollection' : 'delete';
  }
}
