import type { ArgumentDefinition, CommandDefinition, CommandGroup, Completes, OptionDefinition } from '../command.js';
import { readFlag } from '../flags.js';
import { GLOBAL_OPTIONS } from '../global-options.js';

/** What a script must know, in no shell's language. */
export interface CompletionModel {
  /** Options that every place takes, besides its own. */
  readonly globals: readonly CompletedOption[];
  readonly places: readonly Place[];
}

/** A point of the command line: nothing typed yet, the beginning of a group of commands, or a command. */
export interface Place {
  /** The words that lead here, canonical: ``, `orchestrator`, `orchestrator register`. */
  readonly name: string;
  readonly steps: readonly Step[];
  /** Its own; one of them may take the place of a global one. */
  readonly options: readonly CompletedOption[];
  readonly arguments: readonly CompletedArgument[];
  /** Takes a program's own words after `--`. */
  readonly passThrough: boolean;
}

/** A word that leads on. */
interface Step {
  readonly word: string;
  readonly to: string;
  readonly help: string;
  /** A second name: it works, but is not offered. */
  readonly hidden: boolean;
}

export interface CompletedOption {
  readonly long: string;
  readonly short: string | undefined;
  readonly help: string;
  /** Undefined for a switch. */
  readonly value: Value | undefined;
}

interface CompletedArgument {
  readonly value: Value;
  readonly many: boolean;
}

/** `text` offers nothing; a list offers its words; `live` values are asked of `sched __complete`. */
export type Value =
  | { readonly kind: 'text' | 'file' | 'folder' }
  | { readonly kind: 'live'; readonly of: LiveKind }
  | { readonly kind: 'words'; readonly words: readonly string[] };

type LiveKind = 'change' | 'flavor' | 'orchestrator' | 'schedule' | 'timezone';

/** Everything that can be completed, from the definitions. */
export function completionModel(groups: readonly CommandGroup[]): CompletionModel {
  const commands = groups.flatMap((group) => group.commands);
  const beginnings = [...new Set(commands.flatMap(({ name }) => (name.includes(' ') ? [beginning(name)] : [])))];
  const prefixes: readonly Step[] = [
    { word: 'schedule', to: '', help: 'the same commands', hidden: true },
    { word: 'pipeline', to: 'pipeline', help: 'the same commands', hidden: true },
    { word: 'help', to: '', help: 'help of a command', hidden: false },
  ];
  const roots: Place[] = ['', ...beginnings].map((name) => ({
    name,
    steps: [
      ...commands.filter((command) => beginning(command.name) === name).flatMap(stepsTo),
      ...(name === '' ? [...beginnings.map((group) => stepToGroup(group, commands)), ...prefixes] : []),
    ],
    options: [],
    arguments: [],
    passThrough: false,
  }));
  const pipeline: Place = {
    name: 'pipeline',
    steps: [{ word: 'schedule', to: '', help: 'the same commands', hidden: false }],
    options: [],
    arguments: [],
    passThrough: false,
  };
  return { globals: optionsOf(GLOBAL_OPTIONS), places: [...roots, pipeline, ...commands.map(placeOf)] };
}

function beginning(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf(' ')));
}

function stepsTo({ name, aliases = [], summary }: CommandDefinition): readonly Step[] {
  const word = name.slice(name.lastIndexOf(' ') + 1);
  return [
    { word, to: name, help: summary, hidden: false },
    ...aliases.map((alias) => ({ word: alias, to: name, help: summary, hidden: true })),
  ];
}

function stepToGroup(group: string, commands: readonly CommandDefinition[]): Step {
  const verbs = commands
    .filter(({ name }) => beginning(name) === group)
    .map(({ name }) => name.slice(group.length + 1));
  return { word: group, to: group, help: verbs.join(', '), hidden: false };
}

function placeOf(command: CommandDefinition): Place {
  return {
    name: command.name,
    steps: [],
    options: optionsOf(command.options ?? []),
    arguments: (command.arguments ?? []).map(argumentOf),
    passThrough: command.passThrough ?? false,
  };
}

/** The global options that a place does not have one of its own for. */
export function globalsAt({ options }: Place, { globals }: CompletionModel): readonly CompletedOption[] {
  return globals.filter(({ long }) => !options.some((own) => own.long === long));
}

function optionsOf(definitions: readonly OptionDefinition[]): readonly CompletedOption[] {
  return definitions
    .map(readFlag)
    .filter(({ definition }) => !definition.hidden)
    .map(({ definition: { help, choices, completes }, long, short, value }) => ({
      long,
      short,
      help,
      value: value === undefined ? undefined : valueFor(choices ?? completes),
    }));
}

function argumentOf({ completes, many }: ArgumentDefinition): CompletedArgument {
  return { value: valueFor(completes), many: many ?? false };
}

function valueFor(completes: Completes | undefined): Value {
  switch (completes) {
    case undefined:
      return { kind: 'text' };
    case 'file':
    case 'folder':
      return { kind: completes };
    case 'change':
    case 'flavor':
    case 'orchestrator':
    case 'schedule':
    case 'timezone':
      return { kind: 'live', of: completes };
    default:
      return { kind: 'words', words: completes };
  }
}
