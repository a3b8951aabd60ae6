/** The keys of a control plane: an authority, a server certificate, an administrator's certificate, the accounts' key. */
import { execFileSync } from 'node:child_process';
import { createSign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Keys {
  /** PEM of the authority's certificate. */
  readonly authority: string;
  readonly administrator: { readonly certificate: string; readonly key: string };
  /** Files, by what they are for. */
  readonly files: Readonly<Record<'authority' | 'server' | 'serverKey' | 'accounts', string>>;
}

/** Makes new keys in a folder. Throws when there is no `openssl`. */
export function makeKeys(folder: string): Keys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(folder, name);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...curve,
    '-days',
    '30',
    '-subj',
    '/CN=test authority',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt'),
  );
  const leaf = (name: string, subject: string, extension: string): void => {
    openssl('req', ...curve, '-subj', subject, '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`));
    writeFileSync(at(`${name}.ext`), extension);
    const signing = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at(`${name}.ext`)];
    openssl('x509', '-req', '-in', at(`${name}.csr`), ...signing, '-days', '30', '-out', at(`${name}.crt`));
  };
  leaf('server', '/CN=kube-apiserver', 'subjectAltName=IP:127.0.0.1,DNS:localhost');
  leaf('administrator', '/O=system:masters/CN=administrator', 'extendedKeyUsage=clientAuth');
  openssl('genrsa', '-out', at('accounts.key'), '2048');
  const text = (name: string): string => readFileSync(at(name), 'utf8');
  return {
    authority: text('ca.crt'),
    administrator: { certificate: text('administrator.crt'), key: text('administrator.key') },
    files: {
      authority: at('ca.crt'),
      server: at('server.crt'),
      serverKey: at('server.key'),
      accounts: at('accounts.key'),
    },
  };
}

/** A service account's token that ended an hour ago, signed as the control plane signs. */
export function expiredToken(keyFile: string, account: { namespace: string; name: string; uid: string }): string {
  const now = Math.floor(Date.now() / 1000);
  const issuer = 'https://kubernetes.default.svc';
  const { namespace, name, uid } = account;
  const claims = {
    aud: [issuer],
    iss: issuer,
    iat: now - 7200,
    nbf: now - 7200,
    exp: now - 3600,
    sub: `system:serviceaccount:${namespace}:${name}`,
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
  };
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  const signature = createSign('sha256').update(signed).sign(readFileSync(keyFile), 'base64url');
  return `${signed}.${signature}`;
}

function openssl(...words: readonly string[]): void {
  try {
    execFileSync('openssl', words, { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error('The control plane needs keys, and `openssl` did not make them. Is OpenSSL installed?', {
      cause: error,
    });
  }
}
