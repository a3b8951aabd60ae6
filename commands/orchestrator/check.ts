import { command } from '../../src/cli/command.js';
import { COLUMNS_OPTION } from '../../src/cli/options/schedule-list.js';
import { flag, text } from '../../src/cli/options/typed.js';
import { SchedError } from '../../src/errors.js';

/** Small, and has `true`. */
const DEFAULT_IMAGE = 'busybox:stable';

export const checkOrchestrator = command({
  name: 'orchestrator check',
  summary: 'Prove login, identity, permissions and health',
  description: 'With --live a schedule that does nothing is made, seen to fire, started by hand, paused and removed.',
  arguments: [{ name: 'name', help: 'which', required: true, completes: 'orchestrator' }],
  options: [
    { flags: '--live', help: 'fire a throw-away schedule too; takes a minute or two' },
    { flags: '--image <image>', help: `what --live runs where containers run (default ${DEFAULT_IMAGE})` },
    COLUMNS_OPTION,
  ],
  examples: ['sched orchestrator check local', 'sched orchestrator check prod --live'],
  input: ({ args, options }) => {
    const live = flag(options, 'live');
    const image = text(options, 'image');
    if (image !== undefined && !live) {
      throw new SchedError('USAGE', '--image goes with --live.');
    }
    return { orchestrator: args[0] ?? '', live, image: image ?? DEFAULT_IMAGE };
  },
  run: async (input, context) => {
    const [{ checkOrchestrator: check }, { presentChecked }] = await Promise.all([
      import('../../src/operations/orchestrators.js'),
      import('../../src/present/orchestrator.js'),
    ]);
    return presentChecked(await check(input, context));
  },
});
