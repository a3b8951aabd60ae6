import type { Command } from 'commander';
import type { CommandDefinition, CommandGroup } from './command.js';
import type { Sink } from './streams.js';
import { tint } from './tint.js';

/** Lines are not longer than this, however wide the terminal is. */
const WIDEST = 110;
/** In a pipe. */
const PIPE_WIDTH = 80;

/** A command's help as Commander lays it out, with our headings, then its other names and its examples. */
export function formatCommand(program: Command, definition: CommandDefinition, sink: Sink): string {
  const rest = definition.passThrough ? ' [-- program words...]' : '';
  program
    .usage(`[options]${program.registeredArguments.map((argument) => ` ${bracketed(argument)}`).join('')}${rest}`)
    .description([definition.summary, definition.description].filter((text) => text !== undefined).join('\n\n'))
    .configureOutput({ getOutHasColors: () => sink.colour, getOutHelpWidth: () => widthOf(sink) })
    .configureHelp({
      styleTitle: (title) => heading(title, sink),
      optionDescription: ({ argChoices = [], description }) =>
        argChoices.every((choice) => !description.includes(choice)) && argChoices.length > 0
          ? `${description}: ${argChoices.join(', ')}`
          : description,
    });
  return [program.helpInformation().trimEnd(), ...after(definition, sink), ''].join('\n');
}

function bracketed(argument: { required: boolean; variadic: boolean; name(): string }): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function after(definition: CommandDefinition, sink: Sink): readonly string[] {
  const aliases = definition.aliases ?? [];
  const also = aliases.length === 0 ? [] : ['', `${heading('Also:', sink)} ${aliases.join(', ')}`];
  return [...also, '', heading('Examples:', sink), ...definition.examples.map((line) => `  ${line}`)];
}

/** What `sched` alone says: every command with its summary; with `beginning`, those of one group of commands. */
export function listHelp(groups: readonly CommandGroup[], beginning: readonly string[], sink: Sink): string {
  const prefix = beginning.length === 0 ? '' : `${beginning.join(' ')} `;
  const chosen = groups
    .map((group) => ({ ...group, commands: group.commands.filter(({ name }) => name.startsWith(prefix)) }))
    .filter(({ commands }) => commands.length > 0);
  const column = Math.max(...chosen.flatMap(({ commands }) => commands.map(({ name }) => name.length))) + 4;
  const blocks = chosen.map(({ heading: title, commands }) =>
    [
      heading(`${title}:`, sink),
      ...commands.map(({ name, summary }) => wrapped(name, summary, column, widthOf(sink))),
    ].join('\n'),
  );
  return `${[introduction(prefix, sink), ...blocks, closing(prefix, sink)].join('\n\n')}\n`;
}

function introduction(prefix: string, sink: Sink): string {
  const usage = `${heading('Usage:', sink)} sched ${prefix}VERB [options]`;
  return prefix === ''
    ? `${usage}\n\nOne command line for pipeline schedules on every orchestrator.\n` +
        '`sched schedule VERB` and `sched pipeline schedule VERB` are the same commands.'
    : usage;
}

function closing(prefix: string, sink: Sink): string {
  const examples = [
    'sched create nightly --cron "0 3 * * *" --timezone Europe/Berlin -- ./train.sh',
    'sched list',
    'sched pause nightly --until "mon 08:00"',
    'sched audit',
  ];
  const first = prefix === '' ? [heading('Examples:', sink), ...examples.map((line) => `  ${line}`), ''] : [];
  return [...first, `A command's options and examples: sched ${prefix}VERB --help`].join('\n');
}

/** `  name      summary`, the summary wrapped below itself. */
function wrapped(name: string, summary: string, column: number, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of summary.split(' ')) {
    if (line !== '' && column + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return `  ${name.padEnd(column - 2)}${lines.join(`\n${' '.repeat(column)}`)}`;
}

function widthOf(sink: Sink): number {
  return sink.terminal ? Math.min(sink.width, WIDEST) : PIPE_WIDTH;
}

function heading(title: string, sink: Sink): string {
  return tint('bold', title, sink.colour);
}
