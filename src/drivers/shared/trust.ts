import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { SchedError } from '../../errors.js';

/**
 * The authorities to trust, PEM: `ca`, else Node's own, and those in `file` too. Throws USAGE when the file cannot be read or holds
 * no certificate.
 */
export async function trusted(ca: string | undefined, file: string): Promise<string[]> {
  return [...(ca === undefined ? rootCertificates : [ca]), await certificates(file)];
}

async function certificates(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new SchedError('USAGE', `The certificate file ${file} cannot be read.`, {
      hint: '--ca-file FILE or SCHED_CA_FILE names a file with certificates in PEM form.',
      cause: error,
    });
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new SchedError('USAGE', `${file} holds no certificate in PEM form.`, {
      hint: 'openssl x509 -inform der -in FILE turns a binary one into PEM.',
    });
  }
  return text;
}
