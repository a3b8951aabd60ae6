// npm run bench [-- ROUNDS] [--strict] [--only WORD]: whole processes of the built program against an empty Node script, one after
// the other and in turn, so that a change in the machine's speed meets both. Prints medians of wall time in milliseconds, their
// ratio, and its goal; with --strict a ratio over its goal ends it with 1. On Linux also the ratio of processor time, which a
// busy machine disturbs least.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment, makeRegistry, program } from './registries.mjs';

const words = process.argv.slice(2);
const rounds = Number(words.find((word) => /^\d+$/.test(word)) ?? 21);
const only = words.includes('--only') ? words[words.indexOf('--only') + 1] : '';
const bare = join(import.meta.dirname, 'bare-list.cjs');
const scratch = mkdtempSync(join(tmpdir(), 'sched-bench-'));
const empty = join(scratch, 'empty.js');
writeFileSync(empty, '');

const small = join(scratch, 'small');
const medium = join(scratch, 'medium');
const large = join(scratch, 'large');
const page = [
  'list',
  '--name',
  'startswith:night',
  '--sort-by',
  'desc:created',
  '--size',
  '20',
  '--page',
  '20',
  '-o',
  'json',
];
const cases = [
  { name: '--help', home: small, words: ['--help'], goal: 1.3 },
  { name: '--version', home: small, words: ['--version'], goal: 1.3 },
  { name: 'completion bash', home: small, words: ['completion', 'bash'], goal: 1.3 },
  { name: '__complete schedule', home: medium, words: ['__complete', 'schedule', 'night'], goal: 1.6 },
  { name: 'list, 20 rows', home: small, words: ['list'], goal: 1.8 },
  { name: 'list -o json, 1,000', home: medium, words: ['list', '-o', 'json', '--size', '1000'], goal: 1.7 },
  // Not ours: what reading and printing as much costs without a program around it.
  {
    name: 'the same, a bare script',
    home: medium,
    words: [join(medium, '.local/share/sched/registry.db')],
    script: bare,
    goal: null,
  },
  { name: 'a page out of 100,000', home: large, words: page, goal: 2.5 },
].filter(({ name, script }) => name.includes(only) || (script === bare && 'list -o json'.includes(only)));

try {
  makeRegistry(small, 20, ['--cron', '0 3 * * *', '--timezone', 'Europe/Berlin', '--', 'true']);
  makeRegistry(medium, 1000, ['--cron', '0 3 * * *', '--timezone', 'Europe/Berlin', '--', 'true']);
  makeRegistry(large, 100_000, ['--cron', '0 3 * * *', '--timezone', 'Europe/Berlin', '--', 'true']);
  const measured = cases.map((one) => ({ ...one, own: [], floor: [], ownCpu: 0, floorCpu: 0 }));
  // The first round warms the caches and does not count.
  for (let round = -1; round < rounds; round += 1) {
    for (const one of measured) {
      const floor = measure(empty, [], one.home);
      const own = measure(one.script ?? program, one.words, one.home);
      if (round >= 0) {
        one.floor.push(floor.wall);
        one.own.push(own.wall);
        one.floorCpu += floor.cpu;
        one.ownCpu += own.cpu;
      }
    }
  }
  print(measured);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Wall time (milliseconds) and processor time (clock ticks) of one whole process. Throws when it fails: that is no measurement. */
function measure(script, typed, home) {
  const env = environment(home);
  const before = childrenTicks();
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, [script, ...typed], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  const cpu = childrenTicks() - before;
  if (status !== 0) throw new Error(`${typed.join(' ')} ended with ${status}: ${stderr}`);
  return { wall, cpu };
}

/** Processor time of all processes that have ended here, in ticks: cutime and cstime of proc_pid_stat(5). */
function childrenTicks() {
  if (!existsSync('/proc/self/stat')) return Number.NaN;
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
  return Number(fields[13]) + Number(fields[14]);
}

function print(measured) {
  console.log(`${rounds} rounds, Node ${process.versions.node}; milliseconds are medians`);
  const heading = ['empty', 'sched', 'ratio', 'cpu', 'goal'].map((word) => word.padStart(8)).join('');
  console.log(`${'command'.padEnd(24)}${heading}`);
  for (const { name, own, floor, ownCpu, floorCpu, goal } of measured) {
    const ratio = median(own) / median(floor);
    const cells = [
      median(floor).toFixed(0),
      median(own).toFixed(0),
      ratio.toFixed(2),
      (ownCpu / floorCpu).toFixed(2),
      goal === null ? '' : goal.toFixed(1),
    ];
    const verdict = goal === null ? '' : ratio <= goal ? 'ok' : 'over';
    console.log(`${name.padEnd(24)}${cells.map((cell) => cell.padStart(8)).join('')}  ${verdict}`);
    if (verdict === 'over' && words.includes('--strict')) process.exitCode = 1;
  }
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
