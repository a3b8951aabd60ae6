/** Kubeconfig files as users have them. */
import { stringify } from 'yaml';

/** Who somebody is to the API server. */
export type Identity =
  | { readonly token: string }
  | { readonly certificate: string; readonly key: string }
  | { readonly nobody: true }
  | { readonly exec: { readonly command: string; readonly args: readonly string[] } };

export interface KubeconfigParts {
  readonly namespace: string;
  /** Of the context. */
  readonly name: string;
  readonly server: string;
  /** PEM of who vouches for the server; null: nobody. */
  readonly authority: string | null;
}

/** The text of a kubeconfig with one cluster, one user and one context. */
export function kubeconfigText(identity: Identity, { namespace, name, server, authority }: KubeconfigParts): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const trust = authority !== null && { 'certificate-authority-data': base64(authority) };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server, ...trust } }],
    users: [{ name: 'somebody', user: userOf(identity, base64) }],
    contexts: [{ name, context: { cluster: 'lab', user: 'somebody', namespace } }],
    'current-context': name,
  });
}

function userOf(identity: Identity, base64: (text: string) => string): object {
  if ('token' in identity) {
    return { token: identity.token };
  }
  if ('nobody' in identity) {
    return {};
  }
  if ('exec' in identity) {
    return { exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', ...identity.exec } };
  }
  return {
    'client-certificate-data': base64(identity.certificate),
    'client-key-data': base64(identity.key),
  };
}
