import { command } from '../../src/cli/command.js';

export const getOrchestrator = command({
  name: 'orchestrator get',
  aliases: ['describe'],
  summary: 'Show an orchestrator in full',
  arguments: [{ name: 'name', help: 'which', required: true, completes: 'orchestrator' }],
  examples: ['sched orchestrator get local'],
  input: ({ args }) => args[0] ?? '',
  run: async (name, context) => {
    const [{ orchestrator }, { presentOrchestrator }] = await Promise.all([
      import('../../src/operations/orchestrators.js'),
      import('../../src/present/orchestrator.js'),
    ]);
    return presentOrchestrator(await orchestrator(name, context), null);
  },
});
