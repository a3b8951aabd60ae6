import type { Note, ObjectResult, Style } from '../cli/command.js';
import type { Updated } from '../operations/update.js';
import { scheduleJson } from '../operations/view.js';
import type { Difference } from '../projection.js';
import { formatLocal } from '../time/format.js';
import { differenceLines } from './differences.js';
import { requestLines, requestsJson } from './requests.js';
import { clockChangeNotes, NO_AGENT } from './timetable-notes.js';

/** What `update` says: what changed, field by field, and the next run before and after. */
export function presentUpdated(updated: Updated): ObjectResult {
  return {
    kind: 'object',
    item: {
      ...scheduleJson(updated.view),
      ...(updated.outcome === 'planned' && { dry_run: true, requests: requestsJson(updated.requests) }),
      differences: updated.differences.map((difference) => ({ ...difference })),
    },
    names: [updated.record.spec.name],
    text: (style) => words(updated, style),
    notes: notes(updated),
  };
}

async function words(updated: Updated, style: Style): Promise<string> {
  const { outcome, record, differences, steps } = updated;
  if (outcome === 'unchanged') {
    return `Unchanged: ${record.spec.name} is so already.`;
  }
  const lines = differenceLines([...differences, ...nextRun(updated, style)], style);
  if (outcome === 'planned') {
    const requests = await requestLines(updated.requests, style);
    return [lines, ...steps.map((step) => `Would ${step}.`), requests, 'Nothing was changed.']
      .filter(Boolean)
      .join('\n');
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

function notes({ view, after, record, manifest }: Updated): Note[] {
  const clocks = clockChangeNotes(after, record.spec.timezone, manifest);
  return view.state === 'unattended' ? [...clocks, NO_AGENT] : clocks;
}
