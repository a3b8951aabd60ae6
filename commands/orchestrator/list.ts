import { command } from '../../src/cli/command.js';
import { COLUMNS_OPTION } from '../../src/cli/options/schedule-list.js';

export const listOrchestrators = command({
  name: 'orchestrator list',
  aliases: ['ls'],
  summary: 'List registered orchestrators',
  options: [COLUMNS_OPTION],
  examples: ['sched orchestrator list', 'sched orchestrator list -o json'],
  input: () => null,
  run: async (_input, context) => {
    const [{ orchestrators }, { presentOrchestrators }] = await Promise.all([
      import('../../src/operations/orchestrators.js'),
      import('../../src/present/orchestrator.js'),
    ]);
    return presentOrchestrators(await orchestrators(context));
  },
});
