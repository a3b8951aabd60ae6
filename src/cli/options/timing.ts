/** Options that say when a schedule is due. */
import { isAbsolute, resolve } from 'node:path';
import { SchedError } from '../../errors.js';
import type { Instant, Timetable, Timing } from '../../schedule.js';
import { parseCron } from '../../time/cron.js';
import { parseMonthDays, parseTimesOfDay, parseWeekdays } from '../../time/day-lists.js';
import { parseInstant } from '../../time/instant.js';
import { parseDuration, parseInterval } from '../../time/interval.js';
import { resolveZone } from '../../time/zone.js';
import type { OptionDefinition, Surroundings, Typed } from '../command.js';
import { onlyOne, text, wholeNumber } from './typed.js';

const GROUP = 'When';

/** Which timing; exactly one of `--cron`, `--every`, `--at`, `--on-change`. */
export const timingOptions: readonly OptionDefinition[] = [
  { flags: '--cron <expression>', help: 'cron expression of five fields, or @daily and the like', group: GROUP },
  { flags: '--cron-expression <expression>', help: 'the same as --cron', group: GROUP, hidden: true },
  { flags: '--every <interval>', help: 'interval: 30m, "2 weeks", PT30M', group: GROUP },
  { flags: '--interval-second <seconds>', help: 'interval in seconds', group: GROUP },
  { flags: '--on <days>', help: 'with --every: weekdays (mon,thu) for weeks, days (1,15) for months', group: GROUP },
  { flags: '--time <times>', help: 'with --every days, weeks or months: times of day (06:30,18:00)', group: GROUP },
  { flags: '--at <time>', help: 'run once: 2026-12-01T09:00, "tomorrow 09:00"', group: GROUP },
  { flags: '--run-once-start-time <time>', help: 'the same as --at', group: GROUP, hidden: true },
  {
    flags: '--on-change <folder>',
    help: 'run for each new or modified file directly in a folder',
    group: GROUP,
    completes: 'folder',
  },
  { flags: '--poll <interval>', help: 'with --on-change: how often to look (default 5m)', group: GROUP },
  {
    flags: '--file-parameter <name>',
    help: 'with --on-change: the parameter that receives the file’s path (default file)',
    group: GROUP,
  },
  ...zoneOption(GROUP),
  { flags: '--start-time <time>', help: 'nothing before it; the anchor of an interval', group: GROUP },
  { flags: '--end-time <time>', help: 'nothing after it', group: GROUP },
  { flags: '--max-runs <count>', help: 'ends after so many runs', group: GROUP },
];

function zoneOption(group: string): readonly OptionDefinition[] {
  return [{ flags: '--timezone <zone>', help: 'IANA time zone, Europe/Berlin', group, completes: 'timezone' }];
}

/** Options of one timing alone, for previews. */
export const previewOptions: readonly OptionDefinition[] = timingOptions.filter(
  ({ flags }) => !/^--(on-change|poll|file-parameter|max-runs)/.test(flags),
);

const KINDS = [
  ['cron', '--cron'],
  ['cronExpression', '--cron-expression'],
  ['every', '--every'],
  ['intervalSecond', '--interval-second'],
  ['at', '--at'],
  ['runOnceStartTime', '--run-once-start-time'],
  ['onChange', '--on-change'],
] as const;

const DEFAULT_POLL_SECONDS = 300;

/** A timetable as typed; `remarks` say which zone was assumed. */
export interface TypedTimetable {
  readonly timetable: Timetable;
  readonly remarks: readonly string[];
}

/** What was typed of a timetable, laid over `before` (null: nothing yet). Undefined timing: none was typed. Throws USAGE. */
export function readTimetable(options: Typed, surroundings: Surroundings, before: Timetable | null): TypedTimetable {
  const remarks: string[] = [];
  const typedZone = text(options, 'timezone');
  const timezone =
    typedZone === undefined ? (before?.timezone ?? resolveZone(surroundings.timezone.name)) : resolveZone(typedZone);
  const instant = (name: string): Instant | undefined => {
    const value = text(options, name);
    if (value === undefined) {
      return undefined;
    }
    const { instant: parsed, assumedZone, fold } = parseInstant(value, { now: surroundings.now, zone: timezone });
    if (assumedZone) {
      remarks.push(`${value} is read in ${timezone}.`);
    }
    if (fold) {
      remarks.push(`${value} comes twice in ${timezone}; the first is taken.`);
    }
    return parsed;
  };
  const start = flagCleared(options, 'clearStartTime') ? null : (instant('startTime') ?? before?.start ?? null);
  const end = flagCleared(options, 'clearEndTime') ? null : (instant('endTime') ?? before?.end ?? null);
  if (start !== null && end !== null && end <= start) {
    throw new SchedError('USAGE', 'The end time is not after the start time.');
  }
  const kind = onlyOne(options, KINDS);
  refuseOrphans(options, kind);
  const anchor = start ?? (before?.timing.kind === 'interval' ? before.timing.anchor : wholeSecond(surroundings.now));
  const timing =
    kind === undefined
      ? keptTiming(before, start, options)
      : readTiming(options, kind, { anchor, timezone, instant, surroundings });
  if (typedZone === undefined && before === null && dependsOnZone(timing)) {
    remarks.push(`Time zone ${timezone}, from ${surroundings.timezone.source}; --timezone sets another.`);
  }
  const maxRuns = flagCleared(options, 'clearMaxRuns')
    ? null
    : (wholeNumber(options, 'maxRuns', '--max-runs') ?? before?.maxRuns ?? null);
  return { timetable: { timing, timezone, start, end, maxRuns }, remarks };
}

/** An interval that starts when it is made starts with the second, so that its times can be read. */
function wholeSecond(instant: Instant): Instant {
  return Math.floor(instant / 1000) * 1000;
}

function flagCleared(options: Typed, name: string): boolean {
  return options[name] === true;
}

/** Seconds, minutes and hours of an interval, and a change, mean the same in every zone. */
function dependsOnZone(timing: Timing): boolean {
  return timing.kind === 'cron' || (timing.kind === 'interval' && ['day', 'week', 'month'].includes(timing.unit));
}

function keptTiming(before: Timetable | null, start: Instant | null, options: Typed): Timing {
  if (before === null) {
    throw new SchedError('USAGE', 'When is it to run?', {
      hint: 'One of --cron "0 3 * * *", --every 30m, --at "tomorrow 09:00", --on-change FOLDER.',
    });
  }
  return before.timing.kind === 'interval' && start !== null && text(options, 'startTime') !== undefined
    ? { ...before.timing, anchor: start }
    : before.timing;
}

function refuseOrphans(options: Typed, kind: string | undefined): void {
  const interval = kind === 'every';
  const wrong =
    (text(options, 'on') !== undefined && !interval && '--on goes with --every.') ||
    (text(options, 'time') !== undefined && !interval && '--time goes with --every; a run at one moment is --at.') ||
    (text(options, 'poll') !== undefined && kind !== 'onChange' && '--poll goes with --on-change.') ||
    (text(options, 'fileParameter') !== undefined && kind !== 'onChange' && '--file-parameter goes with --on-change.');
  if (wrong) {
    throw new SchedError('USAGE', wrong);
  }
}

interface Reading {
  readonly anchor: Instant;
  readonly timezone: string;
  readonly instant: (name: string) => Instant | undefined;
  readonly surroundings: Surroundings;
}

function readTiming(options: Typed, kind: string, reading: Reading): Timing {
  const typed = text(options, kind) ?? '';
  switch (kind) {
    case 'cron':
    case 'cronExpression':
      parseCron(typed);
      return { kind: 'cron', expression: typed.trim().replaceAll(/\s+/g, ' ') };
    case 'every':
      return readInterval(typed, options, reading);
    case 'intervalSecond':
      return { kind: 'interval', ...secondsInterval(typed), anchor: reading.anchor, on: [], times: [] };
    case 'onChange':
      return readChange(typed, options, reading.surroundings);
    default:
      return readOnce(kind, reading);
  }
}

/** ZenML's `--interval-second 1800`; also what it prints, `1800.0`, and a duration. */
function secondsInterval(typed: string): { count: number; unit: 'second' | ReturnType<typeof parseInterval>['unit'] } {
  const plain = /^(\d+)(?:\.0+)?$/.exec(typed)?.[1];
  return parseInterval(plain === undefined ? typed : `${plain}s`);
}

function readInterval(typed: string, options: Typed, { anchor }: Reading): Timing {
  const { count, unit } = parseInterval(typed);
  const on = text(options, 'on');
  const times = text(options, 'time');
  if (on !== undefined && unit !== 'week' && unit !== 'month') {
    throw new SchedError('USAGE', `--on goes with weeks or months, not with every ${typed}.`);
  }
  if (times !== undefined && !['day', 'week', 'month'].includes(unit)) {
    throw new SchedError('USAGE', `--time goes with days, weeks or months, not with every ${typed}.`);
  }
  return {
    kind: 'interval',
    count,
    unit,
    anchor,
    on: on === undefined ? [] : unit === 'week' ? parseWeekdays(on) : parseMonthDays(on),
    times: times === undefined ? [] : parseTimesOfDay(times),
  };
}

function readChange(typed: string, options: Typed, { cwd }: Surroundings): Timing {
  const poll = text(options, 'poll');
  return {
    kind: 'change',
    folder: isAbsolute(typed) ? typed : resolve(cwd, typed),
    pollSeconds: poll === undefined ? DEFAULT_POLL_SECONDS : parseDuration(poll),
    parameter: text(options, 'fileParameter') ?? 'file',
  };
}

function readOnce(kind: string, { instant, surroundings }: Reading): Timing {
  const at = instant(kind) ?? surroundings.now;
  if (at <= surroundings.now) {
    throw new SchedError('USAGE', 'That moment is over.', { hint: 'sched trigger starts a run now.' });
  }
  return { kind: 'once', at };
}
