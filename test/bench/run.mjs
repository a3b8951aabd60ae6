// npm run bench: whole processes of the built program against an empty Node script, in turn (A B A B …), so that a
// change in the machine's speed meets both. Prints the median ratio of wall times beside its goal; exits 1 when one
// is missed. Runs of each: 21, or the number given.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const runs = Number(process.argv[2] ?? 21);
const scratch = mkdtempSync(join(tmpdir(), 'sched-bench-'));
const empty = join(scratch, 'empty.cjs');
writeFileSync(empty, '');

const cases = [
  { words: ['--help'], goal: 1.3 },
  { words: ['--version'], goal: 1.3 },
];

/** Wall time of one whole process, in milliseconds. Throws when it fails: a failed run is no measurement. */
function wall(script, words) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, [script, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_DATA_HOME: scratch },
    encoding: 'utf8',
  });
  const elapsed = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`);
  return elapsed;
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

try {
  for (const { words, goal } of cases) {
    const ratios = [];
    for (let run = -1; run < runs; run += 1) {
      const ratio = wall(join(root, 'bin/sched.cjs'), words) / wall(empty, []);
      if (run >= 0) ratios.push(ratio);
    }
    const measured = median(ratios);
    const verdict = measured <= goal ? 'ok' : 'MISSED';
    console.log(`${words.join(' ').padEnd(24)} ${measured.toFixed(2)} x an empty script (goal ${goal}) ${verdict}`);
    if (measured > goal) process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
