import { join } from 'node:path';
import { openDatabase } from '../../../src/database/open.js';
import { options } from '../schema.js';

// Opens FILE for writing as a user without rights of its own, reads, then writes; SCRATCH is a folder for what needs rights.
const [file = '', scratch = ''] = process.argv.slice(2);
const attempt = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    const { code, message, hint } = error as Error & { code?: unknown; hint?: unknown };
    return { code, message, hint };
  }
};
// Root may write everywhere. The native library is loaded before its rights are given up, since it may lie where others cannot read.
openDatabase(join(scratch, 'load.db'), options()).close();
if (process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(65_534);
  process.setuid?.(65_534);
}
const opened = attempt(() => {
  const handle = openDatabase(file, options());
  const notes = handle.prepare('SELECT text FROM notes ORDER BY id').pluck().all();
  const written = attempt(() => handle.prepare("INSERT INTO notes (text) VALUES ('mine')").run());
  handle.close();
  return { notes, written };
});
process.stdout.write(JSON.stringify(opened));
