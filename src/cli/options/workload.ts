/** Options that say what runs. */
import { basename, isAbsolute, resolve } from 'node:path';
import { SchedError } from '../../errors.js';
import type { Json, RetryPolicy, RunSpec } from '../../schedule.js';
import { parseDuration } from '../../time/interval.js';
import type { OptionDefinition, Surroundings, Typed } from '../command.js';
import { onlyOne, pairs, text, texts, wholeNumber } from './typed.js';

const GROUP = 'What runs';

export const workloadOptions: readonly OptionDefinition[] = [
  { flags: '--pipeline <name>', help: 'the pipeline’s name (default: from what runs)', group: GROUP },
  { flags: '--image <image>', help: 'run a container; its command comes after --', group: GROUP },
  {
    flags: '--reference <id>',
    help: 'run what exists on the orchestrator already: a DAG, a pipeline, a job',
    group: GROUP,
  },
  {
    flags: '--working-directory <folder>',
    help: 'where the command runs (default: here)',
    group: GROUP,
    completes: 'folder',
  },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what users type.
  { flags: '--env <name=value>', help: 'an environment variable; ${VAR} is filled in now', group: GROUP, repeat: true },
  { flags: '--env-file <file>', help: 'environment variables, one NAME=VALUE a line', group: GROUP, completes: 'file' },
  ...parameterOptions(GROUP),
];

/** What hands parameters over. */
export function parameterOptions(group: string): readonly OptionDefinition[] {
  return [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what users type.
    { flags: '--param <name=value>', help: 'a parameter, as text; ${VAR} is filled in now', group, repeat: true },
    { flags: '--params <json>', help: 'parameters as a JSON object, or @FILE', group },
  ];
}

export const reliabilityOptions: readonly OptionDefinition[] = [
  { flags: '--run-timeout <duration>', help: 'end a run that takes longer', group: 'Failure' },
  { flags: '--retries <count>', help: 'further attempts when a run fails', group: 'Failure' },
  { flags: '--retry-delay <duration>', help: 'before the first further attempt (default 60s)', group: 'Failure' },
  { flags: '--retry-factor <number>', help: 'each next delay is so many times longer (default 2)', group: 'Failure' },
];

/** What was typed of a run, laid over `before` (null: nothing yet). Throws USAGE. */
export function readRun(
  options: Typed,
  rest: readonly string[],
  surroundings: Surroundings,
  before: RunSpec | null,
): RunSpec {
  const run = typedRun(options, rest, surroundings, before);
  refuseNul(run, 'A command, its folder and its environment');
  return run;
}

/** No program can be handed one: execve(2) ends its words there. */
function refuseNul(value: unknown, what: string): void {
  if (typeof value === 'string' && value.includes('\0')) {
    throw new SchedError('USAGE', `${what} cannot hold a NUL character.`);
  }
  if (value !== null && typeof value === 'object') {
    for (const [key, part] of Object.entries(value)) {
      refuseNul(key, what);
      refuseNul(part, what);
    }
  }
}

function typedRun(
  options: Typed,
  rest: readonly string[],
  surroundings: Surroundings,
  before: RunSpec | null,
): RunSpec {
  const kind = onlyOne(options, [
    ['image', '--image'],
    ['reference', '--reference'],
  ]);
  const argv = rest;
  if (kind === 'reference') {
    if (argv.length > 0) {
      throw new SchedError('USAGE', 'A reference brings its own command: nothing goes after --.');
    }
    return { kind: 'reference', id: text(options, 'reference') ?? '' };
  }
  const earlier = before !== null && 'env' in before ? before : null;
  const env = { ...earlier?.env, ...readEnvironment(options, surroundings) };
  if (kind === 'image' || (before?.kind === 'container' && argv.length === 0)) {
    const image = text(options, 'image') ?? (before?.kind === 'container' ? before.image : '');
    return {
      kind: 'container',
      image,
      argv: argv.length > 0 || earlier?.kind !== 'container' ? argv : earlier.argv,
      env,
      secretEnv: {},
      resources: { requests: {}, limits: {} },
      nodeSelector: {},
      serviceAccount: null,
      imagePullSecrets: [],
    };
  }
  if (before?.kind === 'reference' && argv.length === 0) {
    return before;
  }
  return readCommand(options, argv, surroundings, earlier?.kind === 'command' ? earlier : null, env);
}

function readCommand(
  options: Typed,
  argv: readonly string[],
  { cwd, env: surrounding }: Surroundings,
  before: Extract<RunSpec, { kind: 'command' }> | null,
  env: Readonly<Record<string, string>>,
): RunSpec {
  if (argv.length === 0 && before === null) {
    throw new SchedError('USAGE', 'What is to run?', {
      hint: 'Put the command after two dashes:  -- ./train.sh --epochs 3',
    });
  }
  if (argv.includes('')) {
    const [program] = argv;
    if (program === '') {
      throw new SchedError('USAGE', 'The program’s name is empty.');
    }
  }
  const folder = text(options, 'workingDirectory');
  const path = surrounding.PATH;
  return {
    kind: 'command',
    argv: argv.length > 0 ? argv : (before?.argv ?? []),
    cwd: folder === undefined ? (before?.cwd ?? cwd) : isAbsolute(folder) ? folder : resolve(cwd, folder),
    // A scheduler's own PATH is hardly ever the one that the command was tried with.
    env: before === null && path !== undefined ? { PATH: path, ...env } : env,
  };
}

function readEnvironment(options: Typed, surroundings: Surroundings): Record<string, string> {
  const file = text(options, 'envFile');
  const typed = Object.entries(pairs(options, 'env', '--env')).map(([name, value]) => [
    name,
    fill(value, surroundings),
  ]);
  const variables: Record<string, string> = {
    ...(file === undefined ? {} : readVariables(file, surroundings)),
    ...Object.fromEntries(typed),
  };
  for (const name of Object.keys(variables)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new SchedError('USAGE', `${JSON.stringify(name)} is not the name of an environment variable.`);
    }
  }
  return variables;
}

function readVariables(file: string, { readText, cwd }: Surroundings): Record<string, string> {
  const lines = readText(resolve(cwd, file)).split(/\r?\n/);
  return Object.fromEntries(
    lines.flatMap((line, index) => {
      const trimmed = line.trimStart();
      if (trimmed === '' || trimmed.startsWith('#')) {
        return [];
      }
      const equals = trimmed.indexOf('=');
      if (equals < 1) {
        throw new SchedError('USAGE', `Line ${index + 1} of ${file} is not NAME=VALUE.`);
      }
      return [[trimmed.slice(0, equals), trimmed.slice(equals + 1)]];
    }),
  );
}

/** `--params` under `--param`. Throws USAGE. */
export function readParameters(options: Typed, surroundings: Surroundings): Readonly<Record<string, Json>> {
  const typed = Object.entries(pairs(options, 'param', '--param')).map(([name, value]) => [
    name,
    fill(value, surroundings),
  ]);
  const parameters = { ...readJsonParameters(text(options, 'params'), surroundings), ...Object.fromEntries(typed) };
  refuseNul(parameters, 'A parameter');
  return parameters;
}

function readJsonParameters(
  typed: string | undefined,
  { readText, cwd }: Surroundings,
): Readonly<Record<string, Json>> {
  if (typed === undefined) {
    return {};
  }
  const source = typed.startsWith('@') ? readText(resolve(cwd, typed.slice(1))) : typed;
  try {
    const parsed: unknown = JSON.parse(source);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) {
      return parsed as Readonly<Record<string, Json>>;
    }
  } catch (error) {
    throw new SchedError('USAGE', '--params is not JSON.', {
      cause: error,
      hint: `--params '{"epochs": 3}' or --params @FILE`,
    });
  }
  throw new SchedError('USAGE', '--params takes a JSON object.', {
    hint: `--params '{"epochs": 3}' or --params @FILE`,
  });
}

/** Fills `${VAR}` from the environment; `$${VAR}` stays `${VAR}`. Throws USAGE for a variable that is not set. */
function fill(value: string, { env }: Surroundings): string {
  return value.replaceAll(/\$(\$?)\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_whole, escaped: string, name: string) => {
    if (escaped === '$') {
      return `\${${name}}`;
    }
    const filled = env[name];
    if (filled === undefined) {
      throw new SchedError('USAGE', `The environment variable ${name} is not set.`, {
        hint: `To keep the text as it is: $\${${name}}`,
      });
    }
    return filled;
  });
}

/** The names of variables that `fill` took from the environment, for the remark that says so. */
export function filledVariables(options: Typed): readonly string[] {
  const values = [...texts(options, 'env'), ...texts(options, 'param')];
  return [
    ...new Set(
      values.flatMap((value) =>
        [...value.matchAll(/(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].map((match) => match[1] ?? ''),
      ),
    ),
  ];
}

/** `--retries` and its companions laid over `before`. Throws USAGE. */
export function readRetry(options: Typed, before: RetryPolicy | null): RetryPolicy | null {
  const count = wholeNumber(options, 'retries', '--retries', 0);
  const delay = text(options, 'retryDelay');
  const factor = text(options, 'retryFactor');
  if (count === 0) {
    return null;
  }
  if (count === undefined && before === null) {
    if (delay !== undefined || factor !== undefined) {
      throw new SchedError('USAGE', '--retry-delay and --retry-factor go with --retries.');
    }
    return null;
  }
  const factorNumber = factor === undefined ? undefined : Number(factor);
  if (factorNumber !== undefined && !(factorNumber >= 1 && Number.isFinite(factorNumber))) {
    throw new SchedError('USAGE', `--retry-factor takes a number of at least 1, not ${JSON.stringify(factor)}.`);
  }
  return {
    count: count ?? before?.count ?? 0,
    delaySeconds: delay === undefined ? (before?.delaySeconds ?? 60) : parseDuration(delay, { zero: true }),
    factor: factorNumber ?? before?.factor ?? 2,
  };
}

/** The pipeline's name when none was given: the reference's id, else the image's or program's base name. */
export function pipelineOf(run: RunSpec): string {
  switch (run.kind) {
    case 'reference':
      return run.id;
    case 'container':
      return basename(run.image).replace(/[:@].*$/, '') || run.image;
    case 'template':
      return 'job';
    case 'command': {
      const program = basename(run.argv[0] ?? '');
      return program.replace(/\.(sh|py|js|mjs|rb|pl)$/, '') || program;
    }
  }
}
