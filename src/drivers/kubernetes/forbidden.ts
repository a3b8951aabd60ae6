import { SchedError } from '../../errors.js';
import type { Asked, Status } from './status.js';

/** RBAC's own sentence (apiserver `rbac.RBACAuthorizer`, responsewriters `forbiddenMessage`). */
const MISSING_RIGHT =
  /User "([^"]*)" cannot (\S+) (?:resource|path) "([^"]*)"(?: in API group "([^"]*)")?(?: in the namespace "([^"]*)"| at the cluster scope)?/;

/** What admission says: a quota, a policy, a webhook, or another rule about the object that it names. */
const ADMISSION =
  /exceeded quota|ValidatingAdmissionPolicy '|admission webhook "[^"]*" denied|^\S+ "[^"]*" is forbidden: /;

/**
 * True when not a right was missing, but admission refused what was to be written. The server asks it after authorization, and first of
 * all its parts NamespaceLifecycle, which knows no namespace that is not there (apiserver, `RecommendedPluginOrder`).
 */
export function isRefusedByAdmission({ message }: Status): boolean {
  return !MISSING_RIGHT.test(message) && ADMISSION.test(message);
}

/** A 403, or another refusal by a policy, as an error: who lacks which right, or which rule of the cluster stands against it. */
export function forbidden(status: Status, cause: Error, asked: Asked): SchedError {
  const { message } = status;
  const right = MISSING_RIGHT.exec(message);
  if (right !== null) {
    const [, user = '', verb = '', resource = '', group = '', namespace] = right;
    return rightMissing({ user, verb, resource, group, namespace }, cause, asked);
  }
  const inside = asked.namespace ?? 'default';
  if (/exceeded quota/.test(message)) {
    return new SchedError('PERMISSION', `A quota of namespace ${inside} is used up: ${reasonIn(message)}`, {
      hint: `kubectl describe quota -n ${inside}`,
      cause,
    });
  }
  if (status.causes.some(({ reason }) => reason === 'NamespaceTerminating') || /being terminated/.test(message)) {
    return new SchedError('CONFLICT', `Namespace ${inside} is being deleted: nothing can be made in it.`, {
      hint: `kubectl get namespace ${inside}`,
      cause,
    });
  }
  const policy = /ValidatingAdmissionPolicy '([^']*)' with binding '[^']*' denied request: (.*)$/s.exec(message);
  const webhook = /admission webhook "([^"]*)" denied the request(?: without explanation|: (.*))?$/s.exec(message);
  const [, name = '', why = ''] = policy ?? webhook ?? [];
  return new SchedError('PERMISSION', `A policy of the cluster refuses it: ${why || reasonIn(message)}`, {
    ...(policy !== null && { hint: `kubectl get validatingadmissionpolicy ${name} -o yaml` }),
    ...(webhook !== null && {
      hint: `The admission webhook ${name} decides it; who runs the cluster knows its rules.`,
    }),
    cause,
  });
}

interface Right {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly group: string;
  /** Undefined: of the whole cluster. */
  readonly namespace: string | undefined;
}

function rightMissing(right: Right, cause: Error, { context, server }: Asked): SchedError {
  const { user, verb, namespace } = right;
  if (user === 'system:anonymous') {
    return new SchedError('AUTHENTICATION', `Context ${context} holds no login that ${server} takes for a user's.`, {
      hint: `Its user needs a token, a certificate or an exec plugin: kubectl --context ${context} config view --minify`,
      cause,
    });
  }
  const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
  return new SchedError('PERMISSION', `${user} may not ${verb} ${qualified(right)} ${where}.`, {
    hint: granting(right),
    cause,
  });
}

/** The commands that grant a right, to paste; a cluster's administrator may run them. */
function granting(right: Right): string {
  const { user, verb, resource, namespace } = right;
  const role = `sched-${verb}-${resource.replace(/[^a-z0-9]+/g, '-')}`;
  const account = /^system:serviceaccount:([^:]+):(.+)$/.exec(user);
  const subject = account === null ? `--user=${user}` : `--serviceaccount=${account[1]}:${account[2]}`;
  const [kind, binding, scope] =
    namespace === undefined ? ['clusterrole', 'clusterrolebinding', ''] : ['role', 'rolebinding', ` -n ${namespace}`];
  return (
    `kubectl create ${kind} ${role} --verb=${verb} --resource=${qualified(right)}${scope} && ` +
    `kubectl create ${binding} ${role} --${kind}=${role} ${subject}${scope}`
  );
}

/** As kubectl names it: `cronjobs.batch/status`, `pods/log`. */
function qualified({ resource, group }: Right): string {
  const [name = '', ...subresource] = resource.split('/');
  return [group === '' ? name : `${name}.${group}`, ...subresource].join('/');
}

/** A refusal without the object that it names first. */
function reasonIn(message: string): string {
  return message.replace(/^\S+ "[^"]*" is forbidden: /, '');
}
