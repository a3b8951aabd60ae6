import { writeFileSync } from 'node:fs';
import { openDatabase } from '../../../src/database/open.js';
import { FIRST, options, SECOND } from '../schema.js';

// Opens FILE at the second version, and makes MARKER once it has read that the file is at an older one.
const [file = '', marker = ''] = process.argv.slice(2);
const second = {
  sql: SECOND.sql,
  get number() {
    writeFileSync(marker, '');
    return SECOND.number;
  },
};
const handle = openDatabase(file, options({ migrations: [FIRST, second] }));
process.stdout.write(JSON.stringify(handle.prepare('SELECT * FROM notes').all()));
handle.close();
