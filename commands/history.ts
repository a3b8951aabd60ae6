import { command } from '../src/cli/command.js';
import { COLUMNS_OPTION } from '../src/cli/options/schedule-list.js';
import { wholeNumber } from '../src/cli/options/typed.js';

export const history = command({
  name: 'history',
  summary: 'Show who changed what, when and why',
  arguments: [{ name: 'name', help: 'of one schedule', completes: 'schedule' }],
  options: [COLUMNS_OPTION, { flags: '--size <count>', help: 'at most so many changes (default 20)' }],
  examples: ['sched history', 'sched history nightly -o json'],
  input: ({ args, options }) => ({ name: args[0] ?? null, limit: wholeNumber(options, 'size', '--size') ?? 20 }),
  run: async (input, context) => {
    const [{ history: find }, { presentHistory }] = await Promise.all([
      import('../src/operations/history.js'),
      import('../src/present/history.js'),
    ]);
    return presentHistory(await find(input, context), input.limit);
  },
});
