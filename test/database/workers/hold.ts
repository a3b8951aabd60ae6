import { writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';

// Holds the write lock of FILE, which has no write-ahead log, for 200 ms after it made MARKER.
const [file = '', marker = ''] = process.argv.slice(2);
const handle = new Database(file);
handle.exec('BEGIN IMMEDIATE');
writeFileSync(marker, '');
setTimeout(() => {
  handle.exec('COMMIT');
  handle.close();
}, 200);
