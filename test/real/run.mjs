// npm run test:real [-- FLAVOR …] [jest options]: the tests against real servers, one file for each flavor
// (test/real/FLAVOR.test.ts), one file at a time. Without a flavor, all of them. A file that is named must exist.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, '..', '..');
const suffix = '.test.ts';
const known = readdirSync(folder)
  .filter((name) => name.endsWith(suffix))
  .map((name) => name.slice(0, -suffix.length));
const words = process.argv.slice(2);
const options = words.filter((word) => word.startsWith('-'));
const named = words.filter((word) => !word.startsWith('-'));
const unknown = named.filter((name) => !known.includes(name));
const chosen = named.length > 0 ? named : known;

if (unknown.length > 0) {
  console.error(`No real-server test for: ${unknown.join(', ')}. There is: ${known.join(', ') || 'none'}.`);
  process.exitCode = 2;
} else if (chosen.length === 0) {
  console.log('There are no real-server tests: nothing to run.');
} else {
  const { status } = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules/jest/bin/jest.js'),
      '--config',
      join(root, 'test/jest.config.js'),
      '--testPathIgnorePatterns=/node_modules/',
      '--runInBand',
      ...options,
      '--runTestsByPath',
      ...chosen.map((name) => join(folder, name + suffix)),
    ],
    { cwd: root, stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
}
