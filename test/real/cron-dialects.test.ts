import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { otherReading, unreliableChange } from '../../src/drivers/dialects.js';
import { manifest } from '../../src/drivers/kubernetes/manifest.js';
import { robfigText } from '../../src/drivers/kubernetes/schedule-text.js';
import { forward } from '../../src/time/occurrences.js';
import { spanAt } from '../../src/time/offsets.js';
import { resolveZone, zoneNames } from '../../src/time/zone.js';
import { cronTimetable, dailyExpressions, expressions, NIGHTS, type Night } from '../time/arbitraries.js';
import { intlOffset } from '../time/naive.js';
import { type Answer, isNumbers, openJudge, type Question } from './cron-dialects/judge.js';

/**
 * The time engine with the daylight rule of the Kubernetes manifest, and what the driver writes into a CronJob, against the
 * library by which kube-controller-manager counts. Where the library goes wrong is stated as data, and each statement
 * must still be true.
 */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SEED = 20_261_121;
/** The library gives up after five years without an occurrence: 29 February 2096 is the last before eight. */
const HORIZON = Date.UTC(2090, 0, 1);
const RULE = manifest.timing.daylight;
/** How many occurrences are compared. */
const WANTED = 30;

/** The changes of clocks around which the library goes wrong, as `unreliableChange` foretells, and an example of each. */
const UNRELIABLE = [
  ['Africa/Cairo', 'leaps over midnight', '0 5 * * 5', '2026-04-22T16:00Z'],
  ['America/Caracas', 'changes by a part of an hour', '0 5 * * *', '2007-12-09T00:00Z'],
  ['America/Havana', 'leaps over midnight', '0 5 * * 6', '2026-03-07T11:00Z'],
  ['America/Santiago', 'leaps over midnight', '0 5 * * 6', '2026-09-05T10:00Z'],
  ['America/Sao_Paulo', 'leaps over midnight', '0 5 * * 6', '2018-11-03T09:00Z'],
  ['Antarctica/Troll', 'turns back by more than an hour', '20 1,0 * * *', '2026-10-25T00:54Z'],
  ['Asia/Beirut', 'leaps over midnight', '0 5 * * 6', '2026-03-28T04:00Z'],
  ['Asia/Pyongyang', 'changes by a part of an hour', '0 5 * * *', '2018-05-04T01:00Z'],
  ['Atlantic/Azores', 'leaps over midnight', '0 5 * * 6', '2026-03-28T07:00Z'],
  ['Australia/Lord_Howe', 'changes by a part of an hour', '0 5 * * *', '2026-10-03T10:00Z'],
  ['Pacific/Chatham', 'changes within an hour', '0,58 3 * * *', '2026-04-02T22:47Z'],
] as const;

const MORE_NIGHTS: readonly Night[] = [
  ['Europe/London', '2026-03-29T01:00Z', 'gap from Greenwich'],
  ['Europe/London', '2026-10-25T01:00Z', 'fold into Greenwich'],
  ['America/St_Johns', '2026-03-08T05:30Z', 'gap, half an hour off'],
  ['America/St_Johns', '2026-11-01T04:30Z', 'fold, half an hour off'],
  ['Asia/Kathmandu', '2026-03-29T01:00Z', 'no change, three quarters of an hour off'],
  ['Pacific/Chatham', '2026-04-04T14:00Z', 'fold, three quarters of an hour off'],
  ['Pacific/Chatham', '2026-09-26T14:00Z', 'gap, three quarters of an hour off'],
  ['America/Santiago', '2026-09-06T04:00Z', 'gap at midnight'],
  ['America/Santiago', '2026-04-05T03:00Z', 'fold at midnight'],
  ['America/Havana', '2026-03-08T05:00Z', 'gap at midnight'],
  ['America/Havana', '2026-11-01T05:00Z', 'fold after midnight'],
  ['Africa/Cairo', '2026-04-23T22:00Z', 'gap at midnight'],
  ['Africa/Cairo', '2026-10-29T21:00Z', 'fold at midnight'],
  ['Atlantic/Azores', '2026-03-29T01:00Z', 'gap at midnight, to Greenwich'],
  ['Atlantic/Azores', '2026-10-25T01:00Z', 'fold after midnight, from Greenwich'],
  ['America/Nuuk', '2026-03-29T01:00Z', 'gap of the last hour of a day'],
  ['America/Nuuk', '2026-10-25T01:00Z', 'fold of the last hour of a day'],
  ['Pacific/Auckland', '2026-09-26T14:00Z', 'gap'],
].map(([zone = '', around = '', what = '']) => ({ zone, around: Date.parse(around), what }));
/** Over a day that does not exist the library counts for ever. */
const ENDLESS = NIGHTS.filter(({ what }) => what === 'a day that does not exist');
/** It counts in whole minutes of UTC, which no zone has left since 1972. */
const OFF_BY_SECONDS = NIGHTS.filter(({ zone }) => zone === 'Africa/Monrovia');
const ALL_NIGHTS = [
  ...NIGHTS.filter((night) => !ENDLESS.includes(night) && !OFF_BY_SECONDS.includes(night)),
  ...MORE_NIGHTS,
];

/** What users write, day fields with stars in odd places among them. */
const written = fc.oneof(
  { weight: 3, arbitrary: dailyExpressions },
  { weight: 3, arbitrary: expressions },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('0', '30', '15,45', '*/20'),
        fc.constantFrom('0', '1', '2', '3', '5', '23', '*/2', '*'),
        fc.constantFrom('*', '*/1', '*/2', '1,*', '1-31', '29,30', '*/2,*', '1,15', '5-25/5'),
        fc.constantFrom('*', '*', 'mar-may', '*/2', '9,OCT'),
        fc.constantFrom('*', '*/1', '*/2', '0-6', '0-7', '7', '5-7', '1-7/2', 'sun', 'mon-FRI', '6,7', '*,7', '*/7'),
      )
      .map((fields) => fields.join(' ')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'),
  },
);

interface Sample {
  readonly expression: string;
  readonly zone: string;
  readonly from: number;
}

const samples: fc.Arbitrary<Sample> = fc
  .tuple(written, fc.constantFrom(...ALL_NIGHTS), fc.integer({ min: -40 * 60, max: 4 * 60 }), fc.boolean())
  .map(([expression, { zone, around }, minutes, whole]) => ({
    expression,
    zone,
    from: Math.floor(around / 1000) * 1000 + minutes * MINUTE + (whole ? 0 : 17_000),
  }));

// Milliseconds: thousands of expressions, on a busy machine.
jest.setTimeout(300_000);

let judge: ReturnType<typeof openJudge>;
beforeAll(() => {
  judge = openJudge();
}, 600_000);

/** The occurrences of an expression after an instant, as the engine counts them. */
function ours({ expression, zone, from }: Sample, wanted: number): number[] {
  const found: number[] = [];
  for (const { instant } of forward(cronTimetable(expression, zone), RULE, from + 1)) {
    if (instant !== null && (instant >= HORIZON || found.push(instant) >= wanted)) {
      break;
    }
  }
  return found;
}

function asked({ expression, zone, from }: Sample): Question {
  return ['next', expression, zone, from, WANTED];
}

function instants(answer: Answer | undefined): number[] {
  if (!isNumbers(answer)) {
    throw new Error(JSON.stringify(answer));
  }
  return answer.filter((instant) => instant < HORIZON);
}

const shown = (list: readonly number[]): string[] => list.map((instant) => new Date(instant).toISOString());

/** Both lists as far as both reach. */
function together(theirs: readonly number[], mine: readonly number[]): [number[], number[]] {
  const end = Math.min(theirs.at(-1) ?? Infinity, mine.at(-1) ?? Infinity);
  return [theirs.filter((instant) => instant <= end), mine.filter((instant) => instant <= end)];
}

/** Instants that only one of two lists has. */
function difference(one: readonly number[], other: readonly number[]): number[] {
  const [inOne, inOther] = [new Set(one), new Set(other)];
  return [...one.filter((instant) => !inOther.has(instant)), ...other.filter((instant) => !inOne.has(instant))].sort(
    (a, b) => a - b,
  );
}

/** The unreliable change that explains a difference: it lies at most a day back, or nothing was due both here and there since. */
function explains({ expression, zone, from }: Sample, instant: number, common: readonly number[]): number | undefined {
  const timetable = cronTimetable(expression, zone);
  let change = unreliableChange(timetable, 'robfig', from - 2 * DAY);
  while (change !== null && change <= instant + HOUR) {
    const settled = change + 26 * HOUR;
    if (instant < settled || !common.some((other) => other > settled && other < instant)) {
      return change;
    }
    change = unreliableChange(timetable, 'robfig', change);
  }
  return undefined;
}

/** What is special about a change of clocks at an instant. */
function how(zone: string, change: number): string {
  const { offset, after } = spanAt(zone, change - 1);
  if ((after - offset) % HOUR !== 0) {
    return 'changes by a part of an hour';
  }
  if (offset - after > HOUR) {
    return 'turns back by more than an hour';
  }
  return (change + offset) % HOUR === 0 ? 'leaps over midnight' : 'changes within an hour';
}

describe('robfig/cron', () => {
  test('has the same zone data for the nights in question', () => {
    const instantsOf = ({ around }: Night): number[] => [-DAY, -HOUR, 0, HOUR, DAY].map((more) => around + more);
    const questions = ALL_NIGHTS.flatMap((night) =>
      instantsOf(night).map((instant): Question => ['offset', night.zone, instant]),
    );
    const mine = ALL_NIGHTS.flatMap((night) => instantsOf(night).map((instant) => intlOffset(night.zone, instant)));
    expect(judge(questions)).toEqual(mine);
  });

  test('knows every zone that sched takes, however it was typed', () => {
    const [links] = judge([['zones']]);
    // Links of the database, and what older Java and Node call zones.
    const legacy = 'PST CST BST IST AST EAT JST NET SST PST8PDT EST5EDT SystemV/PST8 US/Pacific-New Local';
    const names = [...zoneNames(), ...(links as readonly string[]), ...legacy.split(' ')];
    const alternating = (name: string): string =>
      [...name].map((letter, at) => (at % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase())).join('');
    const typed = names.flatMap((name) => [name, name.toLowerCase(), name.toUpperCase(), alternating(name)]);
    const resolved = new Set(typed.flatMap((name) => attempt(() => resolveZone(name)) ?? []));
    // Every one of the database but its place-holder comes out as it is written there.
    expect((links as readonly string[]).filter((name) => !resolved.has(name))).toEqual(['Factory']);
    const answers = judge([...resolved].map((name): Question => ['zone', name]));
    expect([...resolved].filter((_, at) => answers[at] !== true)).toEqual([]);
  });

  test('never comes back from a day that does not exist', () => {
    const questions = ENDLESS.map(({ zone, around }): Question => ['next', '0 5 * * 1', zone, around - 30 * HOUR, 1]);
    expect(judge(questions)).toEqual(ENDLESS.map(() => 'endless'));
    for (const { zone, around } of ENDLESS) {
      expect(unreliableChange(cronTimetable('0 5 * * 1', zone), 'robfig', around - 30 * HOUR)).not.toBeNull();
    }
  });

  test.each(UNRELIABLE)('goes wrong where %s %s', (zone, what, expression, from) => {
    const sample = { expression, zone, from: Date.parse(from) };
    const [theirs, mine] = [instants(judge([asked(sample)])[0]), ours(sample, WANTED)];
    expect(shown(theirs)).not.toEqual(shown(mine));
    const change = unreliableChange(cronTimetable(expression, zone), 'robfig', sample.from);
    expect(change).not.toBeNull();
    expect(how(zone, change ?? 0)).toBe(what);
  });

  test('reads what is written into a CronJob as sched reads the expression', () => {
    const drawn = fc.sample(samples, { numRuns: 6000, seed: SEED });
    const accepted = drawn.filter(({ expression }) => otherReading(expression, 'robfig') === null);
    const answers = judge(accepted.map((sample) => asked({ ...sample, expression: robfigText(sample.expression) })));
    const met = new Set<string>();
    for (const [at, sample] of accepted.entries()) {
      const given = instants(answers[at]);
      const back = given.findIndex((instant, place) => instant <= (given[place - 1] ?? sample.from));
      const [theirs, mine] = together(back < 0 ? given : given.slice(0, back), ours(sample, WANTED));
      const common = theirs.filter((instant) => mine.includes(instant));
      for (const instant of [...difference(theirs, mine), ...given.slice(back < 0 ? WANTED : back).slice(0, 1)]) {
        const change = explains(sample, instant, common);
        if (change === undefined) {
          expect({ ...sample, from: new Date(sample.from).toISOString(), runs: shown(mine) }).toEqual({
            ...sample,
            from: new Date(sample.from).toISOString(),
            runs: shown(theirs),
          });
        } else {
          met.add(`${sample.zone} ${how(sample.zone, change)}`);
        }
      }
    }
    expect(accepted.length).toBeGreaterThan(4000);
    const stated = UNRELIABLE.map(([zone, what]) => `${zone} ${what}`);
    expect([...met].filter((one) => !stated.includes(one))).toEqual([]);
    expect(met.size).toBeGreaterThan(stated.length / 2);
  });

  test('reads otherwise what is refused, and takes what is offered instead', () => {
    // The day fields alone decide.
    const daily = written.map((expression) => expression.replace(/^[^@ ]+ [^ ]+/, '0 0'));
    const drawn = fc.sample(daily, { numRuns: 3000, seed: SEED });
    const refused = [...new Set(drawn)].flatMap((expression) => {
      const other = otherReading(expression, 'robfig');
      return other === null ? [] : [{ expression, ...other }];
    });
    expect(refused.length).toBeGreaterThan(100);
    const from = Date.UTC(2026, 0, 1);
    const first = (expression: string): Question => ['next', expression, 'UTC', from, 400];
    const mine = (expression: string): number[] => ours({ expression, zone: 'UTC', from }, 400);
    const same = refused.flatMap((one) => (one.same === null ? [] : [{ ...one, same: one.same }]));
    const asRefused = judge(refused.map(({ expression }) => first(robfigText(expression))));
    const asTheirs = judge(refused.map(({ theirs }) => first(robfigText(theirs))));
    const asSame = judge(same.map((one) => first(robfigText(one.same))));
    for (const [at, { expression, theirs }] of refused.entries()) {
      const meant = instants(asRefused[at]);
      expect({ expression, different: difference(...together(meant, mine(expression))).length > 0 }).toEqual({
        expression,
        different: true,
      });
      expect([theirs, shown(instants(asTheirs[at]))]).toEqual([theirs, shown(meant)]);
      expect([theirs, difference(...together(meant, mine(theirs)))]).toEqual([theirs, []]);
    }
    for (const [at, one] of same.entries()) {
      const [theirs, here] = together(instants(asSame[at]), mine(one.expression));
      expect([one.same, shown(theirs)]).toEqual([one.same, shown(here)]);
      expect(shown(mine(one.same))).toEqual(shown(mine(one.expression)));
    }
  });
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
