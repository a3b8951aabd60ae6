// node capture.cjs FILE words…: writes what it was started with.
'use strict';
const { writeFileSync } = require('node:fs');

const [file, ...words] = process.argv.slice(2);
writeFileSync(file, JSON.stringify({ words, env: process.env, cwd: process.cwd() }));
