import { command } from '../src/cli/command.js';
import { flag, onlyOne, text } from '../src/cli/options/typed.js';
import { parseDuration } from '../src/time/interval.js';

export const agent = command({
  name: 'agent',
  summary: 'Fire what is due on the local orchestrator, and what an agent fires on others',
  description:
    'Runs until it is stopped. On the first Ctrl-C or SIGTERM nothing more is started; running programs, and calls under way, may finish within the grace; the second ends them at once.',
  options: [
    { flags: '--once', help: 'one pass for what is due, then end: for a crontab line' },
    { flags: '--install', help: 'write a user service that keeps an agent running' },
    { flags: '--uninstall', help: 'remove that service' },
    { flags: '--grace <duration>', help: 'how long running programs may finish on stop (default 30s)' },
    {
      flags: '--orchestrator <name>',
      help: 'only this one (default: all local ones, and all with --fired-by agent)',
      completes: 'orchestrator',
    },
    { flags: '--dry-run', help: 'with --install: show what would be written and run' },
  ],
  examples: ['sched agent', 'sched agent --install', 'sched agent --once'],
  patient: true,
  input: ({ options }) => {
    const mode = onlyOne(options, [
      ['once', '--once'],
      ['install', '--install'],
      ['uninstall', '--uninstall'],
    ]);
    const grace = text(options, 'grace');
    return {
      mode: mode ?? 'run',
      graceSeconds: grace === undefined ? 30 : parseDuration(grace, { zero: true }),
      orchestrator: text(options, 'orchestrator'),
      dryRun: flag(options, 'dryRun'),
    };
  },
  run: async (input, context) => {
    if (input.mode === 'install' || input.mode === 'uninstall') {
      const { service } = await import('../src/agent/service.js');
      return await service(input.mode, input.dryRun, context);
    }
    const { serve } = await import('../src/agent/serve.js');
    await serve(
      { once: input.mode === 'once', graceSeconds: input.graceSeconds, orchestrator: input.orchestrator },
      context,
    );
    return { kind: 'none' };
  },
});
