// node batch.cjs BUILD < command lines as JSON: runs each with the built program's own entry, in this one process,
// and writes what each of them wrote and ended with.
'use strict';
const { join } = require('node:path');
const { text } = require('node:stream/consumers');

/** @param {string[]} argv */
async function once(main, argv) {
  const written = { stdout: '', stderr: '' };
  const output = (name) => ({
    isTTY: false,
    write(data, done) {
      written[name] += Buffer.from(data).toString();
      done();
      return true;
    },
    on: () => undefined,
  });
  const exit = await main(argv, {
    stdin: { isTTY: false },
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: process.env,
    cwd: process.cwd(),
    now: Date.now,
    signals: undefined,
  });
  return { exit, ...written };
}

text(process.stdin).then(async (lines) => {
  const { main } = require(join(process.argv[2], 'main.cjs'));
  const all = [];
  for (const argv of JSON.parse(lines)) {
    all.push(await once(main, argv));
  }
  process.stdout.write(JSON.stringify(all));
});
