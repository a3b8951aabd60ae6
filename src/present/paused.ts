import type { Note, ObjectResult, Style } from '../cli/command.js';
import type { Paused, PauseInput, PauseReport } from '../operations/pause.js';
import { scheduleJson } from '../operations/view.js';
import { formatLocal } from '../time/format.js';
import { type ItemWords, presentItems } from './items.js';
import { requestLines, requestsJson } from './requests.js';

/** What `pause` and `resume` say. */
export function presentPaused(report: PauseReport, input: PauseInput): ObjectResult {
  const ends = input.until !== null && report.items.some(({ result }) => result?.outcome === 'paused');
  const notes: Note[] = ends ? [{ kind: 'hint', text: 'A running agent ends the pause: sched agent' }] : [];
  return presentItems(report.items, {
    change: report.change,
    json: ({ outcome, view, requests }) => ({
      outcome,
      ...scheduleJson(view),
      ...(outcome === 'planned' && { requests: requestsJson(requests) }),
    }),
    below: ({ requests }, style) => requestLines(requests, style),
    words: (result, style) => words(result, input, style),
    notes,
  });
}

function words({ outcome, view, earlier }: Paused, input: PauseInput, style: Style): ItemWords {
  const { timezone } = view.record.spec;
  const until = view.record.pause?.until ?? null;
  const verb = input.paused ? 'pause' : 'resume';
  if (outcome === 'planned') {
    return { outcome: `would ${verb}`, detail: '' };
  }
  if (outcome !== 'unchanged') {
    return {
      outcome,
      detail: until === null ? '' : `until ${formatLocal(until, timezone, style.now)} ${timezone}`,
    };
  }
  if (earlier === null) {
    return { outcome, detail: input.paused ? 'already paused' : 'already active' };
  }
  const why = earlier.reason === null ? '' : `: ${JSON.stringify(earlier.reason)}`;
  return {
    outcome,
    detail: `already paused by ${earlier.by} on ${formatLocal(earlier.at, timezone, style.now)}${why}`,
  };
}
