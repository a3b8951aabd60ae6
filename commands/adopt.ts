import { command } from '../src/cli/command.js';
import { checkName, dryRunOption, reasonOption } from '../src/cli/options/shared.js';
import { flag, text } from '../src/cli/options/typed.js';
import { SchedError } from '../src/errors.js';
import { resolveZone } from '../src/time/zone.js';

export const adopt = command({
  name: 'adopt',
  summary: 'Take over what stands on an orchestrator already',
  description:
    'Without a native id it lists what could be taken over. Nothing is written on the orchestrator, unless --stamp marks it as ours.',
  arguments: [
    { name: 'orchestrator', help: 'its name', required: true, completes: 'orchestrator' },
    { name: 'native-id', help: 'how the orchestrator calls it', many: true },
  ],
  options: [
    { flags: '--name <name>', help: 'the schedule’s name (default: its own there)' },
    { flags: '--timezone <zone>', help: 'of one that names none (default UTC)', completes: 'timezone' },
    { flags: '--pipeline <name>', help: 'what it runs (default: as it tells, else by its image)' },
    { flags: '--stamp', help: 'mark it as ours there' },
    reasonOption,
    dryRunOption,
  ],
  examples: [
    'sched adopt prod',
    'sched adopt prod zenml/nightly-train --dry-run',
    'sched adopt prod zenml/nightly-train --name nightly --stamp',
  ],
  input: ({ args, options }) => {
    const [orchestrator = '', ...nativeIds] = args;
    const name = text(options, 'name');
    const timezone = text(options, 'timezone');
    const pipeline = text(options, 'pipeline');
    if (nativeIds.length === 0 && (name ?? timezone ?? pipeline) !== undefined) {
      throw new SchedError('USAGE', 'Which one?', { hint: `sched adopt ${orchestrator} lists what could be adopted.` });
    }
    return {
      orchestrator,
      nativeIds,
      name: name === undefined ? null : checkName(name),
      timezone: timezone === undefined ? null : resolveZone(timezone),
      pipeline: pipeline ?? null,
      stamp: flag(options, 'stamp'),
      reason: text(options, 'reason') ?? null,
      dryRun: flag(options, 'dryRun'),
    };
  },
  run: async (input, context) => {
    const [{ adopt: take, adoptable }, { presentAdoptable, presentAdopted }] = await Promise.all([
      import('../src/operations/adopt.js'),
      import('../src/present/adopted.js'),
    ]);
    return input.nativeIds.length === 0
      ? presentAdoptable(await adoptable(input.orchestrator, context), input.orchestrator)
      : presentAdopted(await take(input, context));
  },
});
