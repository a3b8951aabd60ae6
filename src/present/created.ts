import type { Note, ObjectResult, Style } from '../cli/command.js';
import type { Created } from '../operations/create.js';
import { scheduleJson } from '../operations/view.js';
import { project } from '../projection.js';
import { differenceLines } from './differences.js';
import { requestLines, requestsJson } from './requests.js';
import { facts, nextText, timingWords } from './schedule.js';
import { clockChangeNotes, NO_AGENT } from './timetable-notes.js';

/** What `create` says. */
export function presentCreated(created: Created, remarks: readonly string[]): ObjectResult {
  return {
    kind: 'object',
    item:
      created.view === null || created.outcome === 'planned'
        ? {
            dry_run: true,
            ...project(created.spec, created.paused),
            name: created.spec.name,
            requests: requestsJson(created.requests),
          }
        : scheduleJson(created.view),
    names: [created.spec.name],
    text: (style) => words(created, style),
    notes: notes(created, remarks),
  };
}

async function words(created: Created, style: Style): Promise<string> {
  const { spec, outcome, view, orchestrator, manifest, preview } = created;
  const on = `${style.bold(spec.name)} on ${orchestrator} (${manifest.flavor})`;
  const head = {
    created: `Created ${on}`,
    replaced: `Changed ${on}`,
    unchanged: `Unchanged: ${on} exists`,
    planned: view === null ? `Would create ${on}` : `Would change ${on}`,
  }[outcome];
  const mark = outcome === 'planned' || !style.terminal ? '' : `${style.green(style.symbol.ok)} `;
  const next = preview.next.length === 0 ? 'when something changes' : nextText(preview.next, spec.timezone, style.now);
  const lines = [
    `${mark}${head}`,
    facts(
      [
        ['runs', timingWords(spec)],
        ['next', created.paused ? 'paused' : next],
        ['native', view?.record.nativeId ?? null],
        ['id', view?.record.id.slice(0, 8) ?? null],
      ],
      style,
    ),
  ];
  const changed = outcome === 'replaced' || outcome === 'planned' ? differenceLines(created.differences, style) : '';
  const steps = outcome === 'planned' ? created.steps.map((step) => `Would ${step}.`) : [];
  const requests = await requestLines(created.requests, style);
  return [...lines, changed, ...steps, requests, ...(outcome === 'planned' ? ['Nothing was changed.'] : [])]
    .filter(Boolean)
    .join('\n');
}

function notes(
  { preview, spec, view, manifest, outcome, differences, attended }: Created,
  remarks: readonly string[],
): Note[] {
  const found: Note[] = remarks.map((text) => ({ kind: 'hint', text }));
  found.push(...clockChangeNotes(preview, spec.timezone, manifest));
  if (outcome === 'unchanged' && differences.length > 0) {
    found.push({
      kind: 'warning',
      text: `It differs from what was asked for in ${differences.map(({ field }) => field).join(', ')}.`,
    });
  }
  if (view?.state === 'unattended' && outcome !== 'planned') {
    found.push(NO_AGENT);
  } else if ((manifest.needsAgent || view?.record.firedBy === 'agent') && attended && outcome !== 'planned') {
    found.push({ kind: 'hint', text: 'The running agent fires it.' });
  }
  return found;
}
