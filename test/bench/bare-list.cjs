// node bare-list.cjs REGISTRY: what reading a thousand records and printing them as JSON costs by itself, for comparison with
// `sched list -o json --size 1000`: better-sqlite3, one query, no program around it.
'use strict';
const Database = require('better-sqlite3');

const SELECT = `SELECT s.id, s.name, s.desired, s.native_id, s.user, s.next_run_time, s.created, s.updated, s.orchestrator, s.flavor,
  s.revision, d.spec, r.native_id AS run_id, r.started, r.finished, r.status, r.exit_code
  FROM schedules s JOIN documents d ON d.key = s.key LEFT JOIN runs r ON r.key = s.last_run ORDER BY s.created DESC LIMIT 1000`;

const time = (instant) => (instant === null ? null : new Date(instant).toISOString());
const rows = new Database(process.argv[2], { readonly: true }).prepare(SELECT).all();
const items = rows.map(({ spec, ...row }) => ({
  ...row,
  ...JSON.parse(spec),
  created: time(row.created),
  updated: time(row.updated),
  next_run_time: time(row.next_run_time),
  started: time(row.started),
  finished: time(row.finished),
}));
process.stdout.write(`${JSON.stringify({ items })}\n`);
