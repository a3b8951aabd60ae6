import { command } from '../src/cli/command.js';
import {
  dryRunOption,
  namesArgument,
  readSelection,
  reasonOption,
  selectionOptions,
  yesOption,
} from '../src/cli/options/shared.js';
import { flag, text } from '../src/cli/options/typed.js';

export const remove = command({
  name: 'delete',
  aliases: ['rm'],
  summary: 'Remove schedules, natively first',
  description:
    'Running work goes on. The record is archived and its name is free again; --hard purges record, history and runs.',
  arguments: [namesArgument],
  options: [
    ...selectionOptions,
    yesOption,
    { flags: '--hard', help: 'purge the record too; this cannot be undone' },
    { flags: '--keep-native', help: 'leave what stands on the orchestrator, which goes on firing' },
    reasonOption,
    dryRunOption,
  ],
  examples: [
    'sched delete nightly',
    'sched delete nightly -y --reason "replaced by v2"',
    'sched delete -l env=test --yes',
  ],
  input: ({ args, options }) => ({
    selection: readSelection(args, options),
    hard: flag(options, 'hard'),
    keepNative: flag(options, 'keepNative'),
    yes: flag(options, 'yes'),
    reason: text(options, 'reason') ?? null,
    dryRun: flag(options, 'dryRun'),
  }),
  run: async (input, context) => {
    const [{ remove: carryOut }, { presentItems }] = await Promise.all([
      import('../src/operations/delete.js'),
      import('../src/present/items.js'),
    ]);
    const { items, change } = await carryOut(input, context);
    return presentItems(items, {
      change,
      undo: !input.hard,
      json: ({ outcome, id, nativeId, orchestrator }) => ({ outcome, id, native_id: nativeId, orchestrator }),
      words: ({ outcome, nativeId, orchestrator }) => ({
        outcome: outcome === 'planned' ? 'would delete' : outcome,
        detail:
          outcome === 'unchanged' ? 'archived already' : nativeId === null ? '' : `${nativeId} on ${orchestrator}`,
      }),
    });
  },
});
