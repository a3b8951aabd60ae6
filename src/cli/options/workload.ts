/** Options that say what runs. */
import { isAbsolute, resolve } from 'node:path';
import { SchedError } from '../../errors.js';
import type { DraftRun } from '../../operations/draft.js';
import type { CommandRun, ContainerRun, RunSpec, TemplateRun } from '../../schedule.js';
import type { OptionDefinition, Surroundings, Typed } from '../command.js';
import { containerOptions, readContainerParts, readName, without } from './container.js';
import { readEnvironment } from './environment.js';
import { parameterOptions } from './parameters.js';
import { onlyOne, refuseNul, text } from './typed.js';

const GROUP = 'What runs';

export const workloadOptions: readonly OptionDefinition[] = [
  { flags: '--pipeline <name>', help: 'the pipeline’s name (default: from what runs)', group: GROUP },
  { flags: '--image <image>', help: 'run a container; its command comes after --', group: GROUP },
  {
    flags: '--job-template <file>',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what users type.
    help: 'run what a file of YAML or JSON says: a Job, or the Job of a CronJob; ${VAR} is filled in now',
    group: GROUP,
    completes: 'file',
  },
  {
    flags: '--from-cronjob <name>',
    help: 'run what this CronJob runs; of another namespace: NAMESPACE/NAME',
    group: GROUP,
  },
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
  ...containerOptions(GROUP),
  ...parameterOptions(GROUP),
];

type Kind = DraftRun['kind'];

/** What belongs to some kinds of run only: said of another kind it would be lost. */
const BELONGS: readonly (readonly [key: string, option: string, kinds: readonly Kind[]])[] = [
  ['workingDirectory', '--working-directory', ['command']],
  ['env', '--env', ['command', 'container']],
  ['envFile', '--env-file', ['command', 'container']],
  ['secretEnv', '--secret-env', ['container']],
  ['requests', '--requests', ['container']],
  ['limits', '--limits', ['container']],
  ['nodeSelector', '--node-selector', ['container']],
  ['serviceAccount', '--service-account', ['container']],
  ['imagePullSecret', '--image-pull-secret', ['container']],
];

/** What a kind of run is called, and what to do about an option that does not belong to it. */
const KINDS: Readonly<Record<Kind, { readonly words: string; readonly instead: string }>> = {
  command: { words: 'a command', instead: 'Name an image to run a container: --image acme/train:1.4' },
  container: { words: 'a container', instead: 'Its image says where the command runs.' },
  template: { words: 'a job template', instead: 'Write it into the template.' },
  reference: { words: 'what exists already', instead: 'Hand it parameters instead: --param NAME=VALUE' },
  borrowed: {
    words: 'what --from-cronjob takes',
    instead: 'It is taken as it is; sched update changes it afterwards.',
  },
};

/**
 * What was typed of a run, laid over `before` (null: nothing yet); `template` is what `--job-template` names. Throws USAGE, also for an
 * option that the run has no place for.
 */
export function readRun(
  options: Typed,
  words: readonly string[],
  surroundings: Surroundings,
  before: RunSpec | null,
  template: TemplateRun | undefined,
): DraftRun {
  const run = typedRun(options, words, surroundings, before, template);
  const stray = BELONGS.find(([key, , kinds]) => options[key] !== undefined && !kinds.includes(run.kind));
  if (stray !== undefined) {
    const { words: what, instead } = KINDS[run.kind];
    throw new SchedError('USAGE', `${stray[1]} does not go with ${what}.`, { hint: instead });
  }
  refuseNul(run, 'A command, its folder and its environment');
  return run;
}

function typedRun(
  options: Typed,
  words: readonly string[],
  surroundings: Surroundings,
  before: RunSpec | null,
  template: TemplateRun | undefined,
): DraftRun {
  const kind = onlyOne(options, [
    ['image', '--image'],
    ['reference', '--reference'],
    ['jobTemplate', '--job-template'],
    ['fromCronjob', '--from-cronjob'],
  ]);
  const whole = wholeRun(kind, options, template);
  if (whole !== undefined) {
    if (words.length > 0) {
      const what = whole.kind === 'template' ? 'job template' : whole.kind === 'borrowed' ? 'CronJob' : 'reference';
      throw new SchedError('USAGE', `A ${what} brings its own command: nothing goes after --.`);
    }
    return whole;
  }
  const given = readEnvironment(options, surroundings);
  if (kind === 'image' || before?.kind === 'container') {
    return readContainer(options, words, given, before);
  }
  if (words.length === 0 && before !== null && before.kind !== 'command') {
    return before;
  }
  return readCommand(options, words, surroundings, before?.kind === 'command' ? before : null, given);
}

/** A run that comes as it is, without words of its own. */
function wholeRun(
  kind: string | undefined,
  options: Typed,
  template: TemplateRun | undefined,
): Exclude<DraftRun, CommandRun | ContainerRun> | undefined {
  switch (kind) {
    case 'reference':
      return { kind: 'reference', id: readName(options, 'reference', '--reference') ?? '' };
    case 'fromCronjob':
      return { kind: 'borrowed', nativeId: readName(options, 'fromCronjob', '--from-cronjob') ?? '' };
    case 'jobTemplate':
      return template;
    default:
      return undefined;
  }
}

function readContainer(
  options: Typed,
  words: readonly string[],
  given: Readonly<Record<string, string>>,
  before: RunSpec | null,
): ContainerRun {
  const earlier = before?.kind === 'container' ? before : null;
  const image = readName(options, 'image', '--image') ?? earlier?.image ?? '';
  // A host's PATH leads nowhere inside an image.
  const kept = before?.kind === 'command' ? { env: without(before.env, ['PATH']) } : {};
  return {
    kind: 'container',
    image,
    argv: words.length > 0 ? words : (earlier?.argv ?? []),
    ...readContainerParts(options, given, earlier ?? kept),
  };
}

function readCommand(
  options: Typed,
  words: readonly string[],
  { cwd, env: surrounding }: Surroundings,
  before: CommandRun | null,
  given: Readonly<Record<string, string>>,
): CommandRun {
  if (words.length === 0 && before === null) {
    throw new SchedError('USAGE', 'What is to run?', {
      hint: 'Put the command after two dashes:  -- ./train.sh --epochs 3',
    });
  }
  if (words[0] === '') {
    throw new SchedError('USAGE', 'The program’s name is empty.');
  }
  const folder = text(options, 'workingDirectory');
  const path = surrounding.PATH;
  return {
    kind: 'command',
    argv: words.length > 0 ? words : (before?.argv ?? []),
    cwd: folder === undefined ? (before?.cwd ?? cwd) : isAbsolute(folder) ? folder : resolve(cwd, folder),
    // A scheduler's own PATH is hardly ever the one that the command was tried with.
    env: before === null && path !== undefined ? { PATH: path, ...given } : { ...before?.env, ...given },
  };
}
