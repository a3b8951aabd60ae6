import { command } from '../../src/cli/command.js';

export const checkRegistry = command({
  name: 'registry check',
  summary: 'Look for damage in the registry file',
  examples: ['sched registry check'],
  input: () => null,
  run: async (_input, context) => {
    const { checkRegistry: check } = await import('../../src/operations/care.js');
    const { file, problems } = await check(context);
    return {
      kind: 'object',
      item: { file, problems },
      text: () =>
        problems.length === 0
          ? `${file} is well.`
          : `${file}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
      exit: problems.length === 0 ? [] : [{ code: 1, reason: `${problems.length} problems` }],
    };
  },
});
