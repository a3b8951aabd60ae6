import { command } from '../src/cli/command.js';
import { readMoment } from '../src/cli/options/moment.js';
import { COLUMNS_OPTION } from '../src/cli/options/schedule-list.js';
import { text, texts, wholeNumber } from '../src/cli/options/typed.js';
import { WATCH_OPTION } from '../src/cli/watch.js';
import { RUN_STATUSES, RUN_TRIGGERS } from '../src/schedule.js';

export const runs = command({
  name: 'runs',
  summary: 'List runs, newest first',
  arguments: [{ name: 'name', help: 'of one schedule', completes: 'schedule' }],
  options: [
    COLUMNS_OPTION,
    WATCH_OPTION,
    { flags: '--pipeline <name>', help: 'of one pipeline' },
    { flags: '--orchestrator <name>', help: 'on one orchestrator', completes: 'orchestrator' },
    { flags: '--status <status>', help: 'only those that ended so', choices: RUN_STATUSES, repeat: true },
    {
      flags: '--trigger <kind>',
      help: 'scheduled, by hand, backfilled or caught up',
      choices: RUN_TRIGGERS,
      repeat: true,
    },
    { flags: '--since <time>', help: 'from then on: "-2h", "yesterday", 2026-11-21T04:00Z' },
    { flags: '--size <count>', help: 'at most so many (default 20)' },
  ],
  examples: [
    'sched runs nightly',
    'sched runs --status failed --since "-24h"',
    'sched runs nightly -o json --size 100',
  ],
  input: ({ args, options }, surroundings) => {
    const pipeline = text(options, 'pipeline');
    const orchestrator = text(options, 'orchestrator');
    const since = readMoment(options, 'since', surroundings);
    const statuses = RUN_STATUSES.filter((status) => texts(options, 'status').includes(status));
    const triggers = RUN_TRIGGERS.filter((kind) => texts(options, 'trigger').includes(kind));
    return {
      name: args[0] ?? null,
      filter: {
        limit: wholeNumber(options, 'size', '--size') ?? 20,
        ...(pipeline !== undefined && { pipeline }),
        ...(orchestrator !== undefined && { orchestrator }),
        ...(since !== undefined && { since }),
        ...(statuses.length > 0 && { statuses }),
        ...(triggers.length > 0 && { triggers }),
      },
    };
  },
  run: async (input, context) => {
    const [{ runs: find }, { presentRuns }] = await Promise.all([
      import('../src/operations/runs.js'),
      import('../src/present/run.js'),
    ]);
    return presentRuns(await find(input, context), input.filter.limit);
  },
});
