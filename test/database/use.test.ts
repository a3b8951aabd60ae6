import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { translated } from '../../src/database/database-error.js';
import { type DatabaseHandle, openDatabase } from '../../src/database/open.js';
import { readJson, writing } from '../../src/database/statements.js';
import { buildWorker, startWorker } from './child.js';
import { FIRST, failure, fill, inScratch, options, SECOND } from './schema.js';

describe('a file that may only be read', () => {
  const built = mkdtempSync(join(tmpdir(), 'sched-worker-'));
  let worker = '';
  beforeAll(async () => {
    chmodSync(built, 0o755);
    worker = await buildWorker('test/database/workers/unprivileged.ts', built);
  });
  afterAll(() => rmSync(built, { recursive: true }));

  const asOther = (prepare: (file: string, folder: string) => undefined | (() => void)) => {
    let found: unknown;
    return inScratch(async (scratch) => {
      chmodSync(scratch, 0o755);
      const folder = join(scratch, 'data');
      mkdirSync(folder);
      const file = join(folder, 'notes.db');
      fill(file);
      const release = prepare(file, folder);
      found = await startWorker(worker, file, scratch).result;
      release?.();
      chmodSync(folder, 0o755);
    }).then(() => found);
  };
  const readOnly = {
    notes: ['x'],
    written: { code: 'SQLITE_READONLY', message: 'attempt to write a readonly database' },
  };

  test('with its folder', async () => {
    const found = await asOther((file, folder) => {
      chmodSync(file, 0o444);
      chmodSync(folder, 0o555);
      return undefined;
    });
    expect(found).toEqual(readOnly);
  });

  test('in a folder that may be written', async () => {
    const found = await asOther((file, folder) => {
      chmodSync(file, 0o444);
      chmodSync(folder, 0o777);
      return undefined;
    });
    expect(found).toEqual(readOnly);
  });

  test('while another process writes it, with what that has just written', async () => {
    const found = await asOther((file, folder) => {
      chmodSync(file, 0o644);
      const writer = openDatabase(file, options());
      writer.exec("INSERT INTO notes (text) VALUES ('new')");
      chmodSync(folder, 0o555);
      chmodSync(file, 0o444);
      return () => writer.close();
    });
    expect(found).toEqual({ ...readOnly, notes: ['x', 'new'] });
  });

  test('not when its last writer died with unfinished writes and nobody may tidy up', async () => {
    const found = await asOther((file, folder) => {
      const writer = openDatabase(file, options());
      writer.exec("INSERT INTO notes (text) VALUES ('new')");
      copyFileSync(`${file}-wal`, join(folder, 'left'));
      writer.close();
      copyFileSync(join(folder, 'left'), `${file}-wal`);
      chmodSync(file, 0o444);
      chmodSync(`${file}-wal`, 0o444);
      chmodSync(folder, 0o555);
      return undefined;
    });
    expect(found).toMatchObject({
      code: 'REGISTRY',
      message: expect.stringContaining('has unfinished writes beside it'),
    });
  });

  test('not when it may not even be read', async () => {
    const found = await asOther((file) => {
      chmodSync(file, 0o000);
      return undefined;
    });
    expect(found).toMatchObject({
      code: 'REGISTRY',
      message: expect.stringMatching(/^The agent file .*(cannot be opened|cannot be read)/),
    });
  });

  test('an older one is read as if it were migrated, and stays old', () =>
    inScratch((folder) => {
      const file = join(folder, 'notes.db');
      fill(file);
      const before = readFileSync(file);
      const handle = openDatabase(file, options({ mode: 'read', migrations: [FIRST, SECOND] }));
      expect(handle.prepare('SELECT author FROM notes').pluck().all()).toEqual(['nobody']);
      expect(() => handle.exec("INSERT INTO notes (text) VALUES ('new')")).toThrow();
      handle.close();
      expect(readFileSync(file).equals(before)).toBe(true);
    }));
});

describe('errors while it is used', () => {
  const using = (
    test: (
      notes: { add: () => unknown; later: () => Promise<unknown> },
      handle: DatabaseHandle,
      file: string,
    ) => void | Promise<void>,
  ) =>
    inScratch(async (folder) => {
      const file = join(folder, 'notes.db');
      const handle = openDatabase(file, options());
      const add = () =>
        writing(handle, () => handle.prepare('INSERT INTO notes (text) VALUES (?)').run('x'.repeat(100_000)));
      await test(translated({ add, later: async () => add() }, { file, kind: 'registry' }), handle, file);
      handle.close();
    });

  test('a full disk', () =>
    using(async (notes, handle, file) => {
      handle.pragma(`max_page_count = ${handle.pragma('page_count', { simple: true })}`);
      const expected = { code: 'REGISTRY', message: `The registry ${file} cannot grow: the disk is full` };
      expect(failure(notes.add)).toMatchObject(expected);
      await expect(notes.later()).rejects.toMatchObject(expected);
      expect(handle.prepare('SELECT count(*) FROM notes').pluck().get()).toBe(0);
    }));

  test('a lock that is not given up', () =>
    using((notes, handle, file) => {
      const other = openDatabase(file, options());
      other.exec('BEGIN IMMEDIATE');
      handle.pragma('busy_timeout = 20');
      expect(failure(notes.add)).toMatchObject({
        code: 'REGISTRY',
        message: `The registry ${file} is locked by another process for 10 s`,
      });
      other.exec('ROLLBACK');
      other.close();
    }));

  test('a defect of the program stays what it is', () =>
    using((notes, handle) => {
      handle.exec('DROP TABLE notes');
      expect(failure(notes.add)).toMatchObject({ code: 'SQLITE_ERROR', message: 'no such table: notes' });
    }));

  test('JSON that cannot be read names table and row', () => {
    const about = { file: '/data/registry.db', kind: 'registry' } as const;
    expect(readJson(about, '{"a":1}', 'notes', 7)).toEqual({ a: 1 });
    for (const text of ['{"a":', '5', 'null']) {
      expect(failure(() => readJson(about, text, 'notes', 7))).toMatchObject({
        code: 'REGISTRY',
        message: 'The registry /data/registry.db is damaged; nothing was changed',
        detail: expect.stringContaining('table notes, row 7'),
      });
    }
  });
});
