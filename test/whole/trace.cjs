// node --require trace.cjs bin/sched.cjs …: at the end writes every file and built-in module that was required to SCHED_TRACE.
'use strict';
const { writeFileSync } = require('node:fs');
const Module = require('node:module');

const builtins = new Set();
const load = Module._load;
Module._load = function (request, ...more) {
  if (Module.isBuiltin(request)) {
    builtins.add(request.startsWith('node:') ? request : `node:${request}`);
  }
  return load.call(this, request, ...more);
};
process.on('exit', () => {
  writeFileSync(process.env.SCHED_TRACE, [...Object.keys(Module._cache), ...builtins].sort().join('\n'));
});
