import { command } from '../../src/cli/command.js';
import { yesOption } from '../../src/cli/options/shared.js';
import { flag } from '../../src/cli/options/typed.js';

export const deleteOrchestrator = command({
  name: 'orchestrator delete',
  aliases: ['rm'],
  summary: 'Forget a connection; nothing on it is touched',
  arguments: [{ name: 'name', help: 'which', required: true, completes: 'orchestrator' }],
  options: [yesOption],
  examples: ['sched orchestrator delete lab --yes'],
  input: ({ args, options }) => ({ name: args[0] ?? '', yes: flag(options, 'yes') }),
  run: async (input, context) => {
    const { deleteOrchestrator: forget } = await import('../../src/operations/orchestrators.js');
    await forget(input, context);
    return {
      kind: 'object',
      item: { name: input.name, outcome: 'deleted' },
      names: [input.name],
      text: () => `Forgot ${input.name}.`,
    };
  },
});
