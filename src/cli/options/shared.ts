/** Options that several commands have in common. */
import { SchedError } from '../../errors.js';
import type { Selection } from '../../operations/selection.js';
import { CATCHUP_POLICIES, type CatchupPolicy, OVERLAP_POLICIES, type OverlapPolicy } from '../../schedule.js';
import type { ArgumentDefinition, OptionDefinition, Typed } from '../command.js';
import { parseSelector } from '../selector.js';
import { flag, text } from './typed.js';

export const nameArgument: ArgumentDefinition = {
  name: 'name',
  help: 'name or id',
  required: true,
  completes: 'schedule',
};
export const namesArgument: ArgumentDefinition = {
  name: 'name',
  help: 'names or ids',
  many: true,
  completes: 'schedule',
};

export const selectionOptions: readonly OptionDefinition[] = [
  { flags: '-l, --selector <labels>', help: 'by label: team=ads,env!=dev' },
  { flags: '--all', help: 'every schedule' },
];

export const orchestratorOption: OptionDefinition = {
  flags: '--orchestrator <name>',
  help: 'where it runs (default: the default orchestrator)',
  completes: 'orchestrator',
};
export const reasonOption: OptionDefinition = { flags: '--reason <text>', help: 'kept in the history' };
export const dryRunOption: OptionDefinition = { flags: '--dry-run', help: 'show what would be done, and do nothing' };
export const yesOption: OptionDefinition = { flags: '-y, --yes', help: 'do not ask' };

export const policyOptions: readonly OptionDefinition[] = [
  {
    flags: '--catchup <policy>',
    help: 'what was missed: none, last or all',
    choices: [...CATCHUP_POLICIES, 'true', 'false'],
    group: 'When',
  },
  { flags: '--catchup-limit <count>', help: 'at most so many at once with --catchup all (default 100)', group: 'When' },
  {
    flags: '--overlap <policy>',
    help: 'when the run before goes on: allow, forbid or replace',
    choices: OVERLAP_POLICIES,
    group: 'When',
  },
];

/** Names, selector or `--all`. Throws USAGE for a selector that cannot be read. */
export function readSelection(args: readonly string[], options: Typed): Selection {
  const selector = text(options, 'selector');
  return { names: args, labels: selector === undefined ? [] : parseSelector(selector), all: flag(options, 'all') };
}

/** Also ZenML's booleans: true is `all`, false is `none`. */
export function readCatchup(options: Typed): CatchupPolicy | undefined {
  const typed = text(options, 'catchup');
  if (typed === 'true') {
    return 'all';
  }
  return typed === 'false' ? 'none' : CATCHUP_POLICIES.find((policy) => policy === typed);
}

export function readOverlap(options: Typed): OverlapPolicy | undefined {
  const typed = text(options, 'overlap');
  return OVERLAP_POLICIES.find((policy) => policy === typed);
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,127}$/;

/** A name that a new schedule may have. Throws USAGE. */
export function checkName(name: string): string {
  if (!NAME.test(name)) {
    throw new SchedError('USAGE', `${JSON.stringify(name)} cannot be a schedule’s name.`, {
      hint: 'A name begins with a letter or digit and has at most 128 letters, digits, blanks, dots, dashes and underscores.',
    });
  }
  return name;
}
