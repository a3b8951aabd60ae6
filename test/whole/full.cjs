// node --require full.cjs bin/sched.cjs …: SQLite finds no room for another page in files whose name ends with SCHED_FULL.
'use strict';
const Module = require('node:module');
const path = require.resolve('better-sqlite3');
const Database = require(path);

function Full(file, options) {
  const handle = new Database(file, options);
  if (String(file).endsWith(process.env.SCHED_FULL)) {
    handle.pragma('max_page_count = 1');
  }
  return handle;
}
Full.prototype = Database.prototype;
Object.assign(Full, Database);
Module._cache[path].exports = Full;
