import type { Column, ListResult } from '../cli/command.js';
import type { Backfill, BackfillItem } from '../operations/backfill.js';
import { formatLocalFull, isoUtc } from '../time/format.js';

/** What `backfill` says: one line an occurrence. */
export function presentBackfill({ record, items, unattended }: Backfill, dryRun: boolean): ListResult<BackfillItem> {
  const { timezone } = record.spec;
  const columns: readonly Column<BackfillItem>[] = [
    {
      key: 'scheduled_time',
      heading: 'SCHEDULED',
      shown: true,
      drops: 0,
      text: ({ scheduled }) => formatLocalFull(scheduled, timezone),
    },
    { key: 'outcome', shown: true, drops: 0 },
    { key: 'detail', shown: true, drops: 2, text: ({ detail }) => detail ?? '' },
    {
      key: 'run',
      shown: true,
      drops: 1,
      text: ({ run }) => run?.nativeId ?? '',
      value: ({ run }) => run?.nativeId ?? null,
    },
  ];
  const failed = items.filter(({ outcome }) => outcome === 'failed').length;
  const count = (outcome: BackfillItem['outcome']): number => items.filter((item) => item.outcome === outcome).length;
  const sums = (['planned', 'started', 'succeeded', 'failed', 'skipped'] as const).flatMap((outcome) =>
    count(outcome) > 0 ? [`${count(outcome)} ${outcome}`] : [],
  );
  return {
    kind: 'list',
    rows: items,
    columns,
    name: ({ scheduled }) => isoUtc(scheduled),
    item: ({ scheduled, outcome, detail, run }) => ({
      scheduled_time: isoUtc(scheduled),
      outcome,
      detail,
      run: run?.nativeId ?? null,
    }),
    pagination: { page: 1, size: Math.max(items.length, 1), total: items.length },
    empty: 'No occurrence lies in that period.',
    footer: `${sums.join(', ')}${dryRun ? '. Nothing was started.' : ''}`,
    notes:
      unattended && count('started') > 0
        ? [{ kind: 'warning', text: 'No agent is running: the runs wait for one.  sched agent' }]
        : [],
    exit:
      failed > 0 ? [{ code: failed === items.length ? 1 : 8, reason: `${failed} of ${items.length} runs failed` }] : [],
  };
}
