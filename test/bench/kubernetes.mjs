// npm run bench:kubernetes [-- COUNT [ROUNDS]]: on a real control plane (test/real/kubernetes), COUNT schedules (1,000) are made by the
// program, eight processes at a time; then, in turn, whole processes of the program, of a bare script that makes the same requests in the
// same order (bare-kubernetes.cjs), and of kubectl. Prints medians of wall time in milliseconds and their ratio.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { environment, program, sched } from './registries.mjs';

const AT_ONCE = 8;
const [count = 1000, rounds = 15] = process.argv.slice(2).map(Number);
const run = promisify(execFile);
const bare = join(import.meta.dirname, 'bare-kubernetes.cjs');
const home = mkdtempSync(join(tmpdir(), 'sched-bench-kubernetes-'));
const plane = await startControlPlane();
const failures = [];

try {
  const namespace = await plane.namespace('bench');
  const kubeconfig = plane.kubeconfig({ token: plane.token }, { namespace });
  const empty = join(home, 'empty.cjs');
  writeFileSync(empty, '');
  const surroundings = {
    ...environment(home),
    SERVER: plane.server,
    CA: plane.keys.files.authority,
    TOKEN: plane.token,
  };
  const make = (name) => {
    const what = ['--cron', '0 3 * * *', '--timezone', 'Europe/Berlin', '--image', 'registry.test/train:1', '--paused'];
    return ['create', name, '--orchestrator', 'k8s', ...what, '--', 'train'];
  };
  const where = ['--set', `kubeconfig=${kubeconfig}`, '--set', `namespace=${namespace}`];
  sched(home, ['orchestrator', 'register', 'k8s', '--flavor', 'kubernetes', ...where]);

  await inBulk(make);
  const other = await plane.namespace('bench');
  sched(home, ['orchestrator', 'register', 'other', '--flavor', 'kubernetes', ...where.with(3, `namespace=${other}`)]);
  const manifest = (name) =>
    JSON.stringify({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name },
      spec: {
        schedule: '0 3 * * *',
        suspend: true,
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'registry.test/train:1' }] },
            },
          },
        },
      },
    });
  const kubectl = ['--kubeconfig', kubeconfig];
  let serial = 0;
  const cases = [
    { name: 'an empty script', words: () => [empty] },
    { name: 'a command without a cluster: sched list', words: () => [program, 'list'] },
    { name: `sched audit, ${count}`, words: () => [program, 'audit', '--orchestrator', 'k8s', '-o', 'json'] },
    { name: '  bare: identity, CronJobs, Jobs', words: () => [bare, 'list', namespace] },
    { name: '  bare: pages of CronJobs only', words: () => [bare, 'pages', namespace] },
    { name: '  kubectl get cronjobs', program: plane.kubectl, words: () => [...kubectl, 'get', 'cronjobs'] },
    { name: 'sched create', words: (round) => [program, ...make(`one-${round}`).with(3, 'other')] },
    { name: '  bare: identity, create, read', words: (round) => [bare, 'create', other, `bare-${round}`] },
    {
      name: '  kubectl apply',
      program: plane.kubectl,
      words: () => [...kubectl, '-n', other, 'apply', '-f', '-'],
      input: () => manifest(`applied-${serial++}`),
    },
  ].map((one) => ({ ...one, walls: [] }));
  for (let round = -1; round < rounds; round += 1) {
    for (const one of cases) {
      const wall = measure(one, round, surroundings);
      if (round >= 0) one.walls.push(wall);
    }
  }
  print(cases);
} finally {
  rmSync(home, { recursive: true, force: true });
  await plane.end();
}
if (failures.length > 0) {
  console.error(failures.slice(0, 5).join('\n'));
  process.exitCode = 1;
}

/** Makes `count` schedules, so many processes at a time, and says how fast that went. */
async function inBulk(make) {
  const began = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < count) {
        const words = make(`nightly-${next++}`);
        await run(process.execPath, [program, ...words], { cwd: home, env: environment(home) }).catch((error) => {
          failures.push(error.stderr);
        });
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const made = JSON.parse(sched(home, ['list', '-o', 'json', '--size', '1'])).pagination.total;
  console.log(
    `${made} of ${count} made by ${AT_ONCE} processes at a time in ${seconds.toFixed(1)} s (${(made / seconds).toFixed(0)} a second), ${failures.length} failed`,
  );
}

/** Wall time of one whole process in milliseconds. Throws when it fails otherwise than by what it found. */
function measure({ program: executable = process.execPath, words, input, name }, round, env) {
  const began = performance.now();
  const { status, stderr } = spawnSync(executable, words(round), {
    cwd: home,
    env,
    encoding: 'utf8',
    input: input?.(),
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  const wall = performance.now() - began;
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  return wall;
}

function print(cases) {
  const [floor] = cases;
  console.log(`${rounds} rounds in turn, Node ${process.versions.node}; medians of wall time, ms`);
  for (const { name, walls } of cases) {
    const wall = median(walls);
    console.log(`${name.padEnd(42)}${wall.toFixed(0).padStart(6)}  ${(wall / median(floor.walls)).toFixed(2)} × empty`);
  }
  const by = (name) => median(cases.find((one) => one.name.trim().startsWith(name)).walls);
  console.log(`audit  / bare paging loop           ${(by('sched audit') / by('bare: pages')).toFixed(2)}  (goal 1.5)`);
  console.log(`audit  / bare, the same requests    ${(by('sched audit') / by('bare: identity, CronJobs')).toFixed(2)}`);
  console.log(
    `create / bare, the same requests    ${(by('sched create') / by('bare: identity, create')).toFixed(2)}  (goal 1.2)`,
  );
  console.log(`audit  / kubectl get cronjobs       ${(by('sched audit') / by('kubectl get')).toFixed(2)}`);
  console.log(`create / kubectl apply              ${(by('sched create') / by('kubectl apply')).toFixed(2)}`);
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The tests' own control plane, bundled beside its sources so that it finds its files. */
async function startControlPlane() {
  const folder = join(import.meta.dirname, '../real/kubernetes');
  const outfile = join(folder, `.bench-${process.pid}.mjs`);
  try {
    await build({
      entryPoints: [join(folder, 'control-plane.ts')],
      outfile,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
    });
    return await (await import(pathToFileURL(outfile))).startControlPlane();
  } finally {
    rmSync(outfile, { force: true });
  }
}
