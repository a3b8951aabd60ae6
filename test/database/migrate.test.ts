import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openDatabase } from '../../src/database/open.js';
import { buildWorker, fileAppears, startWorker } from './child.js';
import { FIRST, inScratch, options, SECOND } from './schema.js';

test('an older file is brought forward, and keeps what it holds', () =>
  inScratch((folder) => {
    const file = join(folder, 'notes.db');
    const old = openDatabase(file, options());
    old.exec("INSERT INTO notes (text) VALUES ('kept')");
    old.close();
    // Given in any order, applied in theirs.
    const migrated = openDatabase(file, options({ migrations: [SECOND, FIRST] }));
    expect(migrated.prepare('SELECT * FROM notes').all()).toEqual([{ id: 1, text: 'kept', author: 'nobody' }]);
    expect(migrated.pragma('user_version', { simple: true })).toBe(20);
    migrated.close();
  }));

test('a step that fails leaves the file as it was', () =>
  inScratch((folder) => {
    const file = join(folder, 'notes.db');
    openDatabase(file, options()).close();
    const broken = { number: 30, sql: 'CREATE TABLE more (id INTEGER); CREATE TABLE notes (id INTEGER);' };
    expect(() => openDatabase(file, options({ migrations: [FIRST, SECOND, broken] }))).toThrow(
      'table notes already exists',
    );
    const handle = openDatabase(file, options());
    expect(handle.prepare("SELECT name FROM pragma_table_info('notes')").pluck().all()).toEqual(['id', 'text']);
    handle.close();
  }));

test('a process that waits for another one to migrate does not migrate again', () =>
  inScratch(async (folder) => {
    const file = join(folder, 'notes.db');
    const marker = join(folder, 'marker');
    const worker = await buildWorker('test/database/workers/migrate.ts', folder);
    const holder = openDatabase(file, options());
    holder.exec('BEGIN IMMEDIATE');
    const { result } = startWorker(worker, file, marker);
    // The other process has read the old version by now; it waits for the lock that is held here.
    await fileAppears(marker);
    await new Promise((done) => setTimeout(done, 100));
    holder.exec(`${SECOND.sql} INSERT INTO notes (text) VALUES ('from the holder'); PRAGMA user_version = 20; COMMIT`);
    expect(await result).toEqual([{ id: 1, text: 'from the holder', author: 'nobody' }]);
    holder.close();
  }));

test('a new file waits for a process that is about to write it without a write-ahead log', () =>
  inScratch(async (folder) => {
    const file = join(folder, 'notes.db');
    const marker = join(folder, 'marker');
    const { result } = startWorker(await buildWorker('test/database/workers/hold.ts', folder), file, marker);
    await fileAppears(marker);
    const handle = openDatabase(file, options());
    expect(handle.pragma('journal_mode', { simple: true })).toBe('wal');
    handle.close();
    await result;
  }));

test('a current file is opened while another process holds the write lock', () =>
  inScratch((folder) => {
    const file = join(folder, 'notes.db');
    const holder = openDatabase(file, options());
    holder.exec('BEGIN IMMEDIATE');
    const started = Date.now();
    openDatabase(file, options()).close();
    expect(Date.now() - started).toBeLessThan(5_000);
    holder.exec('ROLLBACK');
    holder.close();
  }));
