import type { Column, ListResult, Style } from '../cli/command.js';
import { type HistoryEntry, revisionDifferences } from '../operations/history.js';
import { instant } from '../operations/view.js';
import type { RevisionRecord } from '../registry/registry.js';
import type { Json } from '../schedule.js';
import { formatRelative } from '../time/format.js';
import { differenceWords } from './differences.js';

const columns: readonly Column<HistoryEntry>[] = [
  {
    key: 'change',
    shown: true,
    drops: 0,
    text: ({ change }) => String(change.number),
    value: ({ change }) => change.number,
  },
  {
    key: 'at',
    heading: 'WHEN',
    shown: true,
    drops: 1,
    text: ({ change }, style) => formatRelative(change.at, style.now),
    value: ({ change }) => instant(change.at),
  },
  {
    key: 'actor',
    heading: 'WHO',
    shown: true,
    drops: 4,
    text: ({ change }) => change.actor,
    value: ({ change }) => change.actor,
  },
  {
    key: 'verb',
    heading: 'WHAT',
    shown: true,
    drops: 0,
    text: ({ change }) => change.verb,
    value: ({ change }) => change.verb,
  },
  {
    key: 'schedules',
    shown: true,
    drops: 2,
    text: schedules,
    value: ({ revisions }) => revisions.map(({ schedule }) => schedule),
  },
  {
    key: 'differences',
    heading: 'CHANGED',
    shown: true,
    drops: 3,
    text: changed,
    value: ({ revisions }) => revisions.map(revisionJson),
  },
  {
    key: 'reason',
    heading: 'WHY',
    shown: true,
    drops: 5,
    text: ({ change }) => change.reason ?? '',
    value: ({ change }) => change.reason,
  },
];

function schedules({ revisions }: HistoryEntry): string {
  const [first] = revisions;
  return first === undefined
    ? ''
    : revisions.length === 1
      ? first.schedule
      : `${first.schedule} and ${revisions.length - 1} more`;
}

function changed({ revisions }: HistoryEntry, style: Style): string {
  const [first] = revisions;
  if (first === undefined || revisions.length > 1) {
    return '';
  }
  return differenceWords(first.differences, style.now);
}

function revisionJson(revision: RevisionRecord): Json {
  return {
    schedule_id: revision.scheduleId,
    schedule: revision.schedule,
    revision: revision.revision,
    before: revision.before as unknown as Json,
    after: revision.after as unknown as Json,
    differences: revisionDifferences(revision).map((difference) => ({ ...difference })),
  };
}

/** What `history` says. */
export function presentHistory(rows: readonly HistoryEntry[], limit: number): ListResult<HistoryEntry> {
  return {
    kind: 'list',
    rows,
    columns,
    name: ({ change }) => String(change.number),
    item: ({ change, revisions }) => ({
      change: change.number,
      at: instant(change.at),
      actor: change.actor,
      verb: change.verb,
      reason: change.reason,
      revisions: revisions.map(revisionJson),
    }),
    pagination: { page: 1, size: limit, total: rows.length },
    empty: 'No changes.',
    footer: `${rows.length} ${rows.length === 1 ? 'change' : 'changes'}.  Undo one: sched undo NUMBER`,
  };
}
