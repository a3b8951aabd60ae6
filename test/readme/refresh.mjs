// npm run readme: writes the generated sections of README.md anew (test/readme/sections.ts says what they are).
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const readme = join(here, '../../README.md');
// Inside the checkout, so that packages are found.
const scratch = mkdtempSync(join(here, '../../node_modules/.readme-'));
try {
  const outfile = join(scratch, 'sections.mjs');
  await build({
    entryPoints: [join(here, 'sections.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
  const { refreshReadme } = await import(pathToFileURL(outfile).href);
  writeFileSync(readme, refreshReadme(readFileSync(readme, 'utf8')));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
