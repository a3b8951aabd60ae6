import { type ErrorDetail, SchedError } from '../../errors.js';
import { shownProxy } from './proxy-choice.js';

/** Where an answer was expected from. */
export interface Addressee {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly proxy: URL | undefined;
  /** What to do when its certificate is not trusted. */
  readonly trustHint: string;
}

/** System errors (errno(3), getaddrinfo(3)) in words. */
const SILENCE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  ECONNABORTED: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'nobody answered',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network',
  EHOSTDOWN: 'the host is down',
  ENETDOWN: 'the network is down',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name cannot be looked up at the moment',
};

/** OpenSSL's verdicts (X509_STORE_CTX_get_error(3)), and Node's own on the name, in words. */
const DISTRUST: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is signed by an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an authority that is not trusted here',
  CERT_SIGNATURE_FAILURE: 'its certificate is signed by an authority that is not trusted here',
  CERT_UNTRUSTED: 'its certificate is signed by an authority that is not trusted here',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is made out to another name',
};

/** A connection's error in words, with what helps: UNAVAILABLE, AUTHENTICATION for a certificate that is not trusted, or USAGE for certificates and keys of ours that are none. */
export function unreachable(error: unknown, { origin, proxy, trustHint }: Addressee): SchedError {
  const where = proxy === undefined ? origin : `${origin} (through the proxy ${shownProxy(proxy)})`;
  const say = (why: string, detail: ErrorDetail = {}) =>
    new SchedError('UNAVAILABLE', `${where} does not answer: ${why}.`, { ...detail, cause: error });
  const { code = '', message = String(error) } = systemError(error);
  const silence = SILENCE[code];
  if (silence !== undefined) {
    return say(silence);
  }
  const distrust = DISTRUST[code];
  if (distrust !== undefined) {
    return new SchedError('AUTHENTICATION', `${where} cannot be trusted: ${distrust}.`, {
      hint: trustHint,
      cause: error,
    });
  }
  const refusal = /^Bad response: (\d+)$/.exec(message)?.[1];
  if (refusal !== undefined) {
    return say(`the proxy refuses with status ${refusal}`, {
      hint:
        refusal === '407'
          ? 'The proxy asks for a login: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT'
          : 'NO_PROXY names hosts that are reached without the proxy.',
    });
  }
  if (code.startsWith('ERR_OSSL')) {
    return new SchedError('USAGE', `A certificate or key for ${origin} cannot be used: ${message}.`, {
      hint: 'Each is in PEM form, and a key belongs to its certificate.',
      cause: error,
    });
  }
  if (/wrong version number|packet length too long|http request/i.test(message)) {
    return say('it does not speak TLS', { hint: 'Perhaps the address begins with http:// instead of https://.' });
  }
  return say(/SSL|TLS|EPROTO/.test(code) ? `TLS failed (${code})` : message.replace(/\.$/, ''));
}

/** What is known of an error of Node's, whichever realm it comes from. */
export function systemError(error: unknown): { readonly code?: string; readonly message?: string } {
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown };
  return { ...(typeof code === 'string' && { code }), ...(typeof message === 'string' && { message }) };
}
