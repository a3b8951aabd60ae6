// npm's `dependencies` script of this checkout (after node_modules has changed): sees to it that better-sqlite3's native code fits this Node.
// When it does, nothing happens. Otherwise the package's own install script runs (a prebuilt file from the net, or else the
// compiler), told of the C++ headers that lie beside this Node, if they do: then compiling needs no download.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('better-sqlite3/package.json'));

if (!loads()) {
  const { npm_execpath: npm, npm_config_nodedir: named } = process.env;
  if (npm === undefined) throw new Error('Start this with: npm run dependencies');
  // A setting may name the headers of another Node, so those that are this one's for certain go first.
  const headers = headersBesideNode() ?? named;
  // At loglevel error, since npm warns of every setting it does not know itself, and nodedir is node-gyp's.
  const { status, stdout, stderr } = spawnSync(process.execPath, [npm, 'run', '--loglevel=error', 'install'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
    env: { JOBS: 'max', ...process.env, ...(headers === undefined ? {} : { npm_config_nodedir: headers }) },
  });
  if (status !== 0 || !loads()) {
    process.stderr.write(`${stdout}${stderr}better-sqlite3 could not be built for Node ${process.versions.node}.\n`);
    process.exitCode = 1;
  }
}

/** Whether a database can be opened, asked of a new process: one that failed to load native code does not try again. */
function loads() {
  const opening = 'new (require(process.argv[1]))(":memory:").close()';
  return spawnSync(process.execPath, ['-e', opening, folder], { stdio: 'ignore' }).status === 0;
}

/** The folder above include/node beside this Node, if the headers in it are this very Node's (a distribution's may be another's). */
function headersBesideNode() {
  const prefix = resolve(process.execPath, '../..');
  try {
    const header = readFileSync(join(prefix, 'include/node/node_version.h'), 'utf8');
    const parts = ['MAJOR', 'MINOR', 'PATCH'].map((part) => header.match(`NODE_${part}_VERSION (\\d+)`)?.[1]);
    return parts.join('.') === process.versions.node ? prefix : undefined;
  } catch {
    return undefined;
  }
}
