import { command } from '../src/cli/command.js';
import { flag } from '../src/cli/options/typed.js';

export const get = command({
  name: 'get',
  aliases: ['describe'],
  summary: 'Show a schedule in full',
  arguments: [{ name: 'name', help: 'names or ids', required: true, many: true, completes: 'schedule' }],
  options: [{ flags: '--live', help: 'ask the orchestrator too' }],
  examples: ['sched get nightly', 'sched get nightly --live -o json'],
  input: ({ args, options }) => ({ names: args, live: flag(options, 'live') }),
  run: async (input, context) => {
    const [{ get: find }, { presentGot }] = await Promise.all([
      import('../src/operations/get.js'),
      import('../src/present/got.js'),
    ]);
    return presentGot(await find(input, context), input.names.length > 1);
  },
});
