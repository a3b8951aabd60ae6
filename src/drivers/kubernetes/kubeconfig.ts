import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { load, YAMLException } from 'js-yaml';
import { SchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';
import type { Surroundings } from '../driver.js';
import { listAt, type Tree, textAt, treeAt } from './tree.js';

/** The part of a connection's settings that says which cluster, and as whom. */
export interface TargetSettings {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** A cluster and a user of it, as a kubeconfig describes them (kubectl's `clientcmd/api/v1`). Paths in it are absolute. */
export interface Target {
  /** How the two are called together: the context's name, or `in-cluster`. */
  readonly context: string;
  /** Where it is written, for sentences. */
  readonly source: string;
  /** Base URL without a slash at its end. */
  readonly server: string;
  /** Of the context; undefined where it names none. */
  readonly namespace: string | undefined;
  readonly cluster: Tree;
  readonly user: Tree;
  readonly userName: string;
}

type Environment = Surroundings['env'];
type Kind = 'clusters' | 'contexts' | 'users';

/** A kubeconfig's lists as maps by name, each entry with the file that it was read from. */
interface Kubeconfig {
  readonly current: string | undefined;
  entries(kind: Kind): ReadonlyMap<string, { readonly value: Tree; readonly file: string }>;
}

/** Where a pod finds its service account (kubernetes.io/docs/tasks/run-application/access-api-from-pod). */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Keys whose values are paths, relative to the file that they stand in. */
const PATHS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/**
 * Finds the cluster and the user that the settings mean: the kubeconfig named there, else KUBECONFIG (a list, of which the first to
 * say something is right, as with kubectl), else ~/.kube/config, else the pod's own service account. Files are read here, and
 * nothing is sent. Throws USAGE when there is nothing to read, or no such context, naming those that exist.
 */
export function findTarget(settings: TargetSettings, env: Environment, serviceAccount = SERVICE_ACCOUNT): Target {
  const files = kubeconfigFiles(settings.kubeconfig, env);
  const found = files.filter((file) => existsSync(file));
  if (found.length > 0) {
    return targetOf(merged(found), settings.context, found.join(delimiter));
  }
  const pod = settings.kubeconfig || settings.context ? undefined : podTarget(env, serviceAccount);
  if (pod !== undefined) {
    return pod;
  }
  throw new SchedError('USAGE', `There is no kubeconfig: ${files.join(', ') || 'HOME is not set'}.`, {
    hint: 'The setting kubeconfig names one, as does KUBECONFIG.',
  });
}

function kubeconfigFiles(setting: string | undefined, env: Environment): readonly string[] {
  const home = env.HOME || undefined;
  const named = (setting || env.KUBECONFIG || '').split(delimiter).filter((file) => file !== '');
  const files = named.map((file) => (file.startsWith('~/') && home !== undefined ? join(home, file.slice(2)) : file));
  const relative = setting ? files.find((file) => !isAbsolute(file)) : undefined;
  if (relative !== undefined) {
    throw new SchedError('USAGE', `The setting kubeconfig is an absolute path, not ${JSON.stringify(relative)}.`);
  }
  return files.length > 0 ? files : home === undefined ? [] : [join(home, '.kube', 'config')];
}

function merged(files: readonly string[]): Kubeconfig {
  const configs = files.map((file) => ({ file, config: parsed(file) }));
  return {
    current: configs.map(({ config }) => textAt(config, 'current-context')).find((name) => name),
    entries(kind) {
      const byName = new Map<string, { readonly value: Tree; readonly file: string }>();
      for (const { file, config } of configs) {
        for (const entry of listAt(config, kind)) {
          const name = textAt(entry, 'name') ?? '';
          if (!byName.has(name)) {
            byName.set(name, { value: treeAt(entry, kind.slice(0, -1)), file });
          }
        }
      }
      return byName;
    },
  };
}

function parsed(file: string): Json {
  let tree: unknown;
  try {
    tree = load(readFileSync(file, 'utf8'));
  } catch (error) {
    // Neither the parser's message nor its error: both quote lines, and a line may hold a token.
    const why =
      error instanceof YAMLException
        ? `is not valid YAML: line ${error.mark.line + 1}, ${error.reason}`
        : 'cannot be read';
    throw new SchedError(
      'USAGE',
      `The kubeconfig ${file} ${why}.`,
      error instanceof YAMLException ? {} : { cause: error },
    );
  }
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    throw new SchedError('USAGE', `${file} is no kubeconfig.`);
  }
  return tree as Json;
}

function targetOf(config: Kubeconfig, setting: string | undefined, source: string): Target {
  const contexts = config.entries('contexts');
  const name = setting || config.current;
  const known = [...contexts.keys()].sort().join(', ');
  const hint = known === '' ? 'It has none.' : `It has: ${known}.`;
  if (name === undefined) {
    throw new SchedError('USAGE', `${source} has no current context, and the setting context names none.`, { hint });
  }
  const context = contexts.get(name)?.value;
  if (context === undefined) {
    throw new SchedError('USAGE', `There is no context ${name} in ${source}.`, { hint });
  }
  const clusterName = textAt(context, 'cluster') ?? '';
  const cluster = config.entries('clusters').get(clusterName);
  const server = textAt(cluster?.value, 'server') ?? '';
  if (cluster === undefined || !/^https?:\/\/./.test(server) || !URL.canParse(server)) {
    const lack = cluster === undefined ? 'which is not there' : 'which has no server with an http or https URL';
    throw new SchedError(
      'USAGE',
      `Context ${name} of ${source} means the cluster ${JSON.stringify(clusterName)}, ${lack}.`,
    );
  }
  const userName = textAt(context, 'user') ?? '';
  const user = config.entries('users').get(userName);
  if (user === undefined && userName !== '') {
    throw new SchedError(
      'USAGE',
      `Context ${name} of ${source} means the user ${JSON.stringify(userName)}, who is not there.`,
    );
  }
  return {
    context: name,
    source,
    server: server.replace(/\/+$/, ''),
    namespace: textAt(context, 'namespace') || undefined,
    cluster: withAbsolutePaths(cluster.value, cluster.file),
    user: user === undefined ? {} : withAbsolutePaths(user.value, user.file),
    userName,
  };
}

/** kubectl takes a relative path from the folder of its file; a plugin's too, unless it is a bare name. */
function withAbsolutePaths(entry: Tree, file: string): Tree {
  const absolute = (path: string): string => resolve(dirname(file), path);
  const paths = PATHS.flatMap((key) => {
    const path = textAt(entry, key);
    return path ? [[key, absolute(path)] as const] : [];
  });
  const command = textAt(entry, 'exec', 'command') ?? '';
  const plugin = /[\\/]/.test(command) ? { exec: { ...treeAt(entry, 'exec'), command: absolute(command) } } : {};
  return { ...entry, ...Object.fromEntries(paths), ...plugin };
}

/** The cluster that this process is a pod of; undefined outside of one. */
function podTarget(env: Environment, folder: string): Target | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  const tokenFile = join(folder, 'token');
  if (!host || !port || !existsSync(tokenFile)) {
    return undefined;
  }
  const namespaceFile = join(folder, 'namespace');
  return {
    context: 'in-cluster',
    source: folder,
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    namespace: existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : undefined,
    cluster: { 'certificate-authority': join(folder, 'ca.crt') },
    user: { tokenFile },
    userName: 'service account',
  };
}
