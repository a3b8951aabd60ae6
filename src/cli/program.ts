import { ERROR_CODES, isSchedError, SchedError } from '../errors.js';
import { nearest } from '../nearest.js';
import { VERSION } from '../version.js';
import type { CommandGroup } from './command.js';
import { listHelp } from './help.js';
import { reportError } from './report.js';
import { COLOUR_CHOICES, openSink, type Streams, type Surface } from './streams.js';
import { type Located, locate, prepare } from './words.js';

/** Runs one command line. Never throws; gives the exit status when everything has been written. */
export async function runProgram(
  argv: readonly string[],
  surface: Surface,
  groups: readonly CommandGroup[],
): Promise<number> {
  const typed = glance(argv);
  const choice = COLOUR_CHOICES.find((one) => one === typed.colour) ?? 'auto';
  const stdout = openSink(surface.stdout, 'stdout', choice, surface.env);
  const stderr = openSink(surface.stderr, 'stderr', choice, surface.env);
  let format = typed.output ?? (surface.env.SCHED_OUTPUT || surface.env.ZENML_DEFAULT_OUTPUT);
  const noteFormat = (known: string) => {
    format = known;
  };
  try {
    return await dispatch(argv, groups, { surface, stdout, stderr, noteFormat });
  } catch (error) {
    try {
      return await reportError(error, stderr, { json: format === 'json', debug: typed.debug });
    } catch {
      // Nobody can be told: stderr itself cannot be written.
      return isSchedError(error) ? ERROR_CODES[error.code].exit : 1;
    }
  }
}

async function dispatch(argv: readonly string[], groups: readonly CommandGroup[], streams: Streams): Promise<number> {
  const located = locate(argv, groups);
  const { found, command, help, verb } = located;
  if (found === 'version') {
    await streams.stdout.write(`${VERSION}\n`);
    return 0;
  }
  if (found === 'list') {
    checkAlone(located);
    await streams.stdout.write(listHelp(groups, verb, streams.stdout));
    return 0;
  }
  if (command === undefined) {
    throw unknownCommand(located, groups);
  }
  const { commandHelp, parse } = await import('./parser.js');
  const prepared = prepare([...located.leading, ...located.words], command);
  if (help || prepared.help) {
    await streams.stdout.write(commandHelp(command, streams.stdout));
    return 0;
  }
  const { runCommand } = await import('./run-command.js');
  return await runCommand(command, parse(command, prepared), streams);
}

/** Options without a command: only those that every command takes. */
function checkAlone({ leading, verb }: Located): void {
  const unknown = leading.find(
    (word) => !/^--(color|columns|debug|no-headers|output|registry|timeout)(=|$)/.test(word),
  );
  if (unknown !== undefined) {
    throw new SchedError('USAGE', `Unknown option '${unknown}'.`, {
      hint: `See: sched ${[...verb, '--help'].join(' ')}`,
    });
  }
}

function unknownCommand({ verb, words }: Located, groups: readonly CommandGroup[]): SchedError {
  const typed = [...verb, ...(verb.length === 0 ? words : [])].join(' ');
  const names = groups.flatMap(({ commands }) => commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]));
  const [guess] = nearest(typed, names, 1);
  return new SchedError('USAGE', `There is no command ${typed}.`, {
    hint: `${guess === undefined ? '' : `Did you mean ${guess}? `}See: sched --help`,
  });
}

/** What must be known to report an error in the words themselves: looked for without a definition, up to `--`. */
function glance(argv: readonly string[]): { output?: string; colour?: string; debug: boolean } {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  const last = (names: readonly string[]): string | undefined =>
    words
      .flatMap((word, index) => {
        const name = names.find((one) => word === one || word.startsWith(one.startsWith('--') ? `${one}=` : one));
        return name === undefined
          ? []
          : [word === name ? (words[index + 1] ?? '') : word.slice(name.length).replace(/^=/, '')];
      })
      .at(-1);
  const output = last(['--output', '-o']);
  const colour = last(['--color']);
  return {
    ...(output !== undefined && { output }),
    ...(colour !== undefined && { colour }),
    debug: words.includes('--debug'),
  };
}
