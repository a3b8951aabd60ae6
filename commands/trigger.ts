import { command } from '../src/cli/command.js';
import { parameterOptions, readParameters } from '../src/cli/options/parameters.js';
import { dryRunOption, nameArgument } from '../src/cli/options/shared.js';
import { flag } from '../src/cli/options/typed.js';

export const trigger = command({
  name: 'trigger',
  aliases: ['run'],
  summary: 'Start a run now',
  description: 'Beside the timetable, also while paused. With --wait the exit status is 1 when the run fails.',
  arguments: [nameArgument],
  options: [...parameterOptions('What runs'), { flags: '--wait', help: 'until the run has ended' }, dryRunOption],
  examples: ['sched trigger nightly', 'sched trigger nightly --param epochs=1 --wait'],
  input: ({ args, options }, surroundings) => ({
    name: args[0] ?? '',
    parameters: readParameters(options, surroundings),
    wait: flag(options, 'wait'),
    timeoutMs: null,
    dryRun: flag(options, 'dryRun'),
  }),
  run: async (input, context) => {
    const [{ trigger: start }, { presentTriggered }] = await Promise.all([
      import('../src/operations/trigger.js'),
      import('../src/present/triggered.js'),
    ]);
    return presentTriggered(await start(input, context), input.wait);
  },
});
