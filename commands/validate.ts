import { command } from '../src/cli/command.js';
import { COLUMNS_OPTION } from '../src/cli/options/schedule-list.js';
import { namesArgument, readSelection, selectionOptions } from '../src/cli/options/shared.js';

export const validate = command({
  name: 'validate',
  summary: 'Say which schedules cannot run as they stand',
  description:
    'Cron, zone, orchestrator limits, program and folders; no run in the last 7 days is a warning. Exit status 10 when one is invalid.',
  arguments: [namesArgument],
  options: [COLUMNS_OPTION, ...selectionOptions],
  examples: ['sched validate', 'sched validate nightly', 'sched validate -l team=ads -o json'],
  input: ({ args, options }) => {
    const selection = readSelection(args, options);
    return { ...selection, all: selection.all || (selection.names.length === 0 && selection.labels.length === 0) };
  },
  run: async (selection, context) => {
    const [{ validate: check }, { presentValidated }] = await Promise.all([
      import('../src/operations/validate.js'),
      import('../src/present/validated.js'),
    ]);
    return presentValidated(await check(selection, context));
  },
});
