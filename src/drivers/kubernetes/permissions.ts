/** Every right that the driver uses, in one table, and the commands that grant what is missing. */

export interface Permission {
  readonly verb: 'get' | 'list' | 'create' | 'patch' | 'delete';
  /** Empty: the core API. */
  readonly group: '' | 'batch';
  readonly resource: string;
  readonly subresource?: string;
  /** Of this object alone; its namespace is `inside`. */
  readonly name?: string;
  /** `namespace`: the orchestrator's; `cluster`: no namespace. */
  readonly inside: 'namespace' | 'cluster';
  /** What sched does with it. */
  readonly why: string;
  /** What is lost without it; null: it cannot be done without. */
  readonly without: string | null;
}

const CRONJOBS = { group: 'batch', resource: 'cronjobs', inside: 'namespace', without: null } as const;
const JOBS = { group: 'batch', resource: 'jobs', inside: 'namespace', without: null } as const;

export const PERMISSIONS: readonly Permission[] = [
  { ...CRONJOBS, verb: 'get', why: 'read a schedule' },
  { ...CRONJOBS, verb: 'list', why: 'list and audit schedules' },
  { ...CRONJOBS, verb: 'create', why: 'create schedules' },
  { ...CRONJOBS, verb: 'patch', why: 'update, pause and resume schedules' },
  { ...CRONJOBS, verb: 'delete', why: 'delete schedules' },
  { ...JOBS, verb: 'get', why: 'read a run' },
  { ...JOBS, verb: 'list', why: 'list runs, and let running ones finish when a schedule is deleted' },
  { ...JOBS, verb: 'create', why: 'trigger runs' },
  { ...JOBS, verb: 'patch', why: 'let running Jobs finish when a schedule is deleted' },
  { ...JOBS, verb: 'delete', why: 'clear away finished Jobs when a schedule is deleted' },
  {
    ...CRONJOBS,
    verb: 'patch',
    subresource: 'status',
    why: 'keep an edit or a resume from starting a run by itself',
    without:
      'with --catchup none an edit or a resume may wait up to 30 s, with --catchup last an edit of the timing is refused',
  },
  {
    verb: 'list',
    group: '',
    resource: 'pods',
    inside: 'namespace',
    why: 'find the pods of a run',
    without: 'no logs, and no word about why a run waits',
  },
  {
    verb: 'get',
    group: '',
    resource: 'pods',
    subresource: 'log',
    inside: 'namespace',
    why: 'read the output of runs',
    without: 'no logs',
  },
  {
    verb: 'get',
    group: '',
    resource: 'namespaces',
    name: 'kube-system',
    inside: 'cluster',
    why: "know the cluster by its namespace's UID",
    without: 'the cluster is known by its certificate authority and address alone',
  },
  {
    verb: 'list',
    group: '',
    resource: 'resourcequotas',
    inside: 'namespace',
    why: 'see quotas that are used up',
    without: 'no word about quotas',
  },
  {
    verb: 'list',
    group: '',
    resource: 'nodes',
    inside: 'cluster',
    why: 'see nodes under pressure',
    without: 'no word about nodes',
  },
  {
    verb: 'get',
    group: '',
    resource: 'serviceaccounts',
    inside: 'namespace',
    why: 'see whether the service account of runs exists',
    without: 'no word about service accounts',
  },
];

/** `cronjobs.batch/status`, as kubectl has it. */
function resourceText({ group, resource, subresource }: Permission): string {
  return `${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
}

/** `patch cronjobs.batch/status`, `get namespaces kube-system`. */
export function permissionText(permission: Permission): string {
  const { verb, name } = permission;
  return [verb, resourceText(permission), ...(name === undefined ? [] : [name])].join(' ');
}

/**
 * One line of kubectl commands that grants permissions to a user: a role and its binding for the resources with the same verbs.
 * `user` is as the cluster calls it; service accounts are bound as such.
 */
export function grantCommand(permissions: readonly Permission[], user: string, namespace: string): string {
  return grouped(permissions)
    .map(({ verbs, some: [first, ...more] }) => {
      const resources = [first, ...more].map(resourceText);
      const name = ['sched', ...verbs, ...resources].join('-').replaceAll(/[^a-z0-9-]/g, '-');
      const role = first.inside === 'namespace' ? 'role' : 'clusterrole';
      const where = first.inside === 'namespace' ? ` -n ${namespace}` : '';
      const only = first.name === undefined ? '' : ` --resource-name=${first.name}`;
      return (
        `kubectl create ${role} ${name} --verb=${verbs.join(',')} --resource=${resources.join(',')}${only}${where} && ` +
        `kubectl create ${role}binding ${name} --${role}=${name} ${subject(user)}${where}`
      );
    })
    .join(' && ');
}

interface Grant {
  readonly verbs: readonly string[];
  readonly some: readonly [Permission, ...Permission[]];
}

/** The permissions by resource, and resources with the same verbs together. */
function grouped(permissions: readonly Permission[]): readonly Grant[] {
  const byResource = new Map<string, { readonly first: Permission; readonly verbs: string[] }>();
  for (const permission of permissions) {
    const key = `${permission.inside} ${permission.name} ${resourceText(permission)}`;
    const known = byResource.get(key) ?? { first: permission, verbs: [] };
    known.verbs.push(permission.verb);
    byResource.set(key, known);
  }
  const grants = new Map<string, Grant>();
  for (const { first, verbs } of byResource.values()) {
    const key = `${first.inside} ${first.name} ${verbs.join(' ')}`;
    const known = grants.get(key);
    grants.set(key, { verbs, some: known === undefined ? [first] : [...known.some, first] });
  }
  return [...grants.values()];
}

function subject(user: string): string {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):(.+)$/.exec(user) ?? [];
  return namespace === undefined ? `--user=${shellWord(user)}` : `--serviceaccount=${namespace}:${name}`;
}

/** A word as a POSIX shell takes it: names of users may hold anything. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
