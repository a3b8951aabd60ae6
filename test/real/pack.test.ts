import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
/** Compiling better-sqlite3 on a busy machine. Milliseconds. */
const LONG = 900_000;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** What `npm pack` makes, installed globally into an empty prefix by someone with an empty home. */
describe('the package', () => {
  let scratch: string;
  let packed: Packed;
  let env: Record<string, string>;

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'sched-pack-'));
    const [home, prefix] = [join(scratch, 'home'), join(scratch, 'prefix')];
    mkdirSync(home);
    mkdirSync(prefix);
    env = {
      ...inherited(),
      HOME: home,
      PATH: `${join(prefix, 'bin')}${delimiter}${process.env.PATH ?? ''}`,
    };
    const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch];
    const [first] = JSON.parse(execFileSync('npm', words, { cwd: ROOT, env, encoding: 'utf8' })) as Packed[];
    if (first === undefined) {
      throw new Error('npm pack made nothing');
    }
    packed = first;
    const tarball = join(scratch, packed.filename);
    await run('npm', ['install', '--global', '--prefix', prefix, ...agreement(), tarball], {
      cwd: scratch,
      env: { ...env, ...headersBesideNode() },
    });
  }, LONG);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** Standard output of `sched`, found in the path as a user's shell finds it. */
  async function sched(...words: string[]): Promise<string> {
    return (await run('sched', words, { cwd: scratch, env })).stdout;
  }

  test('ships the program, its completions and its papers, and nothing else', () => {
    const shipped = packed.files.map(({ path }) => path);
    const folders = new Map<string, { files: number; bytes: number }>();
    for (const { path, size } of packed.files) {
      const folder = path.includes('/') ? dirname(path) : path;
      const { files = 0, bytes = 0 } = folders.get(folder) ?? {};
      folders.set(folder, { files: files + 1, bytes: bytes + size });
    }
    const lines = [...folders].map(([folder, { files, bytes }]) => `${bytes} bytes in ${files}: ${folder}`);
    process.stdout.write(
      `${packed.filename}: ${packed.size} bytes, ${packed.unpackedSize} unpacked\n${lines.join('\n')}\n`,
    );
    expect(shipped.filter((path) => !/^dist\/[\w-]+\.cjs(\.cache)?$/.test(path)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'bin/sched.cjs',
      'completions/_sched',
      'completions/sched.bash',
      'completions/sched.fish',
      'dist/third-party-licenses.txt',
      'package.json',
    ]);
    expect(packed.size).toBeLessThan(1_000_000);
  });

  test('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(await sched('--version')).toBe(`${version}\n`);
  });

  test('keeps a schedule, fires it once and shows the run', async () => {
    const at = new Date(Date.now() + 1500).toISOString();
    expect(await sched('create', 'hello', '--at', at, '--catchup', 'last', '--', 'echo', 'hello there')).toContain(
      'Created hello',
    );
    expect(await sched('list', '-o', 'name')).toBe('hello\n');
    await sleep(2500);
    await sched('agent', '--once');
    const { items } = JSON.parse(await sched('runs', 'hello', '-o', 'json'));
    expect(items).toMatchObject([{ status: 'succeeded', exit_code: 0 }]);
    expect(await sched('logs', 'hello')).toBe('hello there\n');
    expect(statSync(join(env.HOME ?? '', '.local/share/sched/registry.db')).mode & 0o777).toBe(0o600);
  });

  test('says nothing of its own while it is asked for help', async () => {
    expect((await run('sched', ['--help'], { cwd: scratch, env })).stderr).toBe('');
  });
});

/** The caller's environment without what npm adds to its scripts and without the settings of sched. */
function inherited(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|SCHED_|XDG_|INIT_CWD$)/i.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']));
}

/** As the README says: where nothing but packages can be had, the compiler needs to know the headers that lie beside Node. */
function headersBesideNode(): Record<string, string> {
  const prefix = resolve(process.execPath, '../..');
  return existsSync(join(prefix, 'include/node/node_version.h')) ? { npm_config_nodedir: prefix } : {};
}

/** npm 11 asks for agreement to install scripts; older ones do not know the option. */
function agreement(): readonly string[] {
  const major = Number(execFileSync('npm', ['--version'], { encoding: 'utf8' }).split('.')[0]);
  return major >= 11 ? ['--allow-scripts=better-sqlite3'] : [];
}
