import { type CustomFetchOptions, customFetch, discovery, refreshTokenGrant } from 'openid-client';
import { isSchedError, SchedError } from '../../errors.js';
import type { Surroundings } from '../driver.js';
import { type Http, openHttp } from '../shared/http.js';
import { systemError } from '../shared/unreachable.js';
import type { Credential } from './credential.js';
import type { Target } from './kubeconfig.js';
import { numberAt, textAt, treeAt } from './tree.js';

/** A kubeconfig's auth-provider `oidc` (kubernetes.io/docs/reference/access-authn-authz/authentication, OpenID Connect). */
interface Provider {
  readonly issuer: string;
  readonly client: string;
  /** Undefined: a public client. */
  readonly secret: string | undefined;
  readonly refreshToken: string;
  /** PEM; undefined: the usual authorities. */
  readonly authority: string | undefined;
}

/**
 * The ID token of the auth-provider `oidc`, renewed by its refresh token when it has expired. A renewed one is not written back.
 * Throws AUTHENTICATION when there is none, UNAVAILABLE when the provider does not answer, the signal's reason when that aborts.
 */
export async function fromProvider(
  { user, userName, context }: Target,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Credential> {
  const config = treeAt(user, 'auth-provider', 'config');
  const known = textAt(config, 'id-token');
  if (known !== undefined && expiry(known) > Date.now()) {
    return { token: known, cert: undefined, key: undefined };
  }
  const hint = `Log in anew, for example by: kubectl --context ${context} get namespaces`;
  const provider = providerOf(config);
  if (provider === undefined) {
    throw new SchedError('AUTHENTICATION', `The login of ${userName} has expired and cannot be renewed.`, { hint });
  }
  const { authority } = provider;
  const http = openHttp({ surroundings, ...(authority !== undefined && { tls: { ca: authority } }) });
  try {
    return { token: await renewed(provider, http, signal), cert: undefined, key: undefined };
  } catch (error) {
    signal.throwIfAborted();
    throw isSchedError(error) ? error : refusal(error, provider, userName, hint);
  } finally {
    http.close();
  }
}

function providerOf(config: ReturnType<typeof treeAt>): Provider | undefined {
  const issuer = textAt(config, 'idp-issuer-url') ?? '';
  const client = textAt(config, 'client-id') ?? '';
  const refreshToken = textAt(config, 'refresh-token') ?? '';
  const authority = textAt(config, 'idp-certificate-authority-data');
  if (!URL.canParse(issuer) || client === '' || refreshToken === '') {
    return undefined;
  }
  return {
    issuer,
    client,
    secret: textAt(config, 'client-secret') || undefined,
    refreshToken,
    authority: authority ? Buffer.from(authority, 'base64').toString('utf8') : undefined,
  };
}

async function renewed(provider: Provider, http: Http, signal: AbortSignal): Promise<string> {
  let lost: unknown;
  async function fetchBy(url: string, { method, headers, body }: CustomFetchOptions): Promise<Response> {
    try {
      const sent = body === undefined || body === null ? {} : { body: String(body) };
      const answer = await http.request({ method, url, headers, ...sent, signal });
      const type = answer.headers['content-type'] ?? '';
      return new Response(answer.body || null, { status: answer.status, headers: { 'Content-Type': type } });
    } catch (error) {
      lost = error;
      throw error;
    }
  }
  try {
    const options = { [customFetch]: fetchBy };
    const config = await discovery(new URL(provider.issuer), provider.client, provider.secret, undefined, options);
    const { id_token: token } = await refreshTokenGrant(config, provider.refreshToken);
    if (token === undefined) {
      throw new Error('it gives no ID token');
    }
    return token;
  } catch (error) {
    // openid-client wraps what the connection threw.
    throw lost ?? error;
  }
}

function refusal(error: unknown, { issuer }: Provider, userName: string, hint: string): SchedError {
  const { message = String(error) } = systemError(error);
  const { error: code, error_description: description } = Object(error) as Readonly<Record<string, unknown>>;
  const words = [code, description].filter((word) => typeof word === 'string').join(': ');
  // Not kept as the cause: it holds the provider's whole answer, which may hold tokens.
  return new SchedError('AUTHENTICATION', `${issuer} does not renew the login of ${userName}: ${words || message}.`, {
    hint,
  });
}

/** When a token (JWT, RFC 7519 §4.1.4) expires, in milliseconds; 0 for what is none. */
function expiry(token: string): number {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return (numberAt(claims, 'exp') ?? 0) * 1000;
  } catch {
    return 0;
  }
}
