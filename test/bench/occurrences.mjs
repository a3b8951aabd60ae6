// node test/bench/occurrences.mjs: the time engine beside croner, as ratios of times taken in turn in one process.
// The engine is bundled from its sources first; a ratio below 1 means that the engine is faster.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Cron } from 'croner';
import { build } from 'esbuild';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const bundled = await build({
  entryPoints: [join(root, 'src/time/occurrences.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  write: false,
});
const engine = await import(
  `data:text/javascript;base64,${Buffer.from(bundled.outputFiles[0].contents).toString('base64')}`
);

const ZONE = 'Europe/Berlin';
const FROM = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
const rule = { gap: 'first-instant', fold: 'first', wildcard: 'elapsed' };
const timetable = (expression) => ({
  timing: { kind: 'cron', expression },
  timezone: ZONE,
  start: null,
  end: null,
  maxRuns: null,
});

/** Milliseconds that `work` takes: the median of `turns`. */
function median(turns, work) {
  const taken = Array.from({ length: turns }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return taken.sort((a, b) => a - b)[Math.floor(turns / 2)];
}

/** Runs of `schedules` hourly schedules within `days` by the engine. */
function count(schedules, days) {
  let runs = 0;
  for (let index = 0; index < schedules; index += 1) {
    runs += engine.instantsBetween(timetable(`${index % 60} * * * *`), rule, FROM, FROM + days * DAY).length;
  }
  return runs;
}

/** Steps through one hourly schedule by croner. */
function stepCroner(steps) {
  const job = new Cron('7 * * * *', { timezone: ZONE });
  let run = new Date(FROM);
  for (let step = 0; step < steps; step += 1) {
    run = job.nextRun(run);
  }
}

function report(what, ours, theirs, note) {
  const figures = `${ours.toFixed(0).padStart(6)} ms   croner ${theirs.toFixed(0).padStart(8)} ms   ratio ${(ours / theirs).toPrecision(2)}`;
  console.log(`${what.padEnd(46)}${figures}   ${note}`);
}

const SAMPLE = 2000;
count(10, 30);
stepCroner(200);

const step = median(5, () => stepCroner(SAMPLE)) / SAMPLE;
for (const [schedules, days, name] of [
  [1000, 365, '1,000 schedules, a year of hourly runs'],
  [10_000, 7, '10,000 schedules, a week of hourly runs'],
]) {
  const runs = count(schedules, days);
  const ours = median(5, () => count(schedules, days));
  report(name, ours, step * runs, `croner measured over ${SAMPLE} steps, scaled to ${runs}`);
}

const EXPRESSIONS = 2000;
const expressions = Array.from({ length: EXPRESSIONS }, (_, index) => `${index % 60} ${index % 24} * * ${index % 7}`);
const ours = median(5, () => {
  for (const text of expressions) engine.nextInstant(timetable(text), rule, FROM);
});
const theirs = median(5, () => {
  for (const text of expressions) new Cron(text, { timezone: ZONE }).nextRun(new Date(FROM));
});
report(`parse and next, ${EXPRESSIONS} expressions`, ours, theirs, 'both measured in full');
