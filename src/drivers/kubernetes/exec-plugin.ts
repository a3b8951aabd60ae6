import { spawn } from 'node:child_process';
import { ExecAuth } from '@kubernetes/client-node/dist/exec_auth.js';
import { SchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';
import type { Surroundings } from '../driver.js';
import { systemError } from '../shared/unreachable.js';
import type { Credential } from './credential.js';
import type { Target } from './kubeconfig.js';
import { listAt, textAt, valueAt } from './tree.js';

/** Characters of a plugin's own words that are shown at most. */
const WORDS = 2000;

/**
 * Asks an exec plugin for a credential (kubernetes.io/docs/reference/access-authn-authz/authentication, client-go credential
 * plugins). It gets no terminal. Throws AUTHENTICATION with what it wrote to stderr, the signal's reason when that ends it.
 */
export async function fromPlugin(target: Target, env: Surroundings['env'], signal: AbortSignal): Promise<Credential> {
  const { user, userName } = target;
  const command = textAt(user, 'exec', 'command') ?? '';
  const given: { headers?: Record<string, string>; cert?: string; key?: string } = {};
  try {
    await pluginAuthentication(target, env, signal).applyAuthentication({ name: userName, exec: user.exec }, given);
  } catch (error) {
    signal.throwIfAborted();
    throw refusal(error, command, target);
  }
  const token = given.headers?.Authorization?.replace(/^Bearer /, '');
  if (token === undefined && given.cert === undefined) {
    throw new SchedError('AUTHENTICATION', `The login program ${command} gave neither a token nor a certificate.`, {
      hint: byHand(target),
    });
  }
  return { token, cert: given.cert, key: given.key };
}

/** client-node's, whose program also gets what kubectl tells it, no input, and an end when the signal says so. */
function pluginAuthentication(target: Target, env: Surroundings['env'], signal: AbortSignal): ExecAuth {
  const own = Object.fromEntries(
    listAt(target.user, 'exec', 'env').map((entry) => [textAt(entry, 'name') ?? '', textAt(entry, 'value') ?? '']),
  );
  return Object.assign(new ExecAuth(), {
    execFn: (command: string, args: readonly string[] | null | undefined) =>
      spawn(command, args ?? [], {
        env: { ...env, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(target)) },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
      }),
  });
}

/** The ExecCredential that a plugin reads from KUBERNETES_EXEC_INFO. */
function execInfo({ server, cluster, user }: Target): Json {
  const extension = listAt(cluster, 'extensions').find(
    (entry) => textAt(entry, 'name') === 'client.authentication.k8s.io/exec',
  );
  const about = {
    server,
    ...copied(cluster, ['tls-server-name', 'insecure-skip-tls-verify', 'certificate-authority-data', 'proxy-url']),
    ...(extension !== undefined && { config: valueAt(extension, 'extension') ?? null }),
  };
  return {
    kind: 'ExecCredential',
    apiVersion: textAt(user, 'exec', 'apiVersion') ?? 'client.authentication.k8s.io/v1',
    spec: { interactive: false, ...(valueAt(user, 'exec', 'provideClusterInfo') === true && { cluster: about }) },
  };
}

function copied(entry: Json, keys: readonly string[]): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = valueAt(entry, key);
      return value === undefined || value === null ? [] : [[key, value] as const];
    }),
  );
}

function refusal(error: unknown, command: string, target: Target): SchedError {
  const name = `The login program ${command || '(none is named)'} of user ${target.userName}`;
  const { code, message = '' } = systemError(error);
  if (code === 'ENOENT' || code === 'EACCES') {
    return new SchedError('AUTHENTICATION', `${name} cannot be started: it is not installed, or not on the PATH.`, {
      hint: textAt(target.user, 'exec', 'installHint')?.trim() || `${target.source} names it under users[].user.exec.`,
      cause: error,
    });
  }
  // What it printed is never quoted: it may be the credential itself.
  if (error instanceof SyntaxError || error instanceof TypeError) {
    return new SchedError('AUTHENTICATION', `${name} gave no credential (an ExecCredential as JSON).`, {
      hint: byHand(target),
    });
  }
  const words = message.trim().slice(-WORDS);
  return new SchedError('AUTHENTICATION', `${name} failed${words === '' ? ' and did not say why' : ''}.`, {
    hint: byHand(target),
    ...(words !== '' && { detail: words }),
  });
}

function byHand({ context }: Target): string {
  return `kubectl --context ${context} auth whoami runs it too: see what it says there.`;
}
