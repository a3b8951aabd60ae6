#!/usr/bin/env node
// Written so that any Node can parse it: an old one must get the sentence below, not a syntax error.
// CommonJS, because a process that never starts the ES module loader starts measurably faster.
'use strict';

var version = process.versions.node.split('.').map(Number);
var main = require('path').join(__dirname, '..', 'dist', 'main.cjs');

if (version[0] < 20 || (version[0] === 20 && version[1] < 17)) {
  process.stderr.write('sched needs Node.js 20.17 or newer; this is ' + process.versions.node + '.\n');
  process.exitCode = 1;
} else if (!require('fs').existsSync(main)) {
  process.stderr.write('sched is not built yet. Build it with: npm ci && npm run build\n');
  process.exitCode = 1;
} else {
  require(main)
    .main(process.argv.slice(2))
    .then(function (code) {
      process.exitCode = code;
    });
}
