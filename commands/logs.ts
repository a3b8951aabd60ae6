import { command } from '../src/cli/command.js';
import { nameArgument } from '../src/cli/options/shared.js';
import { text } from '../src/cli/options/typed.js';

export const logs = command({
  name: 'logs',
  summary: 'Print the output of a run',
  arguments: [nameArgument],
  options: [{ flags: '--run <id>', help: 'which run (default: the latest that started)' }],
  examples: ['sched logs nightly', 'sched logs nightly --run 7f3c9a1e'],
  input: ({ args, options }) => ({ name: args[0] ?? '', run: text(options, 'run') ?? null }),
  run: async (input, context) => {
    const { logs: read } = await import('../src/operations/runs.js');
    const { output } = await read(input, context);
    return { kind: 'stream', pieces: output };
  },
});
