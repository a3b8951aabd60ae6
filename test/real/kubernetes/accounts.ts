/** Ordinary service accounts: they may do what their role says and nothing else. */
import { randomBytes } from 'node:crypto';
import { eventually } from './client.js';
import type { ControlPlane } from './control-plane.js';

/** As in a Role: an API group's resources, and what may be done with them. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

export interface Account {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly token: string;
  readonly kubeconfig: string;
}

/** Makes an account in a namespace and waits until its rights hold. */
export async function makeAccount(plane: ControlPlane, namespace: string, rules: readonly Rule[]): Promise<Account> {
  const { client } = plane;
  const name = `account-${randomBytes(3).toString('hex')}`;
  const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const made = await client.demand('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
    body: { metadata: { name } },
  });
  await client.demand('POST', `${roles}/roles`, { body: { metadata: { name }, rules } });
  await client.demand('POST', `${roles}/rolebindings`, {
    body: {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  });
  const { status } = await client.demand('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    body: { spec: { expirationSeconds: 3600 } },
  });
  const token: string = status.token;
  await eventually(`the rights of ${name}`, async () => {
    for (const rule of rules) {
      for (const resource of rule.resources) {
        if (
          !(await may(plane, token, { namespace, verb: rule.verbs[0] ?? '', group: rule.apiGroups[0] ?? '', resource }))
        ) {
          return false;
        }
      }
    }
    return true;
  });
  return { namespace, name, uid: made.metadata.uid, token, kubeconfig: plane.kubeconfig({ token }, { namespace }) };
}

async function may(
  { client }: ControlPlane,
  token: string,
  { namespace, verb, group, resource }: Readonly<Record<'namespace' | 'verb' | 'group' | 'resource', string>>,
): Promise<boolean> {
  const [kind, subresource] = resource.split('/');
  const { status } = await client.demand('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    token,
    body: {
      spec: { resourceAttributes: { namespace, verb, group, resource: kind, ...(subresource && { subresource }) } },
    },
  });
  return status.allowed === true;
}
