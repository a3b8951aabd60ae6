/**
 * What the server adds to a CronJob that does not say it (pkg/apis/core/v1/defaults.go and pkg/apis/batch/v1/defaults.go of
 * k8s.io/kubernetes), told from what others added.
 */
import type { Json } from '../../schedule.js';
import { isNothing, type Spot, same, TOP } from './covers.js';
import { isTree, type Tree, textAt } from './tree.js';

const ANYWHERE: Readonly<Record<string, Json>> = {
  concurrencyPolicy: 'Allow',
  divisor: '0',
  dnsPolicy: 'ClusterFirst',
  failedJobsHistoryLimit: 1,
  metadata: {},
  protocol: 'TCP',
  resources: {},
  schedulerName: 'default-scheduler',
  securityContext: {},
  successfulJobsHistoryLimit: 3,
  suspend: false,
  terminationGracePeriodSeconds: 30,
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  volumeMode: 'Filesystem',
};

const PROBE = { failureThreshold: 3, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1 };
const FILES = { defaultMode: 420 };

/** By the key of the object that they stand in. */
const WITHIN: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  configMap: FILES,
  downwardAPI: FILES,
  fieldRef: { apiVersion: 'v1' },
  httpGet: { path: '/', scheme: 'HTTP' },
  livenessProbe: PROBE,
  projected: FILES,
  readinessProbe: PROBE,
  secret: FILES,
  serviceAccountToken: { expirationSeconds: 3600 },
  startupProbe: PROBE,
};

/** True for a value that the server writes by itself under `key` of `parent`, which stands under `parentKey`. */
function isDefault(key: string, value: Json, parent: Tree, parentKey: string): boolean {
  if (isNothing(value, { key, parent: parentKey }) && !isTree(value)) {
    return true;
  }
  if (key === 'imagePullPolicy') {
    return value === pullPolicy(textAt(parent, 'image') ?? '');
  }
  if (key === 'serviceAccount') {
    return value === textAt(parent, 'serviceAccountName');
  }
  const usual = WITHIN[parentKey]?.[key] ?? (Object.hasOwn(ANYWHERE, key) ? ANYWHERE[key] : undefined);
  return usual !== undefined && same(usual, value);
}

/** How an image is pulled unless told: `Always` for a tag that moves: `latest`, or none. A digest never moves. */
export function pullPolicy(image: string): string {
  const name = image.slice(image.lastIndexOf('/') + 1);
  const [, tag] = /:([^@]*)$/.exec(name) ?? [];
  return !name.includes('@') && (tag === undefined || tag === 'latest') ? 'Always' : 'IfNotPresent';
}

/** The same without what the server adds by itself. */
export function withoutDefaults(value: Tree): Tree {
  return stripped(value, '') as Tree;
}

function stripped(value: Json, key: string): Json {
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map((item) => stripped(item, key));
  }
  if (!isTree(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, part]): [string, Json] => [name, stripped(part, name)])
      .filter(([name, part]) => !isDefault(name, part, value, key)),
  );
}

/** The paths, from `top` on, of what stands in `actual`, is not in `expected`, and is not the server's own. */
export function foreignPaths(expected: Json | undefined, actual: Json, top: string): string[] {
  const found: string[] = [];
  const path: (string | number)[] = [];

  function look(wanted: Json | undefined, standing: Json, key: string): void {
    if (Array.isArray(standing)) {
      if (Array.isArray(wanted) && wanted.length === standing.length) {
        for (let index = 0; index < standing.length; index += 1) {
          path.push(index);
          look(wanted[index], standing[index], key);
          path.pop();
        }
      }
    } else if (isTree(standing) && isTree(wanted)) {
      for (const name of Object.keys(standing)) {
        const value = standing[name] as Json;
        path.push(name);
        if (!Object.hasOwn(wanted, name)) {
          if (!isDefault(name, value, standing, key)) {
            found.push(pathText(top, actual, path));
          }
        } else if (typeof value === 'object') {
          look(wanted[name], value, name);
        }
        path.pop();
      }
    }
  }

  look(expected, actual, '');
  return found;
}

/** A path in the words of kubectl; an item of a list goes by its name where it has one. */
function pathText(top: string, root: Json, path: readonly (string | number)[]): string {
  let text = top;
  let value: Json | undefined = root;
  for (const key of path) {
    if (typeof key === 'number') {
      value = (value as readonly Json[])[key];
      text += `[${textAt(value, 'name') ?? key}]`;
    } else {
      value = (value as Tree)[key];
      text += /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    }
  }
  return text;
}

/**
 * `actual` with the keys of `expected` alone, and in the words of `expected` where the two say the same: what is left is what was
 * asked for, with each changed value in its place.
 */
export function shaped(expected: Json, actual: Json | undefined, spot: Spot = TOP): Json | undefined {
  if (same(expected, actual, spot)) {
    return expected;
  }
  if (isTree(expected) && isTree(actual)) {
    return Object.fromEntries(
      Object.entries(expected).flatMap(([name, value]): [string, Json][] => {
        const standing = Object.hasOwn(actual, name) ? actual[name] : undefined;
        const found = shaped(value, standing, { key: name, parent: spot.key });
        return found === undefined ? [] : [[name, found]];
      }),
    );
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const wanted: readonly Json[] = expected;
    const items = (actual as readonly Json[]).map((item, index) =>
      expected.length === actual.length ? (shaped(wanted[index] as Json, item) ?? item) : stripped(item, ''),
    );
    return items;
  }
  return actual === undefined ? undefined : stripped(actual, '');
}
