// npm's `dependencies` script of this checkout (after node_modules has changed): sees to it that better-sqlite3's native code fits this Node.
// When it does, nothing happens. Otherwise the package's own install script runs (a prebuilt file from the net, or else the
// compiler), told of the C++ headers that lie beside this Node, if they do: then compiling needs no download.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('better-sqlite3/package.json'));

if (!loads()) {
  const npm = process.env.npm_execpath;
  if (npm === undefined) throw new Error('Start this with: npm run dependencies');
  const scratch = mkdtempSync(join(tmpdir(), 'sched-native-'));
  // At loglevel error, since npm warns of every setting it does not know itself, and nodedir is node-gyp's.
  const { status, stdout, stderr } = spawnSync(process.execPath, [npm, 'run', '--loglevel=error', 'install'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
    env: { JOBS: 'max', ...process.env, ...compilation(scratch) },
  });
  rmSync(scratch, { recursive: true, force: true });
  if (status !== 0 || !loads()) {
    process.stderr.write(`${stdout}${stderr}better-sqlite3 could not be built for Node ${process.versions.node}.\n`);
    process.exitCode = 1;
  }
}

/**
 * Whether statements can be made and collected as garbage, asked of a new process: one that failed to load native code does not try
 * again, and one whose Node ends in a collection says so by its status.
 */
function loads() {
  const use = `const database = new (require(process.argv[1]))(':memory:');
    for (let number = 0; number < 1000; number += 1) database.prepare('SELECT ' + number).get();
    setImmediate(gc);`;
  return spawnSync(process.execPath, ['--expose-gc', '-e', use, folder], { stdio: 'ignore' }).status === 0;
}

/** What the compiler is told of the headers beside this Node, if they are this very Node's (a distribution's may be another's). */
function compilation(scratch) {
  const prefix = resolve(process.execPath, '../..');
  const headers = join(prefix, 'include/node');
  try {
    const version = readFileSync(join(headers, 'node_version.h'), 'utf8');
    const parts = ['MAJOR', 'MINOR', 'PATCH'].map((part) => version.match(`NODE_${part}_VERSION (\\d+)`)?.[1]);
    if (parts.join('.') !== process.versions.node) return {};
    return {
      npm_config_nodedir: prefix,
      ...withoutHooks(readFileSync(join(headers, 'node_object_wrap.h'), 'utf8'), scratch),
    };
  } catch {
    return {};
  }
}

/**
 * From 24.19 on, the base class that better-sqlite3 12 builds on asks Node for its environment when an object is collected, and the
 * process is aborted where there is none (nodejs/node, src/api/hooks.cc). The class without these two calls is read in place of it.
 */
function withoutHooks(header, scratch) {
  const calls = /^ *(?:Add|Remove)CleanupHook\(\);\n/gm;
  if (!calls.test(header)) return {};
  const file = join(scratch, 'node_object_wrap.h');
  writeFileSync(file, header.replace(calls, ''));
  return { CXXFLAGS: `${process.env.CXXFLAGS ?? ''} -include ${file}` };
}
