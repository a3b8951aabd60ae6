// Bundles src/cli/main.ts into dist/. Each part that is reached by a dynamic import() only stays a function that is not called until
// then; all of them lie in one file, since every file costs a start 0.4 ms, except large packages, which have files of their own. Beside
// it lies V8's code cache, made after some commands have run: a start then compiles next to nothing. Node refuses a cache that is not
// its own version's, and compiles as ever.
// Then the built program writes its completion scripts into completions/.
// Run with --readable for names and line breaks as written (stack traces). The compiler only checks types.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { build, transform } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const output = join(root, 'dist');
const shared = {
  platform: 'node',
  target: 'node20',
  minify: !process.argv.includes('--readable'),
  legalComments: 'none',
};
/** Calls a part when it is first required; what is no part is a package, or a large part's file. */
const linkParts = `function link(parts,outer){
  var made={};
  function need(name){
    if(made[name])return made[name].exports;
    var part=parts[name]||(name.slice(0,2)==='./'?outer(name):undefined);
    if(!part)return outer(name);
    var module=made[name]={exports:{}};
    part(module.exports,need,module);
    return module.exports;
  }
  need.resolve=outer.resolve;
  return need('./main.cjs');
}`;
/** What the bundled packages ask to be shipped with. */
const LICENSES = 'third-party-licenses.txt';
/** A part with so many bytes of packages has a file of its own. */
const LARGE = 45_000;

// esbuild splits only ES modules; each part is then turned into CommonJS, which starts faster.
const bundle = await build({
  ...shared,
  entryPoints: [join(root, 'src/cli/main.ts')],
  absWorkingDir: root,
  outdir: output,
  outExtension: { '.js': '.cjs' },
  chunkNames: '[name]-[hash]',
  format: 'esm',
  bundle: true,
  splitting: true,
  write: false,
  metafile: true,
  // Installed beside the program instead of bundled: better-sqlite3's native code.
  external: ['better-sqlite3/*'],
  plugins: [commanderStartsNothing(), plainTextIsMeasuredPlainly(), nativeCodeStaysInItsPackage()],
});

refuseNamelessImports(bundle.metafile);

const names = bundle.outputFiles.map((file) => basename(file.path));
const parts = await Promise.all(
  bundle.outputFiles.map(async (file) => {
    const name = basename(file.path);
    const { code } = await transform(requireChunks(file.text, names), { ...shared, format: 'cjs' });
    const factory = `function(exports,require,module){${code}\n}`;
    return { name, factory, large: packageBytes(bundle.metafile, name) > LARGE };
  }),
);
const small = parts
  .filter(({ large }) => !large)
  .map(({ name, factory }) => `${JSON.stringify(`./${name}`)}:${factory}`);
const text = `(function(outer){${linkParts}return link({${small.join(',\n')}},outer)})`;
const program = `program-${createHash('sha256').update(text).digest('hex').slice(0, 12)}.cjs`;

// A program that starts meanwhile finds the old build or the new one: files are named by their contents, the entry is moved into place
// when they stand, and what it does not reach goes last.
await mkdir(output, { recursive: true });
for (const { name, factory } of parts.filter(({ large }) => large)) {
  await put(name, `module.exports=${factory}`);
}
await put(program, text);
await put(`${program}.cache`, await codeCache(join(output, program), text));
await put('main.cjs', entry(program));
await put(LICENSES, await licenses(bundle.metafile));
const kept = [
  'main.cjs',
  LICENSES,
  program,
  `${program}.cache`,
  ...parts.filter(({ large }) => large).map(({ name }) => name),
];
for (const name of await readdir(output)) {
  if (!kept.includes(name)) await rm(join(output, name), { recursive: true, force: true });
}

const completions = join(root, 'completions');
await mkdir(completions, { recursive: true });
for (const [shell, name] of Object.entries({ bash: 'sched.bash', fish: 'sched.fish', zsh: '_sched' })) {
  const script = execFileSync(process.execPath, [join(root, 'bin/sched.cjs'), 'completion', shell]);
  await writeFile(join(completions, name), script);
}

/** Commander loads node:child_process for commands that are programs of their own; there are none, and it costs each start 1.5 ms. */
function commanderStartsNothing() {
  return {
    name: 'commander-starts-nothing',
    setup(builder) {
      builder.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
        importer.includes(join('node_modules', 'commander')) ? { path: 'nothing', namespace: 'empty' } : undefined,
      );
      builder.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {};' }));
    },
  };
}

/** cli-table3 measures every cell with string-width, whose patterns take 5 ms to set up; printable ASCII is as wide as it is long. */
function plainTextIsMeasuredPlainly() {
  return {
    name: 'plain-text-is-measured-plainly',
    setup(builder) {
      builder.onResolve({ filter: /^string-width$/ }, ({ importer, resolveDir }) =>
        importer.includes(join('node_modules', 'cli-table3'))
          ? { path: 'width', namespace: 'plain', pluginData: resolveDir }
          : undefined,
      );
      builder.onLoad({ filter: /.*/, namespace: 'plain' }, ({ pluginData }) => ({
        contents: `module.exports = (text) => (/^[ -~]*$/.test(text) ? text.length : require('string-width')(text));`,
        resolveDir: pluginData,
      }));
    },
  };
}

/**
 * better-sqlite3's JavaScript is bundled, since its dozen of files cost each start 5 ms. Its native code is asked for where npm puts it;
 * where it is not, the package's own search goes on, told of the folder that it would take from the name of its caller's file.
 */
function nativeCodeStaysInItsPackage() {
  return {
    name: 'native-code-stays-in-its-package',
    setup(builder) {
      builder.onResolve({ filter: /^bindings$/ }, ({ importer }) =>
        importer.includes(join('node_modules', 'better-sqlite3'))
          ? { path: 'search', namespace: 'native', pluginData: dirname(importer) }
          : undefined,
      );
      builder.onLoad({ filter: /.*/, namespace: 'native' }, ({ pluginData }) => ({
        contents: `module.exports = () => {
          try {
            return require('better-sqlite3/build/Release/better_sqlite3.node');
          } catch (error) {
            if (error.code !== 'MODULE_NOT_FOUND') throw error;
            const manifest = require.resolve('better-sqlite3/package.json');
            const search = require('module').createRequire(manifest)('bindings');
            return search({ bindings: 'better_sqlite3.node', module_root: require('path').dirname(manifest) });
          }
        };`,
        resolveDir: pluginData,
      }));
    },
  };
}

/** The licence of each bundled package, by name. Throws when a package has none: then it must not be shipped. */
async function licenses({ inputs }) {
  const folders = new Set(
    Object.keys(inputs).flatMap((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []),
  );
  const texts = await Promise.all(
    [...folders].sort().map(async (folder) => {
      const file = (await readdir(join(root, folder))).find((name) => /^licen[cs]e/i.test(name));
      if (file === undefined) throw new Error(`${folder} is bundled and has no licence file.`);
      return `${folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)}\n\n${await readFile(join(root, folder, file), 'utf8')}`;
    }),
  );
  return texts.join(`\n${'-'.repeat(80)}\n`);
}

/** How many bytes of an emitted file come from packages. */
function packageBytes({ outputs }, name) {
  const [, { inputs }] = Object.entries(outputs).find(([path]) => basename(path) === name);
  const taken = Object.entries(inputs).filter(([path]) => path.includes('node_modules/'));
  return taken.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
}

async function put(name, content) {
  const draft = join(output, `${name}.${process.pid}`);
  await writeFile(draft, content);
  await rename(draft, join(output, name));
}

/** Makes the lazy imports between the emitted files plain requires, made when the import() is reached. */
function requireChunks(code, chunks) {
  const lazyImport = /\bimport\(\s*"\.\/([^"/]+)"\s*\)/g;
  return code.replace(lazyImport, (text, name) =>
    chunks.includes(name) ? `Promise.resolve().then(()=>require("./${name}"))` : text,
  );
}

/**
 * Throws when a CommonJS package is the direct target of an import(): split off, it has a default export and none of
 * its names, so the sources would pass their tests and the built program would fail.
 */
function refuseNamelessImports({ inputs, outputs }) {
  const nameless = Object.values(outputs)
    .map((chunk) => chunk.entryPoint)
    .filter((entry) => entry !== undefined && inputs[entry]?.format === 'cjs');
  if (nameless.length > 0) {
    throw new Error(
      `import() of a CommonJS package loses its named exports in the build: ${nameless.join(', ')}. ` +
        'Import it statically in a module of its own and import() that module.',
    );
  }
}

/** dist/main.cjs: compiles the program from the cache and hands on what it exports. */
function entry(program) {
  return `'use strict';
var fs = require('fs');
var vm = require('vm');
var file = require('path').join(__dirname, '${program}');
var cachedData;
try {
  cachedData = fs.readFileSync(file + '.cache');
} catch (error) {
  // It starts without, only later.
}
module.exports = new vm.Script(fs.readFileSync(file, 'utf8'), {
  filename: file,
  cachedData: cachedData,
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
}).runInThisContext()(require);
`;
}

/** V8's code cache of the program, with the functions that were called by commands of every kind in a scratch home. */
async function codeCache(file, text) {
  const script = new vm.Script(text, {
    filename: file,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const { main } = script.runInThisContext()(createRequire(file));
  const home = await mkdtemp(join(tmpdir(), 'sched-build-'));
  const silent = {
    on: () => undefined,
    write: (_data, done) => {
      done();
      return true;
    },
  };
  const surface = {
    stdin: {},
    stdout: silent,
    stderr: silent,
    env: { HOME: home, TZ: 'UTC' },
    cwd: home,
    now: Date.now,
  };
  try {
    for (const line of ['--help', 'create a --cron @daily -- true', 'list', 'list -o json']) {
      await main(line.split(' '), surface);
    }
    return script.createCachedData();
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
