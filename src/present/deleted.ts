import type { Note, ObjectResult } from '../cli/command.js';
import type { Deleted, DeleteInput, DeleteReport } from '../operations/delete.js';
import { type ItemWords, presentItems } from './items.js';
import { requestLines, requestsJson } from './requests.js';

/** What `delete` says. */
export function presentDeleted({ items, change }: DeleteReport, { hard }: Pick<DeleteInput, 'hard'>): ObjectResult {
  const goesOn = items.some(
    ({ result }) => result?.stopsRuns === true && result.running === 'goes on' && result.outcome !== 'unchanged',
  );
  const notes: Note[] = goesOn ? [{ kind: 'hint', text: 'What is running goes on; --stop-runs ends it.' }] : [];
  return presentItems(items, {
    change,
    undo: !hard,
    json: ({ outcome, id, nativeId, orchestrator, native, running, requests }) => ({
      outcome,
      id,
      native_id: nativeId,
      orchestrator,
      native,
      running,
      requests: requestsJson(requests),
    }),
    words,
    below: ({ requests }, style) => requestLines(requests, style),
    notes,
  });
}

function words({ outcome, nativeId, orchestrator, native, running }: Deleted): ItemWords {
  if (outcome === 'unchanged') {
    return { outcome, detail: 'archived already' };
  }
  const there = `${nativeId} on ${orchestrator}`;
  const planned = outcome === 'planned';
  const detail =
    nativeId === null || native === null
      ? ''
      : {
          removed: `${there}${running === 'ended' ? ', and what it was running' : ''}`,
          stopped: `${there} ${planned ? 'would be' : 'is'} stopped and left there; --delete-native removes it`,
          left: `${there} ${planned ? 'would be' : 'is'} left there as it is`,
        }[native];
  return { outcome: planned ? 'would delete' : outcome, detail };
}
