// Bundles src/cli/main.ts into dist/: one CommonJS file that starts the program, and one file for each part of it
// that is reached only by a dynamic import(), so that a part nobody asked for is neither read nor parsed.
// Run with --readable for names and line breaks as written (stack traces). The compiler only checks types.
import { mkdir, rm, writeFile } from 'node:fs/promises';
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
});

refuseNamelessImports(bundle.metafile);

await rm(output, { recursive: true, force: true });
await mkdir(output, { recursive: true });
const names = bundle.outputFiles.map((file) => basename(file.path));
for (const file of bundle.outputFiles) {
  const { code } = await transform(requireChunks(file.text, names), { ...shared, format: 'cjs' });
  await writeFile(file.path, code);
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
