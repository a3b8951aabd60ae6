import { command } from '../../src/cli/command.js';
import { flag, pairs, text, texts } from '../../src/cli/options/typed.js';
import { SchedError } from '../../src/errors.js';

export const updateOrchestrator = command({
  name: 'orchestrator update',
  summary: 'Change settings, name, default or pinned identity',
  arguments: [{ name: 'name', help: 'which', required: true, completes: 'orchestrator' }],
  options: [
    { flags: '--set <key=value>', help: 'a setting of the flavor', repeat: true },
    { flags: '--clear <key>', help: 'remove a setting', repeat: true },
    { flags: '--name <name>', help: 'a new name' },
    { flags: '--default', help: 'use it when none is named' },
    { flags: '--pin', help: 'take the target that answers now as the right one' },
  ],
  examples: ['sched orchestrator update lab --set file=/srv/sched/agent.db', 'sched orchestrator update lab --default'],
  input: ({ args, options }) => {
    const input = {
      name: args[0] ?? '',
      newName: text(options, 'name'),
      settings: pairs(options, 'set', '--set'),
      clear: texts(options, 'clear'),
      makeDefault: flag(options, 'default'),
      pin: flag(options, 'pin'),
    };
    if (
      input.newName === undefined &&
      Object.keys(input.settings).length + input.clear.length === 0 &&
      !input.makeDefault &&
      !input.pin
    ) {
      throw new SchedError('USAGE', 'Nothing to change was named.', { hint: 'sched orchestrator update --help' });
    }
    return input;
  },
  run: async (input, context) => {
    const [{ updateOrchestrator: change }, { presentOrchestrator }] = await Promise.all([
      import('../../src/operations/orchestrators.js'),
      import('../../src/present/orchestrator.js'),
    ]);
    return presentOrchestrator(await change(input, context), 'Updated');
  },
});
