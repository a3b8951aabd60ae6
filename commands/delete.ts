import { command } from '../src/cli/command.js';
import {
  dryRunOption,
  namesArgument,
  readSelection,
  reasonOption,
  selectionOptions,
  yesOption,
} from '../src/cli/options/shared.js';
import { flag, onlyOne, text } from '../src/cli/options/typed.js';

export const remove = command({
  name: 'delete',
  aliases: ['rm'],
  summary: 'Remove schedules, natively first',
  description:
    'Running work goes on, unless --stop-runs ends it. The record is archived and its name is free again; --hard purges record, history and runs. What was adopted is stopped on its orchestrator and left there, unless --delete-native removes it.',
  arguments: [namesArgument],
  options: [
    ...selectionOptions,
    yesOption,
    { flags: '--hard', help: 'purge the record too; this cannot be undone' },
    { flags: '--keep-native', help: 'leave what stands on the orchestrator, which goes on firing' },
    { flags: '--delete-native', help: 'remove also what was adopted, which is only stopped otherwise' },
    { flags: '--stop-runs', help: 'end what is running too' },
    reasonOption,
    dryRunOption,
  ],
  examples: [
    'sched delete nightly',
    'sched delete nightly -y --reason "replaced by v2"',
    'sched delete -l env=test --yes',
  ],
  input: ({ args, options }) => {
    onlyOne(options, [
      ['keepNative', '--keep-native'],
      ['deleteNative', '--delete-native'],
    ]);
    onlyOne(options, [
      ['keepNative', '--keep-native'],
      ['stopRuns', '--stop-runs'],
    ]);
    return {
      selection: readSelection(args, options),
      hard: flag(options, 'hard'),
      keepNative: flag(options, 'keepNative'),
      deleteNative: flag(options, 'deleteNative'),
      stopRuns: flag(options, 'stopRuns'),
      yes: flag(options, 'yes'),
      reason: text(options, 'reason') ?? null,
      dryRun: flag(options, 'dryRun'),
    };
  },
  run: async (input, context) => {
    const [{ remove: carryOut }, { presentDeleted }] = await Promise.all([
      import('../src/operations/delete.js'),
      import('../src/present/deleted.js'),
    ]);
    return presentDeleted(await carryOut(input, context), input);
  },
});
