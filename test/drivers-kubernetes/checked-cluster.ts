/** A cluster that answers `check` as a real one (1.36) was seen to. */
import { expect } from '@jest/globals';
import type { CheckItem } from '../../src/drivers/driver.js';
import type { Api, ApiRequest } from '../../src/drivers/kubernetes/api.js';
import { check } from '../../src/drivers/kubernetes/check.js';
import { SchedError } from '../../src/errors.js';
import type { Json } from '../../src/schedule.js';

export const CALL = { signal: new AbortController().signal, now: () => 0, debug: () => {} };
export const ROBOT = 'system:serviceaccount:team:robot';

export type Answer = Json | SchedError;

interface Cluster {
  /** By `METHOD path`; lists by their items. What is missing is NOT_FOUND, a list empty. */
  readonly answers?: Readonly<Record<string, Answer>>;
  /** Permissions, as text, that the account does not have. */
  readonly missing?: readonly string[];
  readonly user?: string;
}

export const denied = new SchedError('PERMISSION', 'robot may not.', { hint: 'grant it' });

export function scripted({ answers = {}, missing = [], user = ROBOT }: Cluster): {
  readonly api: Api;
  readonly sent: string[];
} {
  const all: Readonly<Record<string, Answer>> = {
    'GET /version': { major: '1', minor: '36', gitVersion: 'v1.36.3' },
    'POST /apis/authentication.k8s.io/v1/selfsubjectreviews': {
      status: { userInfo: { username: user, groups: ['system:serviceaccounts', 'system:authenticated'] } },
    },
    'GET /api/v1/namespaces/team': { status: { phase: 'Active' } },
    'GET /api/v1/namespaces/team/serviceaccounts/default': {},
    '/api/v1/nodes': [{ metadata: { name: 'one' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } }],
    ...answers,
  };
  const sent: string[] = [];
  function answer(key: string): Json | undefined {
    const found = all[key];
    if (found instanceof SchedError) {
      throw found;
    }
    return found;
  }
  async function request({ method, path, body }: ApiRequest): Promise<Json> {
    sent.push(`${method} ${path}`);
    if (path.endsWith('/selfsubjectaccessreviews') && all[`${method} ${path}`] === undefined) {
      return { status: { allowed: !missing.includes(rightIn(body ?? null)) } };
    }
    const found = answer(`${method} ${path}`);
    if (found === undefined) {
      throw new SchedError('NOT_FOUND', `There is no ${path}.`);
    }
    return found;
  }
  const api: Api = {
    namespace: 'team',
    server: 'https://cluster.example',
    context: 'lab',
    authority: undefined,
    request,
    async *pages(path, query) {
      sent.push(`GET ${path}${Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : ''}`);
      yield (answer(path) ?? []) as readonly Json[];
    },
    // biome-ignore lint/correctness/useYield: nothing is to be read.
    async *text() {
      throw new Error('check reads no text');
    },
    url: ({ path }) => `https://cluster.example${path}`,
    close: () => {},
  };
  return { api, sent };
}

interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** A question about a right as the table has it; a namespace is asked for where the cluster looks for it. */
function rightIn(body: Json): string {
  const { spec } = body as unknown as { readonly spec: { readonly resourceAttributes: Attributes } };
  const { verb, group, resource, subresource, name, namespace } = spec.resourceAttributes;
  const inside = resource === 'nodes' ? undefined : (name ?? 'team');
  expect([resource, namespace]).toEqual([resource, inside]);
  const full = `${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
  return [verb, full, ...(name === undefined ? [] : [name])].join(' ');
}

export async function items(cluster: Cluster, settings: Readonly<Record<string, string>> = {}): Promise<CheckItem[]> {
  const found: CheckItem[] = [];
  for await (const item of check(scripted(cluster).api, settings, CALL)) {
    found.push(item);
  }
  return found;
}

export async function itemOf(
  name: string,
  cluster: Cluster,
  settings: Readonly<Record<string, string>> = {},
): Promise<CheckItem> {
  const found = (await items(cluster, settings)).find(({ item }) => item === name);
  if (found === undefined) {
    throw new Error(`no item ${name}`);
  }
  return found;
}
