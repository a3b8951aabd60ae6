import { Argument, Command, CommanderError, Option } from 'commander';
import { SchedError } from '../errors.js';
import type { ArgumentDefinition, CommandDefinition, Typed } from './command.js';
import { camelCase, type Flag, mergeFlags } from './flags.js';
import { GLOBAL_OPTIONS } from './global-options.js';
import { formatCommand } from './help.js';
import type { Sink } from './streams.js';
import type { Prepared } from './words.js';

/** A command's words as values. */
export interface Parsed {
  readonly args: readonly string[];
  readonly rest: readonly string[];
  /** The command's own options and the global ones, by camel-cased long name. */
  readonly options: Typed;
}

/** Reads a command's words by its definition. Throws USAGE with what helps. */
export function parse(definition: CommandDefinition, prepared: Prepared): Parsed {
  const program = build(definition);
  const verbatim = prepared.rest ?? [];
  try {
    const operands = definition.passThrough || prepared.rest === undefined ? [] : ['--', ...verbatim];
    program.parse([...prepared.words, ...operands], { from: 'user' });
  } catch (error) {
    throw error instanceof CommanderError ? usage(error, definition) : error;
  }
  return {
    args: program.args,
    rest: definition.passThrough ? verbatim : [],
    options: program.opts<Typed>(),
  };
}

/** The help of one command. */
export function commandHelp(definition: CommandDefinition, sink: Sink): string {
  return formatCommand(build(definition), definition, sink);
}

function build(definition: CommandDefinition): Command {
  const program = new Command(`sched ${definition.name}`);
  program.exitOverride().helpOption(false).configureOutput({ writeErr: silent, writeOut: silent });
  for (const flag of mergeFlags(definition.options ?? [], GLOBAL_OPTIONS)) {
    program.addOption(toOption(flag));
  }
  for (const argument of definition.arguments ?? []) {
    program.addArgument(toArgument(argument));
  }
  return program;
}

function silent(): void {
  // Errors are reported by the caller, as a sentence or as JSON.
}

function toOption({ definition, long }: Flag): Option {
  const option = new Option(definition.flags, definition.help).hideHelp(definition.hidden ?? false);
  // Commander would make `--no-headers` the opposite of an option `--headers`.
  option.negate = false;
  option.attributeName = () => camelCase(long);
  option.helpGroup(`${(definition.group ?? 'Options').replace(/:$/, '')}:`);
  if (definition.choices !== undefined) {
    option.choices([...definition.choices]);
  }
  if (definition.repeat) {
    const { parseArg } = option;
    option.argParser<readonly string[]>((value, previous: readonly string[] | undefined) => {
      parseArg?.(value, undefined);
      return [...(previous ?? []), value];
    });
  }
  return option;
}

function toArgument({ name, help, required, many }: ArgumentDefinition): Argument {
  const dots = many ? '...' : '';
  return new Argument(required ? `<${name}${dots}>` : `[${name}${dots}]`, help);
}

/** Commander's message has two lines when it has a suggestion: `error: …` and `(Did you mean …?)`. */
function usage(error: CommanderError, definition: CommandDefinition): SchedError {
  const [problem = '', suggestion = ''] = error.message.replace(/^error: /, '').split(/\n(?=\(Did you mean [^\n]*$)/);
  const help = `sched ${definition.name} --help`;
  return new SchedError('USAGE', sentence(problem.trim()), {
    hint: suggestion === '' ? `See: ${help}` : `${suggestion.replace(/^\(|\)$/g, '')} See: ${help}`,
  });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}
