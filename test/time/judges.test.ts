import { describe, expect, test } from '@jest/globals';
import { CronExpressionParser } from 'cron-parser';
import { Cron as Croner } from 'croner';
import fc from 'fast-check';
import { parseCron } from '../../src/time/cron.js';
import type { DaylightRule } from '../../src/time/daylight.js';
import { forward, type Occurrence } from '../../src/time/occurrences.js';
import { cronTimetable, dailyExpressions, expressions, NIGHTS } from './arbitraries.js';
import { cronMatches, intlOffset } from './naive.js';

/**
 * Two libraries that share no code with the engine judge it over random expressions, zones and nights on which clocks
 * change. What they do differently on purpose is stated here as data or as a predicate, and each statement must have been
 * needed at least once; src/DESIGN.md tells why the engine does otherwise. Everything else has to be equal.
 */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SEED = 20_261_121;

/** Neither library knows changes of other lengths than one hour (both go wrong in Lord Howe, Troll and Apia). */
const HOURLY_NIGHTS = NIGHTS.filter(({ zone, around }) => {
  const change = Math.abs(intlOffset(zone, around + DAY) - intlOffset(zone, around - DAY));
  return change === 0 || change === HOUR;
});

interface Judge {
  readonly name: string;
  /** The `wanted` instants from `from` (inclusive), ascending; null when the judge does not take the expression. */
  readonly runs: (expression: string, zone: string, from: number, wanted: number) => number[] | null;
  /** The rule under which the engine must say the same. */
  readonly rule: (expression: string) => DaylightRule;
  /** Runs of the engine that the judge is known to leave out. */
  readonly leavesOut: (
    occurrence: Occurrence,
    expression: string,
    zone: string,
    earlier: readonly Occurrence[],
  ) => boolean;
}

const classes = new Map<string, number>();

/** Counts that a stated difference was needed. */
function needed(what: string): void {
  classes.set(what, (classes.get(what) ?? 0) + 1);
}

/**
 * Vixie cron counts a day field that begins with `*` as unrestricted, even with a step, and joins it by AND; both judges
 * know only the lone `*` and join by OR. Written as a range without the asterisk, the engine means what they mean.
 */
function asJudgesRead(expression: string): string {
  const [minute, hour, day = '', month, weekday = ''] = expression.split(' ');
  if (day === '*' || weekday === '*' || !(day.startsWith('*') || weekday.startsWith('*'))) {
    return expression;
  }
  needed('AND of day fields with a stepped asterisk');
  const unstarred = (field: string, range: string): string => field.replaceAll('*', range);
  return [minute, hour, unstarred(day, '1-31'), month, unstarred(weekday, '0-6')].join(' ');
}

const cronParser: Judge = {
  name: 'cron-parser',
  runs: (expression, zone, from, wanted) => {
    let iterator: ReturnType<typeof CronExpressionParser.parse>;
    try {
      iterator = CronExpressionParser.parse(expression, { currentDate: new Date(from - 1000), tz: zone });
    } catch (error) {
      if (/duplicate values found/.test(String(error))) {
        needed('cron-parser: refuses a value that comes twice');
        return null;
      }
      throw error;
    }
    return Array.from({ length: wanted }, () => iterator.next().getTime());
  },
  // It moves a gap's times by the gap's length, and runs a fold twice when all 24 hours are meant, however they are written.
  rule: (expression) => {
    const everyHour = parseCron(expression).hours.length === 24;
    return { gap: 'shift', fold: everyHour ? 'both' : 'first', wildcard: 'same' };
  },
  leavesOut: () => false,
};

const croner: Judge = {
  name: 'croner',
  runs: (expression, zone, from, wanted) => {
    const found: number[] = [];
    const job = new Croner(expression, { timezone: zone });
    let run = job.nextRun(new Date(from - 1000));
    while (run !== null && found.push(run.getTime()) < wanted) {
      run = job.nextRun(run);
    }
    return found;
  },
  // It moves a gap's times by the gap's length, and runs a fold once whatever the expression.
  rule: () => ({ gap: 'shift', fold: 'first', wildcard: 'same' }),
  // Of several times in one gap it runs the first one only, unless another falls on a time that is meant anyway.
  leavesOut: ({ daylight, instant }, expression, zone, earlier) =>
    daylight === 'gap' &&
    earlier.some((other) => other.daylight === 'gap' && (instant ?? 0) - (other.instant ?? 0) < HOUR) &&
    !cronMatches(expression, (instant ?? 0) + intlOffset(zone, instant ?? 0)),
};

/** What the engine says when it means what the judge means: as many runs as the judge gave. */
function expected(judge: Judge, expression: string, zone: string, from: number, wanted: number): number[] {
  const read = asJudgesRead(expression);
  const rule = judge.rule(read);
  const seen: Occurrence[] = [];
  const runs: number[] = [];
  // Two hours earlier, because what a judge leaves out depends on what came before.
  for (const occurrence of forward(cronTimetable(read, zone), rule, from - 2 * HOUR)) {
    if (judge.leavesOut(occurrence, read, zone, seen)) {
      needed(`${judge.name}: several times in one gap`);
    } else if (occurrence.instant !== null && occurrence.instant >= from && runs.push(occurrence.instant) >= wanted) {
      return runs;
    }
    seen.push(occurrence);
  }
  return runs;
}

function agrees(judge: Judge, expression: string, zone: string, from: number, wanted: number): void {
  const said = judge.runs(expression, zone, from, wanted);
  if (said !== null) {
    const shown = (runs: readonly number[]): string[] => runs.map((run) => new Date(run).toISOString());
    expect({ expression, zone, runs: shown(expected(judge, expression, zone, from, wanted)) }).toEqual({
      expression,
      zone,
      runs: shown(said),
    });
  }
}

describe.each([cronParser, croner])('$name', (judge) => {
  test('agrees on nights when clocks change by an hour', () => {
    const night = fc.constantFrom(...HOURLY_NIGHTS);
    fc.assert(
      fc.property(dailyExpressions, night, fc.integer({ min: -24, max: 2 }), (expression, { zone, around }, hours) => {
        agrees(judge, expression, zone, around + hours * HOUR, 30);
      }),
      { numRuns: 150, seed: SEED },
    );
  });

  test('agrees on any expression in any year', () => {
    const zone = fc.constantFrom('UTC', 'Asia/Kolkata', 'Europe/Berlin', 'America/Los_Angeles', 'Pacific/Auckland');
    const moment = fc.integer({ min: Date.UTC(2000, 0, 1) / HOUR, max: Date.UTC(2040, 0, 1) / HOUR });
    fc.assert(
      fc.property(expressions, zone, moment, (expression, name, hour) => {
        agrees(judge, expression, name, hour * HOUR, 5);
      }),
      { numRuns: 200, seed: SEED },
    );
  });
});

test('each stated difference was met', () => {
  expect([...classes.keys()].sort()).toEqual([
    'AND of day fields with a stepped asterisk',
    'cron-parser: refuses a value that comes twice',
    'croner: several times in one gap',
  ]);
});
