import { command } from '../../src/cli/command.js';
import { flag, pairs, text } from '../../src/cli/options/typed.js';
import { SchedError } from '../../src/errors.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export const register = command({
  name: 'orchestrator register',
  summary: 'Register a connection to an orchestrator',
  description:
    'It is contacted once, and its identity pinned: another target under the same address is noticed. Secrets are named (env:NAME, file:PATH, exec:COMMAND), never stored.',
  arguments: [{ name: 'name', help: 'how you call it', required: true }],
  options: [
    { flags: '--flavor <flavor>', help: 'what kind it is', completes: 'flavor' },
    { flags: '--set <key=value>', help: 'a setting of the flavor', repeat: true },
    { flags: '--default', help: 'use it when none is named' },
  ],
  examples: ['sched orchestrator register lab --flavor local --set file=/srv/sched/agent.db'],
  input: ({ args, options }) => {
    const [name = ''] = args;
    const flavor = text(options, 'flavor');
    if (!NAME.test(name)) {
      throw new SchedError('USAGE', `${JSON.stringify(name)} cannot be an orchestrator’s name.`, {
        hint: 'At most 63 letters, digits, dots, dashes and underscores.',
      });
    }
    if (flavor === undefined) {
      throw new SchedError('USAGE', 'What kind of orchestrator?', { hint: 'sched orchestrator flavors' });
    }
    return { name, flavor, settings: pairs(options, 'set', '--set'), isDefault: flag(options, 'default') };
  },
  run: async (input, context) => {
    const [{ register: add }, { presentOrchestrator }] = await Promise.all([
      import('../../src/operations/orchestrators.js'),
      import('../../src/present/orchestrator.js'),
    ]);
    return presentOrchestrator(await add(input, context), 'Registered');
  },
});
