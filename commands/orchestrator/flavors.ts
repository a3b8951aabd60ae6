import { command } from '../../src/cli/command.js';
import { COLUMNS_OPTION } from '../../src/cli/options/schedule-list.js';

export const flavors = command({
  name: 'orchestrator flavors',
  summary: 'Show what each flavor can do, with ZenML and with sched',
  options: [COLUMNS_OPTION],
  examples: ['sched orchestrator flavors', 'sched orchestrator flavors -o json'],
  input: () => null,
  run: async () => {
    const [{ flavors: facts }, { presentFlavors }] = await Promise.all([
      import('../../src/operations/orchestrators.js'),
      import('../../src/present/orchestrator.js'),
    ]);
    return presentFlavors(facts());
  },
});
