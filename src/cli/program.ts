import { ERROR_CODES, isSchedError, SchedError } from '../errors.js';
import { nearest } from '../nearest.js';
import { parseDuration } from '../time/interval.js';
import { VERSION } from '../version.js';
import type { CommandDefinition, CommandGroup, Result, Typed } from './command.js';
import { type Configuration, loadConfiguration, readTextFile } from './configuration.js';
import { isInteractive, openContext, zoneOf } from './context.js';
import { OUTPUT_FORMATS, type OutputFormat } from './global-options.js';
import { listHelp } from './help.js';
import { watchInterruptions } from './interruption.js';
import { showProgress } from './progress.js';
import { exitStatus, reportError, reportNotes } from './report.js';
import { COLOUR_CHOICES, openSink, type Sink, type Surface } from './streams.js';
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
  try {
    return await dispatch(argv, groups, { surface, stdout, stderr });
  } catch (error) {
    const format = typed.output ?? surface.env.SCHED_OUTPUT ?? surface.env.ZENML_DEFAULT_OUTPUT;
    try {
      return await reportError(error, stderr, { json: format === 'json', debug: typed.debug });
    } catch {
      // Nobody can be told: stderr itself cannot be written.
      return isSchedError(error) ? ERROR_CODES[error.code].exit : 1;
    }
  }
}

interface Streams {
  readonly surface: Surface;
  readonly stdout: Sink;
  readonly stderr: Sink;
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

interface ParsedCommand {
  readonly args: readonly string[];
  readonly rest: readonly string[];
  readonly options: Typed;
}

async function runCommand(command: CommandDefinition, parsed: ParsedCommand, streams: Streams): Promise<number> {
  const { surface, stderr } = streams;
  const configuration = await loadConfiguration(surface);
  const options = globalOptions(command, parsed.options, configuration, surface.env);
  const warnings = configuration.warnings.map((text) => ({ kind: 'warning', text }) as const);
  await reportNotes(warnings, stderr);
  const input = command.input(parsed, {
    now: surface.now(),
    cwd: surface.cwd,
    env: surface.env,
    timezone: zoneOf(configuration, surface.env),
    readText: readTextFile,
    interactive: isInteractive(surface),
  });
  const interruption = watchInterruptions(surface.signals, command.patient ?? false);
  const progress = showProgress(stderr.terminal && !surface.env.CI);
  const { context, close } = openContext({
    surface,
    stderr,
    configuration,
    progress,
    signal: interruption.signal,
    terminate: interruption.terminate,
    ...options,
  });
  try {
    if (options.timeout !== undefined) {
      interruption.limit(options.timeout, String(parsed.options.timeout));
    }
    const result = await command.run(input, context);
    progress(null);
    const below = await show(command, result, { ...options, now: surface.now() }, streams);
    await stderr.write(below.map((line) => `${line}\n`).join(''));
    await reportNotes(spoken(result, options.format), stderr);
    return exitStatus(result.exit ?? []);
  } catch (error) {
    // What an abort breaks off ends in errors of every kind; why it was aborted is what counts.
    throw interruption.signal.aborted && !isSchedError(error) ? interruption.signal.reason : error;
  } finally {
    await close();
    interruption.release();
  }
}

interface ShowOptions {
  readonly format: OutputFormat;
  readonly columns: string | undefined;
  readonly headers: boolean;
  readonly now: number;
}

/** Writes the data. What has been done stays done when a column does not exist: then everything is shown, with a warning. */
async function show(
  command: CommandDefinition,
  result: Result,
  options: ShowOptions,
  streams: Streams,
): Promise<readonly string[]> {
  const { render } = await import('./render/render.js');
  try {
    return await render(result, options, streams.stdout);
  } catch (error) {
    const onlyLists = command.options?.some(({ flags }) => flags.includes('--columns')) === true;
    if (onlyLists || options.columns === undefined || !isSchedError(error, 'USAGE')) {
      throw error;
    }
    await reportNotes([{ kind: 'warning', text: [error.message, error.hint].join(' ') }], streams.stderr);
    return await render(result, { ...options, columns: undefined }, streams.stdout);
  }
}

/** Next steps are for people. */
function spoken(result: Result, format: OutputFormat) {
  return (result.notes ?? []).filter(({ kind }) => kind === 'warning' || format === 'table');
}

function globalOptions(command: CommandDefinition, typed: Typed, configuration: Configuration, env: Surface['env']) {
  const own = new Set((command.options ?? []).map(({ flags }) => /--([a-z-]+)/.exec(flags)?.[1]));
  const text = (key: string) => {
    const value = own.has(key) && key !== 'columns' ? undefined : typed[key];
    return typeof value === 'string' ? value : undefined;
  };
  const timeout = text('timeout');
  return {
    format: outputFormat(text('output'), configuration, env),
    columns: text('columns'),
    headers: typed.noHeaders !== true,
    debug: typed.debug === true,
    registry: text('registry'),
    timeout: timeout === undefined ? undefined : parseDuration(timeout) * 1000,
  };
}

function outputFormat(flag: string | undefined, configuration: Configuration, env: Surface['env']): OutputFormat {
  const zenml = env.ZENML_DEFAULT_OUTPUT
    ? { value: env.ZENML_DEFAULT_OUTPUT, source: 'ZENML_DEFAULT_OUTPUT' }
    : undefined;
  const environment = env.SCHED_OUTPUT ? configuration.get('output') : zenml;
  const { value, source } =
    flag === undefined ? (environment ?? configuration.get('output') ?? TABLE) : { value: flag, source: '--output' };
  const format = OUTPUT_FORMATS.find((one) => one === value);
  if (format === undefined) {
    throw new SchedError('USAGE', `${source}: there is no output format ${value}.`, {
      hint: `One of ${OUTPUT_FORMATS.join(', ')}`,
    });
  }
  return format;
}

const TABLE = { value: 'table', source: 'default' };

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
