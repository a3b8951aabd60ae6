import { createHash, X509Certificate } from 'node:crypto';
import { isSchedError } from '../../errors.js';
import type { Call } from '../driver.js';
import type { Api } from './api.js';
import { namespacePath } from './paths.js';
import { textAt } from './tree.js';

/** Hexadecimal digits of a fingerprint that are kept. */
const DIGITS = 16;

/**
 * What tells a cluster from any other: the UID of its namespace kube-system, which lasts as long as it does, and its certificate authority
 * with its address, which is all that a login knows that may not read that namespace.
 */
export async function identity(api: Api, call: Call): Promise<string> {
  try {
    const namespace = await api.request({ method: 'GET', path: namespacePath('kube-system') }, call);
    return `uid:${textAt(namespace, 'metadata', 'uid')} ${authority(api)}`;
  } catch (error) {
    if (isSchedError(error, 'PERMISSION')) {
      return authority(api);
    }
    throw error;
  }
}

function authority(api: Api): string {
  const { protocol, hostname, port, pathname } = new URL(api.server);
  const known = api.authority === undefined ? api.server : new X509Certificate(api.authority).raw;
  const fingerprint = createHash('sha256').update(known).digest('hex').slice(0, DIGITS);
  return `ca:${fingerprint}@${hostname}:${port || (protocol === 'http:' ? 80 : 443)}${pathname.replace(/\/$/, '')}`;
}
