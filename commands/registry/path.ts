import { command } from '../../src/cli/command.js';

export const registryPath = command({
  name: 'registry path',
  summary: 'Say where the registry is',
  examples: ['sched registry path'],
  input: () => null,
  run: async (_input, context) => {
    const { registryPath: find } = await import('../../src/operations/care.js');
    const where = await find(context);
    return { kind: 'object', item: { ...where }, names: [where.file], text: () => where.file };
  },
});
