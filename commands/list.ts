import { command } from '../src/cli/command.js';
import { readScheduleQuery, SCHEDULE_LIST_OPTIONS } from '../src/cli/options/schedule-list.js';

export const list = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List schedules',
  description:
    'Every field filters as operator:value (equals when only a value is given). Newest first; paused ones stay listed.',
  options: SCHEDULE_LIST_OPTIONS,
  examples: [
    'sched list',
    'sched list --name startswith:night --sort-by desc:created --size 5 -o json',
    'sched list -l team=ads --active true',
  ],
  input: ({ options }, { env }) => readScheduleQuery(options, env),
  run: async (query, context) => {
    const [{ list: find }, { presentPage }] = await Promise.all([
      import('../src/operations/list.js'),
      import('../src/present/page.js'),
    ]);
    return presentPage(await find(query, context));
  },
});
