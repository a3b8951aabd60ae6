import { resolve } from 'node:path';
import { command } from '../src/cli/command.js';
import { readMoment } from '../src/cli/options/moment.js';
import { dryRunOption, namesArgument, reasonOption, yesOption } from '../src/cli/options/shared.js';
import { flag, text, wholeNumber } from '../src/cli/options/typed.js';
import { SchedError } from '../src/errors.js';
import { CLASSES, type FindingClass } from '../src/findings.js';

export const audit = command({
  name: 'audit',
  summary: 'Hold records, orchestrators and runs against each other',
  description:
    'Exit status 10 for drift, 11 for runs that did not happen, 8 for what could not be looked at; --fail-on chooses.',
  arguments: [namesArgument],
  options: [
    { flags: '--orchestrator <name>', help: 'only this one', completes: 'orchestrator' },
    { flags: '--since <time>', help: 'how far back runs are compared (default a day)' },
    { flags: '--fail-on <classes>', help: 'only these classes make the exit status, or none' },
    { flags: '--fix', help: 'repair: plan, backup, question, act, verify' },
    { flags: '--delete-orphans', help: 'with --fix: remove ours that have no record' },
    { flags: '--max-changes <count>', help: 'with --fix: allow so many repairs on an orchestrator' },
    {
      flags: '--backup-folder <folder>',
      help: 'with --fix: where the backup goes (default here)',
      completes: 'folder',
    },
    yesOption,
    reasonOption,
    dryRunOption,
  ],
  examples: ['sched audit', 'sched audit --since "-7d" --fail-on missing,missed -o json', 'sched audit --fix'],
  input: ({ args, options }, surroundings) => {
    const fixing = flag(options, 'fix');
    if (!fixing && (flag(options, 'deleteOrphans') || text(options, 'maxChanges') !== undefined)) {
      throw new SchedError('USAGE', '--delete-orphans and --max-changes go with --fix.');
    }
    return {
      audit: {
        names: args,
        orchestrator: text(options, 'orchestrator'),
        since: readMoment(options, 'since', surroundings) ?? null,
      },
      failOn: readFailOn(text(options, 'failOn')),
      fix: fixing
        ? {
            deleteOrphans: flag(options, 'deleteOrphans'),
            maxChanges: wholeNumber(options, 'maxChanges', '--max-changes', 0) ?? null,
            yes: flag(options, 'yes'),
            dryRun: flag(options, 'dryRun'),
            reason: text(options, 'reason') ?? null,
            backupFolder: resolve(surroundings.cwd, text(options, 'backupFolder') ?? '.'),
          }
        : null,
    };
  },
  run: async (input, context) => {
    const [{ audit: look }, { presentAudit, presentFix, planText }] = await Promise.all([
      import('../src/operations/audit/audit.js'),
      import('../src/present/audit.js'),
    ]);
    const report = await look(input.audit, context);
    if (input.fix === null) {
      return presentAudit(report, input.failOn);
    }
    const { fix } = await import('../src/operations/audit/fix.js');
    return presentFix(await fix(report, input.fix, context, (repairs) => context.say(planText(repairs))));
  },
});

function readFailOn(typed: string | undefined): readonly FindingClass[] | null {
  if (typed === undefined) {
    return null;
  }
  const known = Object.keys(CLASSES) as FindingClass[];
  return typed.split(',').flatMap((word) => {
    const name = word.trim().replaceAll('-', '_');
    const found = known.find((one) => one === name);
    if (found === undefined && name !== 'none') {
      throw new SchedError('USAGE', `${JSON.stringify(word)} is no class of finding.`, {
        hint: `Classes: ${known.join(', ')}, or none.`,
      });
    }
    return found === undefined ? [] : [found];
  });
}
