import { isSchedError, SchedError } from '../errors.js';
import { parseDuration } from '../time/interval.js';
import type { CommandDefinition, Result, Typed } from './command.js';
import { type Configuration, loadConfiguration, readTextFile } from './configuration.js';
import { isInteractive, openContext, zoneOf } from './context.js';
import { OUTPUT_FORMATS, type OutputFormat } from './global-options.js';
import { watchInterruptions } from './interruption.js';
import { showProgress } from './progress.js';
import { exitStatus, reportNotes } from './report.js';
import type { Streams, Surface } from './streams.js';
import { keepWatching, WATCH_OPTION } from './watch.js';

/** A command's words as its parser gives them. */
export interface ParsedCommand {
  readonly args: readonly string[];
  readonly rest: readonly string[];
  readonly options: Typed;
}

/** Runs a command and shows its result. Gives the exit status; throws what the command throws. */
export async function runCommand(command: CommandDefinition, parsed: ParsedCommand, streams: Streams): Promise<number> {
  const { surface, stderr } = streams;
  const configuration = await loadConfiguration(surface);
  const options = globalOptions(command, parsed.options, configuration, surface.env);
  streams.noteFormat(options.format);
  const warnings = configuration.warnings.map((text) => ({ kind: 'warning', text }) as const);
  await reportNotes(warnings, stderr);
  const input = await command.input(parsed, {
    now: surface.now(),
    cwd: surface.cwd,
    env: surface.env,
    timezone: zoneOf(configuration, surface.env),
    naming: configuration.get('naming'),
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
    dryRun: parsed.options.dryRun === true,
    ...options,
  });
  try {
    if (options.timeout !== undefined) {
      interruption.limit(options.timeout, String(parsed.options.timeout));
    }
    const round = async (): Promise<number> => {
      const result = await command.run(input, context);
      progress(null);
      const below = await show(command, result, { ...options, now: surface.now() }, streams);
      await stderr.write(below.map((line) => `${line}\n`).join(''));
      await reportNotes(spoken(result, options.format), stderr);
      return exitStatus(result.exit ?? []);
    };
    return parsed.options.watch === true && command.options?.includes(WATCH_OPTION)
      ? await keepWatching(round, interruption.signal, streams.stdout)
      : await round();
  } catch (error) {
    // What an abort breaks off ends in errors of every kind; why it was aborted is what counts.
    const { signal } = interruption;
    if (signal.aborted && !isSchedError(error)) {
      context.debug(String(error));
      throw signal.reason;
    }
    throw error;
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
    caFile: text('caFile'),
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
