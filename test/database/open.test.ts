import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { translated } from '../../src/database/database-error.js';
import { type DatabaseHandle, openDatabase } from '../../src/database/open.js';
import { FIRST, failure, fill, inScratch, options, SECOND } from './schema.js';

function mode(path: string): number {
  return statSync(path).mode & 0o777;
}

describe('a new file', () => {
  test('is for its owner only, in folders for their owner only, with a write-ahead log', () =>
    inScratch((folder) => {
      const file = join(folder, 'one', 'two', 'notes.db');
      const handle = openDatabase(file, options());
      expect([mode(file), mode(join(folder, 'one')), mode(join(folder, 'one', 'two')), mode(`${file}-wal`)]).toEqual([
        0o600, 0o700, 0o700, 0o600,
      ]);
      expect(handle.pragma('journal_mode', { simple: true })).toBe('wal');
      expect(handle.pragma('synchronous', { simple: true })).toBe(1);
      expect(handle.pragma('foreign_keys', { simple: true })).toBe(1);
      expect(handle.pragma('busy_timeout', { simple: true })).toBe(10_000);
      expect(handle.pragma('application_id', { simple: true })).toBe(0x1234);
      handle.close();
    }));

  test('leaves the mode of a folder that exists alone', () =>
    inScratch((folder) => {
      const existing = join(folder, 'existing');
      mkdirSync(existing);
      chmodSync(existing, 0o755);
      openDatabase(join(existing, 'notes.db'), options()).close();
      expect(mode(existing)).toBe(0o755);
    }));

  test('is filled once, with its tables', () =>
    inScratch((folder) => {
      const file = join(folder, 'notes.db');
      const seed = (handle: DatabaseHandle) => handle.exec("INSERT INTO notes (text) VALUES ('first')");
      openDatabase(file, options({ seed })).close();
      const handle = openDatabase(file, options({ seed, migrations: [FIRST, SECOND] }));
      expect(handle.prepare('SELECT text FROM notes').pluck().all()).toEqual(['first']);
      handle.close();
    }));

  test('may be one that something else made empty', () =>
    inScratch((folder) => {
      const file = join(folder, 'notes.db');
      writeFileSync(file, '');
      openDatabase(file, options()).close();
      expect(statSync(file).size).toBeGreaterThan(0);
    }));

  test('is never one of SQLite’s special names', () =>
    inScratch((folder) => {
      const home = process.cwd();
      process.chdir(folder);
      try {
        openDatabase(':memory:', options()).close();
        openDatabase('file:x?mode=memory', options()).close();
      } finally {
        process.chdir(home);
      }
      expect(statSync(join(folder, ':memory:')).size).toBeGreaterThan(0);
      expect(statSync(join(folder, 'file:x?mode=memory')).size).toBeGreaterThan(0);
    }));

  test('cannot be made below a file', () =>
    inScratch((folder) => {
      writeFileSync(join(folder, 'file'), '');
      expect(failure(() => openDatabase(join(folder, 'file', 'notes.db'), options()))).toMatchObject({
        code: 'REGISTRY',
        message: expect.stringContaining('cannot be made: its folder cannot be written'),
      });
    }));

  test('is not made by reading', () =>
    inScratch((folder) => {
      const file = join(folder, 'notes.db');
      expect(failure(() => openDatabase(file, options({ mode: 'read' })))).toMatchObject({
        code: 'REGISTRY',
        message: `There is no agent file at ${file}`,
      });
      expect(existsSync(file)).toBe(false);
    }));
});

describe('a file that is refused keeps every byte', () => {
  /** How `work` fails on the file that `make` leaves. */
  const refused = async (make: (file: string) => void, work: (file: string) => unknown) => {
    const found: ReturnType<typeof failure>[] = [];
    await inScratch((folder) => {
      const file = join(folder, 'notes.db');
      make(file);
      const before = readFileSync(file);
      found.push(failure(() => work(file)));
      expect(readFileSync(file).equals(before)).toBe(true);
    });
    return found[0];
  };
  const open = (file: string) => openDatabase(file, options());
  const read = (file: string) => {
    const handle = open(file);
    const notes = translated({ all: () => handle.prepare('SELECT * FROM notes').all() }, { file, kind: 'registry' });
    try {
      return notes.all();
    } finally {
      handle.close();
    }
  };

  test('a newer one', async () => {
    const newer = (file: string) => openDatabase(file, options({ migrations: [FIRST, SECOND] })).close();
    expect(await refused(newer, open)).toMatchObject({
      code: 'REGISTRY',
      message: expect.stringMatching(
        /^The agent file .* was made by a newer sched: this one reads up to version 10, it has 20$/,
      ),
      hint: 'Upgrade sched; the file stays as it is.',
    });
    expect(await refused(newer, (file) => openDatabase(file, options({ mode: 'read' })))).toMatchObject({
      code: 'REGISTRY',
    });
  });

  test('another program’s, marked or not', async () => {
    const another = (file: string) => openDatabase(file, options({ applicationId: 7 })).close();
    expect(await refused(another, open)).toMatchObject({
      code: 'REGISTRY',
      message: expect.stringMatching(/is another program's database, so it is no agent file$/),
    });
    const unmarked = (file: string) => openDatabase(file, options({ applicationId: 0 })).close();
    expect(await refused(unmarked, open)).toMatchObject({ code: 'REGISTRY' });
  });

  test('what is no database, long or short', async () => {
    for (const text of ['hello', 'x'.repeat(10_000)]) {
      expect(await refused((file) => writeFileSync(file, text), open)).toMatchObject({
        code: 'REGISTRY',
        message: expect.stringMatching(/is not a database, so it is no agent file$/),
      });
    }
  });

  test('a damaged one', async () => {
    const damage = (file: string) => {
      fill(file, 200);
      const bytes = readFileSync(file);
      bytes.fill(0xa5, 8192, 65_536);
      writeFileSync(file, bytes);
    };
    expect(await refused(damage, read)).toMatchObject({
      code: 'REGISTRY',
      message: expect.stringMatching(/^The registry .* is damaged; nothing was changed$/),
      hint: 'See `sched registry check`, then `sched restore BACKUP`.',
    });
  });

  test('one that lost its end', async () => {
    const cut = (file: string) => {
      fill(file, 200);
      truncateSync(file, 5000);
    };
    expect(await refused(cut, read)).toMatchObject({
      code: 'REGISTRY',
      message: expect.stringContaining('is damaged'),
    });
  });
});
