import { command } from '../../src/cli/command.js';
import { COLUMNS_OPTION } from '../../src/cli/options/schedule-list.js';

export const checkOrchestrator = command({
  name: 'orchestrator check',
  summary: 'Prove login, identity, permissions and health',
  arguments: [{ name: 'name', help: 'which', required: true, completes: 'orchestrator' }],
  options: [COLUMNS_OPTION],
  examples: ['sched orchestrator check local'],
  input: ({ args }) => args[0] ?? '',
  run: async (name, context) => {
    const [{ checkOrchestrator: check }, { presentChecked }] = await Promise.all([
      import('../../src/operations/orchestrators.js'),
      import('../../src/present/orchestrator.js'),
    ]);
    return presentChecked(await check(name, context));
  },
});
