// node --require full.cjs bin/sched.cjs …: SQLite finds no room for another page in files whose name ends with SCHED_FULL.
'use strict';
const native = require('better-sqlite3/build/Release/better_sqlite3.node');

const { Database } = native;
native.Database = function (file, ...settings) {
  const handle = new Database(file, ...settings);
  if (file.endsWith(process.env.SCHED_FULL)) {
    handle.exec('PRAGMA max_page_count = 1');
  }
  return handle;
};
