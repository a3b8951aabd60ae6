import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openDatabase } from '../../src/database/open.js';
import { MIGRATIONS } from '../../src/registry/migrations/index.js';
import { registrySchema } from '../../src/registry/open.js';
import { inScratch, LOCAL, NOW } from '../registry/support.js';
import { dumpSchema } from './dump.js';

const SCHEMA = registrySchema(LOCAL, NOW);
const DUMPS = readdirSync('test/schemas').filter((name) => name.endsWith('.sql'));

function dump(file: string): string {
  const handle = openDatabase(file, { mode: 'write', kind: 'registry', ...SCHEMA });
  try {
    return dumpSchema(handle);
  } finally {
    handle.close();
  }
}

test('every version has its dump, and versions go up in tens', () => {
  const versions = MIGRATIONS.map(({ number }) => number);
  expect(DUMPS.sort()).toEqual(versions.map((version) => `${String(version).padStart(4, '0')}.sql`));
  expect(versions).toEqual(versions.map((_, index) => (index + 1) * 10));
});

test('a new registry is what the newest dump says', () =>
  inScratch((folder) => {
    expect(dump(join(folder, 'new.db'))).toBe(readFileSync(`test/schemas/${DUMPS.sort().at(-1)}`, 'utf8'));
  }));

test.each(DUMPS)('a registry of %s becomes equal to a new one', (name) =>
  inScratch((folder) => {
    const old = join(folder, 'old.db');
    // Made by SQLite alone, as a file of that version was.
    const handle = openDatabase(old, {
      mode: 'write',
      kind: 'registry',
      applicationId: SCHEMA.applicationId,
      migrations: [{ number: 1, sql: '' }],
    });
    handle.exec(readFileSync(`test/schemas/${name}`, 'utf8'));
    handle.close();
    expect(dump(old)).toBe(dump(join(folder, 'new.db')));
  }),
);
