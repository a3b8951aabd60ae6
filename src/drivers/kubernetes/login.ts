import { readFileSync } from 'node:fs';
import { SchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';
import type { Surroundings } from '../driver.js';
import type { TlsOptions } from '../shared/http.js';
import type { Credential } from './credential.js';
import type { Target } from './kubeconfig.js';
import { listAt, type Tree, textAt, treeAt, valueAt } from './tree.js';

/** What makes the cluster take a request as the user's. */
export interface Login {
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly tls: TlsOptions;
}

/**
 * Logs in as the kubeconfig says: token, token file, client certificate, basic, exec plugin, OIDC; with impersonation. Throws
 * AUTHENTICATION when a plugin or a provider gives nothing, USAGE when a file cannot be read, the signal's reason when that aborts.
 */
export async function logIn(target: Target, surroundings: Surroundings, signal: AbortSignal): Promise<Login> {
  const { cluster, user } = target;
  const token = textFrom(user, 'tokenFile') ?? textAt(user, 'token');
  const credential = token ? undefined : await acquired(target, surroundings, signal);
  const bearer = token || credential?.token;
  const cert = credential?.cert ?? pemFrom(user, 'client-certificate');
  const key = credential?.key ?? pemFrom(user, 'client-key');
  const ca = authorityOf(target);
  const servername = textAt(cluster, 'tls-server-name');
  return {
    headers: {
      ...(bearer ? { Authorization: `Bearer ${bearer.trim()}` } : basic(user)),
      ...impersonation(user),
    },
    tls: {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(servername !== undefined && { servername }),
      ...(valueAt(cluster, 'insecure-skip-tls-verify') === true && { rejectUnauthorized: false }),
    },
  };
}

/** The certificate authority that the kubeconfig names, PEM. Throws USAGE when its file cannot be read. */
export function authorityOf({ cluster }: Target): string | undefined {
  return pemFrom(cluster, 'certificate-authority');
}

/** Loaded only where it is needed: starting programs and asking providers is for a few. */
async function acquired(
  target: Target,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Credential | undefined> {
  const provider = textAt(target.user, 'auth-provider', 'name');
  if (valueAt(target.user, 'exec') !== undefined && valueAt(target.user, 'exec') !== null) {
    const { fromPlugin } = await import('./exec-plugin.js');
    return await fromPlugin(target, surroundings.env, signal);
  }
  if (provider === 'oidc') {
    const { fromProvider } = await import('./oidc-provider.js');
    return await fromProvider(target, surroundings, signal);
  }
  if (provider !== undefined) {
    throw new SchedError(
      'AUTHENTICATION',
      `User ${target.userName} of ${target.source} logs in by the auth-provider ${provider}, which Kubernetes 1.26 gave up.`,
      { hint: LOGIN_PROGRAMS[provider] ?? 'An exec plugin of the vendor takes its place.' },
    );
  }
  return undefined;
}

const LOGIN_PROGRAMS: Readonly<Record<string, string>> = {
  gcp: 'Install gke-gcloud-auth-plugin, then: gcloud container clusters get-credentials CLUSTER',
  azure: 'Install kubelogin, then: kubelogin convert-kubeconfig',
};

function basic(user: Tree): Readonly<Record<string, string>> {
  const name = textAt(user, 'username');
  const pair = Buffer.from(`${name}:${textAt(user, 'password') ?? ''}`).toString('base64');
  return name ? { Authorization: `Basic ${pair}` } : {};
}

/** The headers of `as`, `as-uid`, `as-groups` and `as-user-extra` (kubernetes.io/docs/reference/access-authn-authz/authentication, impersonation). */
function impersonation(user: Tree): Readonly<Record<string, string | string[]>> {
  const as = textAt(user, 'as');
  if (!as) {
    return {};
  }
  const uid = textAt(user, 'as-uid');
  const groups = texts(valueAt(user, 'as-groups'));
  const extra = Object.entries(treeAt(user, 'as-user-extra')).map(
    ([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, texts(values)] as const,
  );
  return {
    'Impersonate-User': as,
    ...(uid && { 'Impersonate-Uid': uid }),
    ...(groups.length > 0 && { 'Impersonate-Group': groups }),
    ...Object.fromEntries(extra),
  };
}

function texts(value: Json | undefined): string[] {
  return listAt({ value: value ?? null }, 'value').filter((item) => typeof item === 'string');
}

/** PEM of a pair of keys such as `client-key-data` (base64, which wins) and `client-key` (a path). */
function pemFrom(entry: Tree, key: string): string | undefined {
  const data = textAt(entry, `${key}-data`);
  return data ? Buffer.from(data, 'base64').toString('utf8') : textFrom(entry, key);
}

/** What stands in the file that a key names. */
function textFrom(entry: Tree, key: string): string | undefined {
  const file = textAt(entry, key);
  if (!file) {
    return undefined;
  }
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new SchedError('USAGE', `The kubeconfig's ${key} cannot be read: ${file}.`, { cause: error });
  }
}
