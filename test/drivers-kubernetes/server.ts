/** What the API server makes of a CronJob that it stores: the defaults it adds, what it leaves out, and how it writes amounts. */
import type { Json } from '../../src/schedule.js';

export type Tree = { readonly [key: string]: Json };

const CONTAINER = { resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };
const POD = {
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
};

/** A body as it is read back after a create. */
export function stored(body: Tree, namespace = 'space'): Tree {
  const { metadata, spec } = body as { metadata: Tree; spec: Tree };
  const template = spec.jobTemplate as { metadata?: Tree; spec: { template: { metadata?: Tree; spec: Tree } } };
  const pod = template.spec.template.spec;
  const containers = (pod.containers as Tree[]).map((container) => ({
    ...CONTAINER,
    imagePullPolicy: /(:latest|^[^:@]*)$/.test(String(container.image)) ? 'Always' : 'IfNotPresent',
    ...(written(container) as Tree),
    ...(container.ports !== undefined && {
      ports: (container.ports as Tree[]).map((port) => ({ protocol: 'TCP', ...port })),
    }),
  }));
  return {
    ...body,
    metadata: {
      ...metadata,
      namespace,
      uid: 'b7a2',
      resourceVersion: '7',
      generation: 1,
      creationTimestamp: '2031-01-01T00:00:00Z',
    },
    spec: {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      ...spec,
      jobTemplate: {
        metadata: {},
        ...(written(template as unknown as Tree) as Tree),
        spec: {
          ...(written(template.spec as unknown as Tree) as Tree),
          template: {
            metadata: template.spec.template.metadata ?? {},
            spec: {
              ...POD,
              ...(written(pod) as Tree),
              ...(pod.serviceAccountName !== undefined && { serviceAccount: pod.serviceAccountName }),
              containers,
            },
          },
        },
      },
    },
    status: {},
  };
}

/** Whose keys stay when their values are empty. */
const MAPS = ['labels', 'annotations', 'nodeSelector'];
const AMOUNTS = ['limits', 'requests'];
const USUAL: Readonly<Record<string, string>> = {
  '1000m': '1',
  '0.5': '500m',
  '1024Mi': '1Gi',
  '2048Ki': '2Mi',
  '1e3': '1k',
  '0.5e1': '5',
};

/** Without what Go leaves out (omitempty), with amounts in their usual form. */
function written(value: Json): Json {
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map(written);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value as Tree)
      .filter(([key, part]) => part !== null && part !== '' && !isEmpty(part, key))
      .map(([key, part]) => [
        key,
        MAPS.includes(key) ? part : AMOUNTS.includes(key) ? amounts(part as Tree) : written(part),
      ]),
  );
}

function isEmpty(value: Json, key: string): boolean {
  return (
    (Array.isArray(value) && value.length === 0) ||
    (typeof value === 'object' && Object.keys(value as Tree).length === 0 && key !== 'emptyDir')
  );
}

function amounts(some: Tree): Tree {
  return Object.fromEntries(Object.entries(some).map(([key, text]) => [key, USUAL[String(text)] ?? text]));
}

/** A JSON merge patch as RFC 7396 §2 applies it. */
export function applied(target: Json | undefined, patch: Json): Json {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) {
    return patch;
  }
  const result = new Map(
    Object.entries(target !== null && typeof target === 'object' && !Array.isArray(target) ? (target as Tree) : {}),
  );
  for (const [key, value] of Object.entries(patch as Tree)) {
    if (value === null) {
      result.delete(key);
    } else {
      result.set(key, applied(result.get(key), value));
    }
  }
  return Object.fromEntries(result);
}
