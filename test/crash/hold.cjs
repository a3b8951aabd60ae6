// node --require hold.cjs bin/sched.cjs …: stands still for good before the first write to the agent's file, and says so.
'use strict';
const Database = require('better-sqlite3');

const probe = new Database(':memory:');
const statements = Object.getPrototypeOf(probe.prepare('SELECT 1'));
probe.close();
const run = statements.run;
statements.run = function (...inputs) {
  if (this.database.name.endsWith('agent.db') && /^\s*UPDATE schedules/.test(this.source)) {
    // What a process waits with while it is in a transaction, nobody else may write: leave it first.
    this.database.prepare('ROLLBACK').run();
    process.stderr.write('holding\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
  return run.apply(this, inputs);
};
