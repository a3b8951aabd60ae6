import { command } from '../src/cli/command.js';
import { readScheduleQuery, SCHEDULE_LIST_OPTIONS } from '../src/cli/options/schedule-list.js';
import { flag } from '../src/cli/options/typed.js';
import { WATCH_OPTION } from '../src/cli/watch.js';

export const list = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List schedules',
  description:
    'Every field filters as operator:value (equals when only a value is given). Newest first; paused ones stay listed.',
  options: [{ flags: '--live', help: 'ask the orchestrators too' }, WATCH_OPTION, ...SCHEDULE_LIST_OPTIONS],
  examples: [
    'sched list',
    'sched list --name startswith:night --sort-by desc:created --size 5 -o json',
    'sched list -l team=ads --active true',
  ],
  input: ({ options }, { env }) => ({ query: readScheduleQuery(options, env), live: flag(options, 'live') }),
  run: async (input, context) => {
    const [{ list: find }, { presentPage }] = await Promise.all([
      import('../src/operations/list.js'),
      import('../src/present/page.js'),
    ]);
    return presentPage(await find(input, context), input.live);
  },
});
