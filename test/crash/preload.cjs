// node --require preload.cjs bin/sched.cjs …: counts the writes that the program sends to SQLite, and with SCHED_KILL_AT=n ends
// the process with SIGKILL in place of the n-th. A write is what may change a file: each statement that is not read-only, each
// script, each pragma that sets something of the file, and each COMMIT. With SCHED_LASTING=1 only those count after which something
// lasts: COMMITs and writes outside a transaction (within one, every death leaves the same). SCHED_WRITES=FILE notes each there.
'use strict';
const { appendFileSync } = require('node:fs');
const Database = require('better-sqlite3');
// The program has a copy of the package's JavaScript, and the same native code.
const native = require('better-sqlite3/build/Release/better_sqlite3.node');

const killAt = Number(process.env.SCHED_KILL_AT || 0);
const log = process.env.SCHED_WRITES;
const lastingOnly = process.env.SCHED_LASTING === '1';
/** Begins nothing that lasts, or sets the connection only. */
const HARMLESS = /^\s*(BEGIN\b|PRAGMA\s+(?!\w+\s*=)|PRAGMA\s+(synchronous|foreign_keys|query_only|busy_timeout)\b)/i;
let count = 0;

function note(source) {
  count += 1;
  if (log !== undefined) {
    appendFileSync(log, `${source.trim().replace(/\s+/g, ' ').slice(0, 100)}\n`);
  }
  if (count === killAt) {
    process.kill(process.pid, 'SIGKILL');
    // The signal is on its way: nothing may happen until it is here.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
}

function isWrite({ readonly, source, database }) {
  const commit = /^COMMIT\b/i.test(source);
  return (commit || !(readonly || HARMLESS.test(source))) && (commit || !lastingOnly || !database.inTransaction);
}

/** Calls `note` before each call that `sourceOf` finds a source in. */
function wrap(prototype, names, sourceOf) {
  for (const name of names) {
    const original = prototype[name];
    prototype[name] = function (...inputs) {
      const source = sourceOf(this, inputs);
      if (source !== undefined) {
        note(source);
      }
      return original.apply(this, inputs);
    };
  }
}

const probe = new Database(':memory:');
const statements = Object.getPrototypeOf(probe.prepare('SELECT 1'));
probe.close();
// `pragma` prepares a statement and asks it, so it is counted there.
wrap(statements, ['run', 'get', 'all', 'iterate'], (statement) => (isWrite(statement) ? statement.source : undefined));
wrap(native.Database.prototype, ['exec'], (database, [source]) =>
  lastingOnly && database.inTransaction ? undefined : source,
);
