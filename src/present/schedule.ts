/** How schedules look to people. */

import type { Column, Style } from '../cli/command.js';
import type { ScheduleView } from '../operations/view.js';
import type { ScheduleSpec } from '../schedule.js';
import { describeTiming, timingText } from '../time/describe.js';
import { formatDuration, formatLocal, formatRelative } from '../time/format.js';

/** Shown with `--columns` only. */
const ON_REQUEST: readonly string[] = [
  'id',
  'active',
  'cron_expression',
  'interval_second',
  'start_time',
  'end_time',
  'run_once_start_time',
  'catchup',
  'created',
  'updated',
  'is_archived',
  'user',
  'orchestrator_id',
  'flavor',
  'catchup_policy',
  'overlap',
  'max_runs',
  'timeout_seconds',
  'labels',
  'owner',
  'description',
  'parameters',
  'last_run_status',
  'native_id',
  'url',
  'fired_by',
  'origin',
  'revision',
  'run',
];

/** The columns of `list`; ZenML's names are the JSON keys. */
export const scheduleColumns: readonly Column<ScheduleView>[] = [
  { key: 'name', shown: true, drops: 0 },
  { key: 'pipeline', shown: true, drops: 6 },
  { key: 'orchestrator', shown: true, drops: 5 },
  {
    key: 'schedule',
    shown: true,
    drops: 2,
    text: ({ record }) => timingText(record.spec.timing),
    value: ({ record }) => timingText(record.spec.timing),
  },
  { key: 'timezone', heading: 'ZONE', shown: true, drops: 4 },
  { key: 'state', shown: true, drops: 0, text: stateText, value: ({ state }) => state },
  {
    key: 'next_run_time',
    heading: 'NEXT',
    shown: true,
    drops: 1,
    text: ({ nextRun }, style) => relative(nextRun, style),
  },
  { key: 'last_run_time', heading: 'LAST', shown: true, drops: 3, text: lastText },
  ...ON_REQUEST.map((key) => ({ key })),
];

function relative(instant: number | null, style: Style): string {
  return instant === null ? style.symbol.none : formatRelative(instant, style.now);
}

/** `active`, `paused to 1 Dec`, `ends 30 Nov`. */
export function stateText({ record, state }: ScheduleView, style: Style): string {
  const { spec, pause } = record;
  if (state === 'paused') {
    const until = pause?.until ?? null;
    return style.yellow(until === null ? 'paused' : `paused to ${shortDate(until, spec.timezone, style.now)}`);
  }
  if (state === 'active' && spec.end !== null) {
    return `ends ${shortDate(spec.end, spec.timezone, style.now)}`;
  }
  return state === 'unattended' || state === 'broken' ? style.red(state) : state;
}

/** `1 Dec`, with the time when it is within two days. */
function shortDate(instant: number, zone: string, now: number): string {
  const words = formatLocal(instant, zone, now).split(' ').slice(1);
  return Math.abs(instant - now) < 2 * 86_400_000 ? words.join(' ') : words.slice(0, -1).join(' ');
}

/** `✓ 9 h ago, 12 min`, `✗ 46 min ago: exit 1`, `never ran`. */
export function lastText({ record: { lastRun } }: ScheduleView, style: Style): string {
  if (lastRun === null) {
    return style.dim('never ran');
  }
  const at = lastRun.started ?? lastRun.scheduled;
  const ago = at === null ? '' : ` ${formatRelative(at, style.now)}`;
  switch (lastRun.status) {
    case 'succeeded': {
      const took =
        lastRun.started === null || lastRun.finished === null
          ? ''
          : `, ${formatDuration(lastRun.finished - lastRun.started)}`;
      return `${style.green(style.symbol.ok)}${ago}${took}`;
    }
    case 'running':
    case 'pending':
    case 'skipped':
    case 'stopped':
      return `${lastRun.status}${ago}`;
    default: {
      const why = lastRun.exitCode === null ? lastRun.status.replace('_', ' ') : `exit ${lastRun.exitCode}`;
      return `${style.red(style.symbol.failed)}${ago}: ${why}`;
    }
  }
}

/** `Mon 23 Nov 03:00 · Tue 24 Nov 03:00`, in the schedule's own zone. */
export function nextText(instants: readonly number[], zone: string, now: number): string {
  return instants.map((instant) => formatLocal(instant, zone, now)).join(' · ');
}

/** Two columns of words, the first dimmed. */
export function facts(rows: readonly (readonly [string, string | null])[], style: Style): string {
  const shown = rows.filter((row): row is readonly [string, string] => row[1] !== null && row[1] !== '');
  const width = Math.max(0, ...shown.map(([label]) => label.length));
  return shown
    .map(
      ([label, value]) =>
        `  ${style.dim(label.padEnd(width))}  ${value.replaceAll('\n', `\n  ${' '.repeat(width)}  `)}`,
    )
    .join('\n');
}

/** The timing in words; never throws, because a record must be shown even when it can no longer be read. */
export function timingWords(spec: ScheduleSpec): string {
  try {
    return describeTiming(spec);
  } catch {
    return timingText(spec.timing);
  }
}
