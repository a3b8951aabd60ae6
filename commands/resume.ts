import { command } from '../src/cli/command.js';
import {
  dryRunOption,
  namesArgument,
  readSelection,
  reasonOption,
  selectionOptions,
} from '../src/cli/options/shared.js';
import { flag, text } from '../src/cli/options/typed.js';

export const resume = command({
  name: 'resume',
  aliases: ['activate'],
  summary: 'Let paused schedules run again',
  description: 'What was missed meanwhile is treated as the schedule’s catch-up policy says.',
  arguments: [namesArgument],
  options: [...selectionOptions, reasonOption, dryRunOption],
  examples: ['sched resume nightly', 'sched resume --all --reason "migration done"', 'sched activate nightly'],
  input: ({ args, options }) => ({
    selection: readSelection(args, options),
    paused: false,
    until: null,
    reason: text(options, 'reason') ?? null,
    dryRun: flag(options, 'dryRun'),
  }),
  run: async (input, context) => {
    const [{ setPaused }, { presentPaused }] = await Promise.all([
      import('../src/operations/pause.js'),
      import('../src/present/paused.js'),
    ]);
    return presentPaused(await setPaused(input, context), input);
  },
});
