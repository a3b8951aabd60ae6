import { command } from '../src/cli/command.js';
import { dryRunOption, reasonOption } from '../src/cli/options/shared.js';
import { flag, text } from '../src/cli/options/typed.js';
import { SchedError } from '../src/errors.js';

export const undo = command({
  name: 'undo',
  summary: 'Restore what stood before a change',
  description: 'A new change. Undoing a delete makes a new native object. Runs and --hard cannot be undone.',
  arguments: [{ name: 'change', help: 'its number, from sched history', required: true, completes: 'change' }],
  options: [{ flags: '--force', help: 'also where something was changed since' }, reasonOption, dryRunOption],
  examples: ['sched undo 41', 'sched undo 41 --force'],
  input: ({ args, options }) => {
    const [typed = ''] = args;
    if (!/^[1-9]\d*$/.test(typed)) {
      throw new SchedError('USAGE', `${JSON.stringify(typed)} is not the number of a change.`, {
        hint: 'sched history',
      });
    }
    return {
      change: Number(typed),
      force: flag(options, 'force'),
      reason: text(options, 'reason') ?? null,
      dryRun: flag(options, 'dryRun'),
    };
  },
  run: async (input, context) => {
    const [{ undo: revert }, { presentItems }, { scheduleJson }] = await Promise.all([
      import('../src/operations/undo.js'),
      import('../src/present/items.js'),
      import('../src/operations/view.js'),
    ]);
    const { items, change } = await revert(input, context);
    return presentItems(items, {
      change,
      json: ({ outcome, planned, view }) => ({
        outcome,
        dry_run: planned,
        ...(view === null ? {} : scheduleJson(view)),
      }),
      words: ({ outcome, planned, view }) => ({
        outcome: planned && outcome !== 'unchanged' ? `would be ${outcome}` : outcome,
        detail: outcome === 'recreated' && !planned ? `as the new ${view?.record.nativeId ?? 'object'}` : '',
      }),
    });
  },
});
