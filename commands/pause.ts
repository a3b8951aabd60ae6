import { command } from '../src/cli/command.js';
import { readUntil } from '../src/cli/options/moment.js';
import {
  dryRunOption,
  namesArgument,
  readSelection,
  reasonOption,
  selectionOptions,
} from '../src/cli/options/shared.js';
import { flag, text } from '../src/cli/options/typed.js';

export const pause = command({
  name: 'pause',
  aliases: ['deactivate'],
  summary: 'Stop schedules without removing them',
  description: 'Running work goes on. What is paused already stays as it is and counts as unchanged.',
  arguments: [namesArgument],
  options: [
    ...selectionOptions,
    { flags: '--until <time>', help: 'resume by itself then (a running agent does it)' },
    reasonOption,
    dryRunOption,
  ],
  examples: [
    'sched pause nightly --reason "warehouse migration"',
    'sched pause -l team=ads --until "mon 08:00"',
    'sched deactivate nightly',
  ],
  input: ({ args, options }, surroundings) => ({
    selection: readSelection(args, options),
    paused: true,
    until: readUntil(options, surroundings),
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
