import type { Note, ObjectResult, Style } from '../cli/command.js';
import type { Updated } from '../operations/update.js';
import { scheduleJson } from '../operations/view.js';
import type { Difference } from '../projection.js';
import { formatLocal } from '../time/format.js';
import { differenceLines } from './differences.js';

/** What `update` says: what changed, field by field, and the next run before and after. */
export function presentUpdated(updated: Updated): ObjectResult {
  return {
    kind: 'object',
    item: {
      ...scheduleJson(updated.view),
      ...(updated.outcome === 'planned' && { dry_run: true }),
      differences: updated.differences.map((difference) => ({ ...difference })),
    },
    names: [updated.record.spec.name],
    text: (style) => words(updated, style),
    notes: notes(updated),
  };
}

function words(updated: Updated, style: Style): string {
  const { outcome, record, differences, steps } = updated;
  if (outcome === 'unchanged') {
    return `Unchanged: ${record.spec.name} is so already.`;
  }
  const lines = differenceLines([...differences, ...nextRun(updated, style)], style);
  if (outcome === 'planned') {
    return [lines, ...steps.map((step) => `Would ${step}.`), 'Nothing was changed.'].join('\n');
  }
  const mark = style.terminal ? `${style.green(style.symbol.ok)} ` : '';
  return `${mark}Updated ${style.bold(record.spec.name)} on ${record.orchestrator}\n${lines}`;
}

function nextRun({ before, after, record }: Updated, style: Style): Difference[] {
  const { timezone } = record.spec;
  const [was] = before.next;
  const [is] = after.next;
  if (was === is || record.desired !== 'active') {
    return [];
  }
  const text = (instant: number | undefined): string =>
    instant === undefined ? 'none' : formatLocal(instant, timezone, style.now);
  return [{ field: 'next run', expected: text(was), actual: `${text(is)} ${timezone}` }];
}

function notes({ view, after, record }: Updated): Note[] {
  const found: Note[] = [];
  if (after.daylight !== null) {
    const what = after.daylight.kind === 'gap' ? 'does not exist' : 'comes twice';
    found.push({
      kind: 'warning',
      text: `${after.daylight.wall.replace('T', ' ')} ${what} in ${record.spec.timezone}.`,
    });
  }
  if (view.state === 'unattended') {
    found.push({ kind: 'warning', text: 'No agent is running: nothing fires until one does.  sched agent --install' });
  }
  return found;
}
