import Database from 'better-sqlite3';

/**
 * Copies an open database into an existing, empty file, consistently, while others may write (https://www.sqlite.org/backup.html).
 * The copy has no write-ahead log, so that it is one file and can be read where nothing can be written.
 */
export async function copyDatabase(handle: Database.Database, file: string): Promise<void> {
  await handle.backup(file);
  const copy = new Database(file);
  try {
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
}
