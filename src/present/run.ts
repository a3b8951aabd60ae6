/** How runs look to people. */

import type { Column, ListResult, Style } from '../cli/command.js';
import { runJson } from '../operations/view.js';
import type { RunRecord } from '../registry/registry.js';
import type { NativeRun } from '../schedule.js';
import { formatDuration, formatRelative } from '../time/format.js';

const runColumns: readonly Column<RunRecord>[] = [
  { key: 'id', shown: true, drops: 0 },
  { key: 'schedule', shown: true, drops: 1 },
  { key: 'status', shown: true, drops: 0, text: statusText },
  { key: 'trigger', shown: true, drops: 3 },
  {
    key: 'scheduled_time',
    heading: 'SCHEDULED',
    shown: true,
    drops: 5,
    text: ({ scheduled }, style) => relative(scheduled, style),
  },
  {
    key: 'started_at',
    heading: 'STARTED',
    shown: true,
    drops: 2,
    text: ({ started }, style) => relative(started, style),
  },
  { key: 'duration', shown: true, drops: 4, text: durationText, value: durationSeconds },
  {
    key: 'exit_code',
    heading: 'EXIT',
    shown: true,
    drops: 6,
    text: ({ exitCode }, style) => (exitCode === null ? style.symbol.none : String(exitCode)),
  },
  { key: 'reason', shown: true, drops: 7, text: ({ reason }) => reason ?? '' },
  ...['schedule_id', 'pipeline', 'orchestrator', 'finished_at', 'attempt', 'native_id', 'url'].map((key) => ({ key })),
];

function relative(instant: number | null, style: Style): string {
  return instant === null ? style.symbol.none : formatRelative(instant, style.now);
}

function durationText(run: RunRecord, style: Style): string {
  const seconds = durationSeconds(run);
  return seconds === null ? style.symbol.none : formatDuration(seconds * 1000);
}

function durationSeconds({ started, finished }: RunRecord): number | null {
  return started === null || finished === null ? null : (finished - started) / 1000;
}

/** The status with its symbol. */
export function statusText({ status }: Pick<NativeRun, 'status'>, style: Style): string {
  const words = status.replace('_', ' ');
  switch (status) {
    case 'succeeded':
      return style.terminal ? `${style.green(style.symbol.ok)} ${words}` : words;
    case 'failed':
    case 'timed_out':
    case 'unknown':
      return style.terminal ? `${style.red(style.symbol.failed)} ${words}` : words;
    default:
      return words;
  }
}

/** What `runs` says. */
export function presentRuns(rows: readonly RunRecord[], limit: number): ListResult<RunRecord> {
  const more = rows.length === limit ? '; --size shows more' : '';
  return {
    kind: 'list',
    rows,
    columns: runColumns,
    item: runJson,
    pagination: { page: 1, size: limit, total: rows.length },
    empty: 'No runs.',
    footer: `${rows.length} ${rows.length === 1 ? 'run' : 'runs'}${more}`,
  };
}
