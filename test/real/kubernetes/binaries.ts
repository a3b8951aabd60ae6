/** The programs of a Kubernetes control plane: built from Go modules once, then kept outside the checkout. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';

const KUBERNETES = '1.36.3';
const ETCD = '3.6.16';
const KWOK = '0.8.0';
/** What k8s.io/kubernetes 1.36 asks for in its go.mod. */
const GO = { major: 1, minor: 26 };

export const PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
] as const;
export type Program = (typeof PROGRAMS)[number];

/** One module and the programs that are taken from it. */
interface Recipe {
  readonly module: string;
  readonly version: string;
  readonly packages: Partial<Readonly<Record<Program, string>>>;
  /** What the linker writes into variables. */
  readonly variables: readonly string[];
}

/** kube-apiserver says its version from these; without them it calls itself v0.0.0-master. */
const VERSION = 'k8s.io/component-base/version';
const [major, minor] = KUBERNETES.split('.');

const RECIPES: readonly Recipe[] = [
  {
    module: 'go.etcd.io/etcd/server/v3',
    version: `v${ETCD}`,
    packages: { etcd: 'go.etcd.io/etcd/server/v3' },
    variables: [],
  },
  {
    module: 'k8s.io/kubernetes',
    version: `v${KUBERNETES}`,
    packages: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    },
    variables: [`${VERSION}.gitVersion=v${KUBERNETES}`, `${VERSION}.gitMajor=${major}`, `${VERSION}.gitMinor=${minor}`],
  },
  {
    module: 'sigs.k8s.io/kwok',
    version: `v${KWOK}`,
    packages: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
    variables: [`sigs.k8s.io/kwok/pkg/consts.Version=v${KWOK}`],
  },
];

/** A line of progress: the first build takes minutes in which nothing else is seen. */
function say(line: string): void {
  process.stderr.write(`kubernetes: ${line}\n`);
}

/**
 * The path of each program. What is missing is built, for about ten minutes on two cores with an empty Go cache; two
 * processes that ask at once build one after the other. Throws when Go is missing or too old, or a build fails.
 */
export async function findPrograms(): Promise<Readonly<Record<Program, string>>> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sched-test');
  const folder = join(cache, `kubernetes-${KUBERNETES}-etcd-${ETCD}-kwok-${KWOK}`);
  mkdirSync(folder, { recursive: true });
  const programs = Object.fromEntries(PROGRAMS.map((name) => [name, join(folder, name)])) as Record<Program, string>;
  if (!PROGRAMS.every((name) => existsSync(programs[name]))) {
    await alone(join(folder, 'lock.db'), () => buildMissing(folder));
  }
  return programs;
}

/** Runs the action while no other process does. The lock is SQLite's: it ends with the process, however that ends. */
async function alone(file: string, action: () => Promise<void>): Promise<void> {
  const lock = new Database(file, { timeout: 0 });
  try {
    for (let told = false; !taken(lock); told = true) {
      if (!told) {
        say('another process is building; waiting for it');
      }
      await sleep(500);
    }
    await action();
  } finally {
    lock.close();
  }
}

function taken(lock: Database.Database): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      return false;
    }
    throw error;
  }
}

async function buildMissing(folder: string): Promise<void> {
  const missing = PROGRAMS.filter((name) => !existsSync(join(folder, name)));
  if (missing.length === 0) {
    return;
  }
  await demandGo();
  say(`building ${missing.join(', ')} into ${folder}`);
  for (const recipe of RECIPES) {
    const wanted = Object.entries(recipe.packages).filter(([name]) => missing.includes(name as Program));
    if (wanted.length > 0) {
      const source = mkdtempSync(join(folder, 'source-'));
      try {
        await timed(`finding the modules of ${recipe.module} ${recipe.version}`, () => prepare(recipe, source));
        for (const [name, path] of wanted) {
          await timed(`building ${name}`, () => build(recipe, source, path, join(folder, name)));
        }
      } finally {
        rmSync(source, { recursive: true, force: true });
      }
    }
  }
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const start = performance.now();
  const seconds = (): string => `${Math.round((performance.now() - start) / 1000)} s`;
  say(`${what} …`);
  const clock = setInterval(() => say(`${what}: ${seconds()} so far`), 60_000);
  try {
    await work();
  } finally {
    clearInterval(clock);
  }
  say(`${what}: ${seconds()}`);
}

/** A folder with a module of its own that needs the programs' module, so that `go build` can build them. */
async function prepare({ module, version, packages }: Recipe, folder: string): Promise<void> {
  await go(folder, 'mod', 'init', 'control-plane');
  const { GoMod: file } = JSON.parse(await go(folder, 'mod', 'download', '-json', `${module}@${version}`)) as {
    readonly GoMod: string;
  };
  // Kubernetes names its staging modules v0.0.0 and replaces them by folders of its own repository, which no module
  // carries; the same code is published under v0.MINOR.PATCH.
  const staging = [...readFileSync(file, 'utf8').matchAll(/^\s*(\S+) v0\.0\.0(?:\s|$)/gm)].map(([, name]) => name);
  if (staging.length > 0) {
    const published = version.replace(/^v1\./, 'v0.');
    await go(folder, 'mod', 'edit', ...staging.map((name) => `-replace=${name}=${name}@${published}`));
  }
  await go(folder, 'get', '-tool', ...Object.values(packages).map((path) => `${path}@${version}`));
}

async function build(recipe: Recipe, source: string, path: string, target: string): Promise<void> {
  const part = `${target}.${process.pid}.part`;
  const linker = ['-s', '-w', ...recipe.variables.map((variable) => `-X ${variable}`)].join(' ');
  try {
    await go(source, 'build', '-trimpath', '-buildvcs=false', '-ldflags', linker, '-o', part, path);
    renameSync(part, target);
  } finally {
    rmSync(part, { force: true });
  }
}

async function demandGo(): Promise<void> {
  const wanted = `Go ${GO.major}.${GO.minor} or newer (https://go.dev/dl)`;
  const found = await go('.', 'env', 'GOVERSION').catch((error: unknown) => {
    throw new Error(`The control plane is built with Go, and \`go\` cannot be started. Install ${wanted}.`, {
      cause: error,
    });
  });
  const [, first, second] = /^go(\d+)\.(\d+)/.exec(found) ?? [];
  if (Number(first) < GO.major || (Number(first) === GO.major && Number(second) < GO.minor)) {
    throw new Error(`The control plane is built with Go, and \`go\` is ${found.trim()}. Install ${wanted}.`);
  }
}

/** What `go` writes to standard output; throws with the end of what it complains about. */
function go(folder: string, ...words: readonly string[]): Promise<string> {
  const child: ChildProcess = spawn('go', words, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // The user's proxy and caches count; what would change the result does not.
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOTOOLCHAIN: 'local', GOWORK: 'off' },
  });
  const pieces: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (piece: string) => {
      pieces[stream] += piece;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve(pieces.stdout);
        return;
      }
      const end = pieces.stderr.split('\n').slice(-20).join('\n');
      reject(new Error(`go ${words.slice(0, 2).join(' ')} ended with ${code ?? signal} in ${folder}:\n${end}`));
    });
  });
}
