import { resolve } from 'node:path';
import { command } from '../src/cli/command.js';
import { dryRunOption, reasonOption, yesOption } from '../src/cli/options/shared.js';
import { flag, text } from '../src/cli/options/typed.js';

export const restore = command({
  name: 'restore',
  summary: 'Bring schedules back from the backup of a repair',
  arguments: [
    { name: 'backup', help: 'the file that sched audit --fix wrote', required: true, completes: 'file' },
    { name: 'name', help: 'only these', many: true },
  ],
  options: [yesOption, reasonOption, dryRunOption],
  examples: ['sched restore audit-2026-11-21T10-42-00-000Z.json', 'sched restore backup.json nightly --yes'],
  input: ({ args, options }, { cwd }) => ({
    file: resolve(cwd, args[0] ?? ''),
    names: args.slice(1),
    yes: flag(options, 'yes'),
    reason: text(options, 'reason') ?? null,
    dryRun: flag(options, 'dryRun'),
  }),
  run: async (input, context) => {
    const [{ restore: bring }, { presentItems }] = await Promise.all([
      import('../src/operations/restore.js'),
      import('../src/present/items.js'),
    ]);
    const { items, change } = await bring(input, context);
    return presentItems(items, {
      change,
      json: ({ outcome }) => ({ outcome }),
      words: ({ outcome }) => ({ outcome: outcome === 'planned' ? 'would restore' : outcome, detail: '' }),
    });
  },
});
