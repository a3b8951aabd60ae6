/** Login, rights and health of a cluster, one item each. Read only; what cannot be looked at is said, and never shown as fine. */
import { isSchedError, SchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';
import type { Call, CheckItem } from '../driver.js';
import type { Api } from './api.js';
import { existence } from './existence.js';
import { nodes, pendingPods, pullSecret, quotas, serviceAccount } from './health.js';
import { namespacePath } from './paths.js';
import { grantCommand, PERMISSIONS, type Permission, permissionText } from './permissions.js';
import { runSettings } from './settings.js';
import { listAt, textAt, valueAt } from './tree.js';

/** Questions about rights at a time. */
const AT_ONCE = 6;
/** The first minor version of Kubernetes 1 with `spec.timeZone` on (KEP 3140). */
const TIME_ZONES = 27;

/**
 * Looks at everything that schedules need. Throws what ends the very first request (the cluster is not there, the login is no good).
 */
export async function* check(
  api: Api,
  settings: Readonly<Record<string, string>>,
  call: Call,
): AsyncGenerator<CheckItem, void, undefined> {
  yield version(api, await api.request({ method: 'GET', path: '/version' }, call));
  const [login, user] = await whoAmI(api, call);
  yield login;
  const found = await namespace(api, call);
  yield found;
  yield* permissions(api, user, call);
  // A list in a namespace that is not there is empty, and would look fine.
  if (found.ok !== false) {
    const { serviceAccount: account, imagePullSecrets } = runSettings(settings);
    yield await looked(`service account ${account ?? 'default'}`, () =>
      serviceAccount(api, account ?? 'default', call),
    );
    for (const name of imagePullSecrets) {
      yield await looked(`image pull secret ${name}`, () => pullSecret(api, name, call));
    }
    yield await looked('pending pods', () => pendingPods(api, call));
    yield* await lookedAtSome('quotas', () => quotas(api, call));
  }
  yield await looked('nodes', () => nodes(api, call));
}

function version(api: Api, answer: Json): CheckItem {
  const text = textAt(answer, 'gitVersion') ?? 'of an unknown version';
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(text) ?? [];
  const old = major === '1' && Number(minor) < TIME_ZONES;
  return {
    item: 'server',
    ok: !old,
    detail: `Kubernetes ${text} at ${api.server}`,
    hint: old ? `CronJobs have time zones from 1.${TIME_ZONES} on.` : null,
  };
}

/** Who the cluster takes us for; the user is null when it does not say. */
async function whoAmI(api: Api, call: Call): Promise<readonly [CheckItem, string | null]> {
  let user: string | null = null;
  const item = await looked('login', async () => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const answer = await api.request({ method: 'POST', path, body }, call);
    user = textAt(answer, 'status', 'userInfo', 'username') ?? null;
    const groups = listAt(answer, 'status', 'userInfo', 'groups').filter((group) => typeof group === 'string');
    return {
      item: 'login',
      ok: user !== null,
      detail: user === null ? 'the cluster does not say who this is' : `${user} (${groups.join(', ') || 'no groups'})`,
      hint: null,
    };
  });
  return [item, user];
}

async function namespace(api: Api, call: Call): Promise<CheckItem> {
  const name = api.namespace;
  const item = `namespace ${name}`;
  try {
    const answer = await api.request({ method: 'GET', path: namespacePath(name) }, call);
    return textAt(answer, 'status', 'phase') === 'Terminating'
      ? {
          item,
          ok: false,
          detail: 'is being deleted: nothing can be made in it',
          hint: `kubectl get namespace ${name} -o yaml`,
        }
      : { item, ok: true, detail: 'exists', hint: null };
  } catch (error) {
    if (!isSchedError(error, 'PERMISSION', 'NOT_FOUND')) {
      throw error;
    }
  }
  try {
    await existence(api).prove(name, call);
    return { item, ok: true, detail: 'exists', hint: null };
  } catch (error) {
    if (isSchedError(error, 'NOT_FOUND')) {
      return { item, ok: false, detail: 'does not exist', hint: `kubectl create namespace ${name}` };
    }
    return unseen(item, error);
  }
}

/** Each permission, and at the end one command for all that are missing. */
async function* permissions(api: Api, user: string | null, call: Call): AsyncGenerator<CheckItem, void, undefined> {
  const granted = (some: readonly Permission[]): string | null =>
    user === null ? null : grantCommand(some, user, api.namespace);
  const missing: Permission[] = [];
  for (let from = 0; from < PERMISSIONS.length; from += AT_ONCE) {
    const some = PERMISSIONS.slice(from, from + AT_ONCE);
    const answers = await Promise.all(some.map((permission) => mayI(api, permission, call)));
    for (const [index, permission] of some.entries()) {
      const answer = answers[index];
      const item = permissionText(permission);
      if (answer instanceof SchedError) {
        yield unseen(item, answer);
      } else if (answer === true) {
        yield { item, ok: true, detail: 'allowed', hint: null };
      } else {
        missing.push(permission);
        const { without, why } = permission;
        const detail =
          without === null ? `not allowed: needed to ${why}` : `not allowed, can be done without: ${without}`;
        yield { item, ok: without === null ? false : null, detail, hint: granted([permission]) };
      }
    }
  }
  if (missing.length > 0) {
    const needed = missing.filter(({ without }) => without === null);
    yield {
      item: 'permissions',
      ok: needed.length === 0 ? null : false,
      detail: `${needed.length} needed and ${missing.length - needed.length} useful ones are missing, all granted by:`,
      hint: granted(missing),
    };
  }
}

/** Whether the cluster would let us; an error when it may not be asked. */
async function mayI(api: Api, permission: Permission, call: Call): Promise<boolean | SchedError> {
  const { verb, group, resource, subresource, name, inside } = permission;
  // A namespace is asked for as if it lay in itself (apiserver RequestInfo).
  const namespace = inside === 'namespace' ? api.namespace : resource === 'namespaces' ? name : undefined;
  const resourceAttributes = {
    verb,
    group,
    resource,
    ...(subresource !== undefined && { subresource }),
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
  };
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  try {
    const answer = await api.request({ method: 'POST', path, body }, call);
    const allowed = valueAt(answer, 'status', 'allowed') === true;
    const trouble = textAt(answer, 'status', 'evaluationError');
    return allowed || trouble === undefined ? allowed : new SchedError('FAILED', `the cluster cannot tell: ${trouble}`);
  } catch (error) {
    if (isSchedError(error, 'PERMISSION')) {
      return error;
    }
    throw error;
  }
}

/** What a look gives, or that it was not allowed. Other errors are thrown. */
async function looked(item: string, look: () => Promise<CheckItem>): Promise<CheckItem> {
  try {
    return await look();
  } catch (error) {
    return unseen(item, error);
  }
}

async function lookedAtSome(item: string, look: () => Promise<readonly CheckItem[]>): Promise<readonly CheckItem[]> {
  try {
    return await look();
  } catch (error) {
    return [unseen(item, error)];
  }
}

function unseen(item: string, error: unknown): CheckItem {
  // UNSUPPORTED: the cluster does not know the question.
  if (!isSchedError(error, 'PERMISSION', 'UNSUPPORTED', 'FAILED')) {
    throw error;
  }
  return { item, ok: null, detail: `not checked: ${error.message}`, hint: error.hint ?? null };
}
