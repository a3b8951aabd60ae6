import { command } from '../../src/cli/command.js';

export const compactRegistry = command({
  name: 'registry compact',
  summary: 'Drop runs older than 30 days and give back space',
  examples: ['sched registry compact'],
  input: () => null,
  run: async (_input, context) => {
    const { compactRegistry: compact } = await import('../../src/operations/care.js');
    const { file, before, after } = await compact(context);
    return { kind: 'object', item: { file, before, after }, text: () => `${file}: ${before} → ${after} bytes.` };
  },
});
