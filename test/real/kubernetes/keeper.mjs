// Keeps servers running for a test. It is started detached with an IPC channel, takes orders from it, and when the
// channel closes, however the test ended, stops everything it started, last started first, and removes the folder.
//
// node keeper.mjs FOLDER. Orders: { start: NAME, argv: [PROGRAM, …] }, { stop: NAME }, { end: true }.
// Answers: { started: NAME, pid }, { ended: NAME, how }; { end } is answered by the keeper's own end.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** How long a server may take to end by itself, in milliseconds. */
const GRACE = 5000;
const folder = process.argv[2];
const running = new Map();
let ending;

mkdirSync(join(folder, 'log'), { recursive: true });
process.on('message', (order) => {
  if (order.start !== undefined) start(order.start, order.argv);
  else if (order.stop !== undefined) stop(order.stop);
  else end();
});
process.on('disconnect', end);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);

function start(name, argv) {
  if (ending !== undefined) return;
  const log = openSync(join(folder, 'log', `${name}.log`), 'a');
  const child = spawn(argv[0], argv.slice(1), { cwd: folder, stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = new Promise((resolve) => {
    const over = (how) => {
      running.delete(name);
      tell({ ended: name, how: String(how) });
      resolve();
    };
    child.on('error', over);
    child.on('exit', (code, signal) => over(code ?? signal));
  });
  running.set(name, { child, ended });
  tell({ started: name, pid: child.pid });
}

async function stop(name) {
  const server = running.get(name);
  if (server === undefined) return;
  server.child.kill('SIGTERM');
  const patience = setTimeout(() => server.child.kill('SIGKILL'), GRACE);
  await server.ended;
  clearTimeout(patience);
}

function end() {
  ending ??= (async () => {
    for (const name of [...running.keys()].reverse()) await stop(name);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    process.exit(0);
  })();
}

function tell(answer) {
  if (process.connected) process.send(answer, () => {});
}
