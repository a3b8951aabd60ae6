import { command } from '../src/cli/command.js';
import { readMoment } from '../src/cli/options/moment.js';
import { parameterOptions, readParameters } from '../src/cli/options/parameters.js';
import { dryRunOption, nameArgument, yesOption } from '../src/cli/options/shared.js';
import { flag, text, wholeNumber } from '../src/cli/options/typed.js';
import { SchedError } from '../src/errors.js';

const REPROCESS = ['none', 'failed', 'completed'] as const;
const MOST = 100;

export const backfill = command({
  name: 'backfill',
  summary: 'Run a schedule for times that are over',
  description:
    'Oldest first, each run with its own time. Asked again it goes on where it stopped: what ran already is left out.',
  arguments: [nameArgument],
  options: [
    { flags: '--from <time>', help: 'the first moment, inclusive' },
    { flags: '--to <time>', help: 'the end, exclusive (default now)' },
    {
      flags: '--reprocess <which>',
      help: 'also times that have run: none (default), failed, or completed',
      choices: REPROCESS,
    },
    ...parameterOptions('What runs'),
    { flags: '--limit <count>', help: `refuse to start more (default ${MOST})` },
    { flags: '--wait', help: 'one run after the other, until the last has ended' },
    yesOption,
    dryRunOption,
  ],
  examples: [
    'sched backfill nightly --from 2026-11-01 --to 2026-11-08 --dry-run',
    'sched backfill hourly --from "-6h" --reprocess failed --yes',
  ],
  input: ({ args, options }, surroundings) => {
    const from = readMoment(options, 'from', surroundings);
    const to = readMoment(options, 'to', surroundings) ?? surroundings.now;
    if (from === undefined) {
      throw new SchedError('USAGE', 'From when on?', { hint: '--from 2026-11-01' });
    }
    if (from >= to || to > surroundings.now) {
      throw new SchedError('USAGE', from >= to ? '--from is not before --to.' : 'A backfill ends now at the latest.');
    }
    return {
      name: args[0] ?? '',
      from,
      to,
      reprocess: REPROCESS.find((which) => which === text(options, 'reprocess')) ?? 'none',
      parameters: readParameters(options, surroundings),
      limit: wholeNumber(options, 'limit', '--limit') ?? MOST,
      wait: flag(options, 'wait'),
      yes: flag(options, 'yes'),
      dryRun: flag(options, 'dryRun'),
    };
  },
  run: async (input, context) => {
    const [{ backfill: fill }, { presentBackfill }] = await Promise.all([
      import('../src/operations/backfill.js'),
      import('../src/present/backfill.js'),
    ]);
    return presentBackfill(await fill(input, context), input.dryRun);
  },
});
