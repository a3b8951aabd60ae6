import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { SchedError } from '../errors.js';
import { nearest } from '../nearest.js';

const KEYS = ['ca-file', 'naming', 'orchestrator', 'output', 'registry', 'timezone'] as const;
type ConfigurationKey = (typeof KEYS)[number];
const PATHS: ReadonlySet<ConfigurationKey> = new Set(['ca-file', 'registry']);

/** A setting and where it was found: a variable's name or a file's path. */
interface Setting {
  readonly value: string;
  readonly source: string;
}

export interface Configuration {
  /** The nearest that is set: environment (`SCHED_…`), then project file, then user file. */
  get(key: ConfigurationKey): Setting | undefined;
  /** Said once on stderr: keys that mean nothing. */
  readonly warnings: readonly string[];
}

/** What settings are looked for in. */
export interface Place {
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Settings = ReadonlyMap<ConfigurationKey, Setting>;

/**
 * Reads `sched.yaml` (the first one upward from the working directory, not beyond the root of a Git checkout or the home folder) and
 * `$XDG_CONFIG_HOME/sched/config.yaml` where they exist. Throws USAGE naming the file when one is not what it should be.
 */
export async function loadConfiguration(place: Place): Promise<Configuration> {
  const warnings: string[] = [];
  const files: Settings[] = [];
  for (const file of [projectFile(place), userFile(place)]) {
    if (file !== undefined) {
      files.push(await readSettings(file, warnings));
    }
  }
  return {
    get(key) {
      const variable = `SCHED_${key.toUpperCase().replaceAll('-', '_')}`;
      const value = place.env[variable];
      return value ? { value, source: variable } : files.find((settings) => settings.has(key))?.get(key);
    },
    warnings,
  };
}

function projectFile({ cwd, env }: Place): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, 'sched.yaml');
    if (existsSync(file)) {
      return file;
    }
    if (folder === env.HOME || folder === dirname(folder) || existsSync(join(folder, '.git'))) {
      return undefined;
    }
  }
}

function userFile({ env }: Place): string | undefined {
  const base = absolute(env.XDG_CONFIG_HOME) ?? within(homeFolder(env), '.config');
  const file = within(base, 'sched', 'config.yaml');
  return file !== undefined && existsSync(file) ? file : undefined;
}

async function readSettings(file: string, warnings: string[]): Promise<Settings> {
  const { fromYaml } = await import('./lazy/yaml.js');
  const tree = fromYaml(readTextFile(file), file) ?? {};
  if (typeof tree !== 'object' || Array.isArray(tree)) {
    throw new SchedError('USAGE', `${file} must be a list of settings such as "timezone: Europe/Berlin".`);
  }
  const settings = new Map<ConfigurationKey, Setting>();
  for (const [key, value] of Object.entries(tree)) {
    if (!isKey(key)) {
      const [guess] = nearest(key, KEYS, 1);
      warnings.push(
        `${file}: ${key} is not a setting${guess === undefined ? '' : `; did you mean ${guess}?`} (${KEYS.join(', ')})`,
      );
    } else if (typeof value === 'string' && value !== '') {
      // A path in a file is meant from where the file stands.
      settings.set(key, { value: PATHS.has(key) ? resolve(dirname(file), value) : value, source: file });
    } else {
      throw new SchedError('USAGE', `${file}: ${key} must be text.`);
    }
  }
  return settings;
}

/** A text file's content. Throws USAGE naming the file. */
export function readTextFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SchedError('USAGE', `${file} cannot be read.`, { cause: error });
  }
}

function isKey(key: string): key is ConfigurationKey {
  return (KEYS as readonly string[]).includes(key);
}

/**
 * Where the registry is: `flag`, then `SCHED_REGISTRY` and the files, then `$XDG_DATA_HOME/sched/registry.db`, then
 * `~/.local/share/sched/registry.db`. Throws USAGE naming `--registry` when there is no home folder.
 */
export function registryFile(
  flag: string | undefined,
  configuration: Pick<Configuration, 'get'>,
  place: Place,
): string {
  const chosen = flag ?? configuration.get('registry')?.value;
  if (chosen !== undefined) {
    return resolve(place.cwd, chosen);
  }
  const base = absolute(place.env.XDG_DATA_HOME) ?? within(homeFolder(place.env), '.local', 'share');
  const file = within(base, 'sched', 'registry.db');
  if (file === undefined) {
    throw new SchedError('USAGE', 'There is no home folder to keep the registry in: HOME is not set.', {
      hint: 'Name a file: --registry FILE, or SCHED_REGISTRY=FILE',
    });
  }
  return file;
}

/** Where the certificates are that are trusted beside the usual ones: `flag`, then `SCHED_CA_FILE` and the files, else nowhere. */
export function certificateFile(
  flag: string | undefined,
  configuration: Pick<Configuration, 'get'>,
  { cwd }: Place,
): string | undefined {
  const chosen = flag ?? configuration.get('ca-file')?.value;
  return chosen === undefined ? undefined : resolve(cwd, chosen);
}

/** The XDG specification ignores relative paths. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

function within(folder: string | undefined, ...names: readonly string[]): string | undefined {
  return folder === undefined ? undefined : join(folder, ...names);
}

function homeFolder(env: Place['env']): string | undefined {
  if (env.HOME) {
    return absolute(env.HOME);
  }
  try {
    return absolute(userInfo().homedir);
  } catch {
    // No such user in the password file (a container with a bare uid).
    return undefined;
  }
}
