import type { Note, ObjectResult, Style } from '../cli/command.js';
import type { Created } from '../operations/create.js';
import { scheduleJson } from '../operations/view.js';
import { project } from '../projection.js';
import { formatLocal } from '../time/format.js';
import { differenceLines } from './differences.js';
import { facts, nextText, timingWords } from './schedule.js';

/** What `create` says. */
export function presentCreated(created: Created, remarks: readonly string[]): ObjectResult {
  return {
    kind: 'object',
    item:
      created.view === null || created.outcome === 'planned'
        ? { dry_run: true, ...project(created.spec, created.paused), name: created.spec.name }
        : scheduleJson(created.view),
    names: [created.spec.name],
    text: (style) => words(created, style),
    notes: notes(created, remarks),
  };
}

function words(created: Created, style: Style): string {
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
  return [...lines, changed, ...steps, ...(outcome === 'planned' ? ['Nothing was changed.'] : [])]
    .filter(Boolean)
    .join('\n');
}

function notes(
  { preview, spec, view, manifest, outcome, differences, attended }: Created,
  remarks: readonly string[],
): Note[] {
  const found: Note[] = remarks.map((text) => ({ kind: 'hint', text }));
  const { daylight } = preview;
  if (daylight !== null) {
    const what = daylight.kind === 'gap' ? 'does not exist' : 'comes twice';
    const then =
      daylight.instant === null
        ? 'that run is left out'
        : `it runs at ${formatLocal(daylight.instant, spec.timezone, daylight.instant)}`;
    found.push({ kind: 'warning', text: `${daylight.wall.replace('T', ' ')} ${what} in ${spec.timezone}; ${then}.` });
  }
  if (outcome === 'unchanged' && differences.length > 0) {
    found.push({
      kind: 'warning',
      text: `It differs from what was asked for in ${differences.map(({ field }) => field).join(', ')}.`,
    });
  }
  if (view?.state === 'unattended' && outcome !== 'planned') {
    found.push({ kind: 'warning', text: 'No agent is running: nothing fires until one does.  sched agent --install' });
  } else if (manifest.needsAgent && attended && outcome !== 'planned') {
    found.push({ kind: 'hint', text: 'The running agent fires it.' });
  }
  return found;
}
