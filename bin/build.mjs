// Bundles src/cli/main.ts into dist/: one CommonJS file that starts the program, and one file for each part of it
// that is reached only by a dynamic import(), so that a part nobody asked for is neither read nor parsed.
// Then the built program writes its completion scripts into completions/.
// Run with --readable for names and line breaks as written (stack traces). The compiler only checks types.
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const output = join(root, 'dist');
const shared = {
  platform: 'node',
  target: 'node20',
  minify: !process.argv.includes('--readable'),
  legalComments: 'none',
};

// esbuild splits only ES modules; each split file is then turned into CommonJS, which starts faster.
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
  // Installed beside the program instead of bundled: native code.
  external: ['better-sqlite3'],
  plugins: [commanderStartsNothing(), plainTextIsMeasuredPlainly()],
});

refuseNamelessImports(bundle.metafile);

// A program that starts meanwhile finds the old build or the new one: parts are named by their contents, the entry is moved
// into place when they stand, and what the new entry does not reach goes last.
await mkdir(output, { recursive: true });
const names = bundle.outputFiles.map((file) => basename(file.path));
const entryLast = bundle.outputFiles.toSorted((one, other) => isEntry(one) - isEntry(other));
for (const file of entryLast) {
  const { code } = await transform(requireChunks(file.text, names), { ...shared, format: 'cjs' });
  const draft = `${file.path}.${process.pid}`;
  await writeFile(draft, code);
  await rename(draft, file.path);
}
for (const name of await readdir(output)) {
  if (name.endsWith('.cjs') && !names.includes(name)) await rm(join(output, name), { force: true });
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

/** 1 for the file that the program starts with, 0 for any other. */
function isEntry(file) {
  return Number(basename(file.path) === 'main.cjs');
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
