import { type Context, command, type Surroundings } from '../src/cli/command.js';
import { filledVariables } from '../src/cli/options/environment.js';
import { readRetry, reliabilityOptions } from '../src/cli/options/failure.js';
import { type ReadTemplate, readJobTemplate } from '../src/cli/options/job-template.js';
import { readParameters } from '../src/cli/options/parameters.js';
import {
  checkName,
  dryRunOption,
  orchestratorOption,
  policyOptions,
  readCatchup,
  readOverlap,
  reasonOption,
} from '../src/cli/options/shared.js';
import { readTimetable, timingOptions } from '../src/cli/options/timing.js';
import { flag, onlyOne, pairs, text, wholeNumber } from '../src/cli/options/typed.js';
import { readRun, workloadOptions } from '../src/cli/options/workload.js';
import type { Answers } from '../src/cli/prompts/create.js';
import { SchedError } from '../src/errors.js';
import { defaultName, namedParts, parseNamingRule, pipelineOf } from '../src/naming.js';
import type { CreateInput } from '../src/operations/create.js';
import { FIRED_BY, type Timing } from '../src/schedule.js';
import { parseDuration } from '../src/time/interval.js';

const DEFAULT_CATCHUP_LIMIT = 100;

/** What was typed, and what is to be said about how it was read. */
interface Reading {
  readonly input: CreateInput;
  readonly remarks: readonly string[];
}

export const create = command({
  name: 'create',
  summary: 'Make a schedule on its orchestrator',
  description:
    'Without a name the schedule is called <pipeline>-<frequency>. The command goes after two dashes; it is never handed to a shell.',
  arguments: [{ name: 'name', help: 'the schedule’s name' }],
  options: [
    ...timingOptions,
    ...policyOptions,
    ...workloadOptions,
    ...reliabilityOptions,
    orchestratorOption,
    {
      flags: '--flavor <flavor>',
      help: 'the orchestrator of this flavor, instead of its name',
      completes: 'flavor',
      hidden: true,
    },
    { flags: '--label <key=value>', help: 'a label to select by', repeat: true },
    { flags: '--description <text>', help: 'what it is for' },
    { flags: '--owner <name>', help: 'who answers for it' },
    {
      flags: '--fired-by <who>',
      help: 'who starts its runs: the orchestrator itself (default), or an agent (sched agent)',
      choices: FIRED_BY,
    },
    { flags: '--paused', help: 'make it paused' },
    { flags: '--if-not-exists', help: 'keep a schedule of that name as it is' },
    { flags: '--replace', help: 'make a schedule of that name as asked for' },
    reasonOption,
    dryRunOption,
  ],
  examples: [
    'sched create nightly --cron "0 3 * * *" --timezone Europe/Berlin -- ./train.sh',
    'sched create --every 30m -- python ingest.py --source s3://bucket',
    'sched create report --at "tomorrow 09:00" --param week=47 -- ./report.sh',
    'sched create intake --on-change /data/in --poll 1m -- ./load.sh {file}',
    'sched create train --orchestrator prod --cron "0 3 * * 1-5" --image acme/train:1.4 --requests cpu=2,memory=4Gi -- python train.py',
    'sched create report --orchestrator prod --cron "0 7 * * 1" --job-template job.yaml',
  ],
  passThrough: true,
  input: async ({ args, rest, options }, surroundings) => {
    const template = await readJobTemplate(options, surroundings);
    const read = (typed: Pick<Answers, 'args' | 'rest' | 'options'>): Reading =>
      readCreate(typed, surroundings, template);
    const nothing = args.length + rest.length === 0 && Object.values(options).every((value) => value === undefined);
    // The form asks with the zone at hand, so that pressing Enter through it makes a schedule.
    return nothing && surroundings.interactive
      ? { read, guided: { timezone: surroundings.timezone.name, now: surroundings.now } }
      : { read, guided: null, reading: read({ args, rest, options }) };
  },
  run: async (typed, context) => {
    const { input, remarks } = typed.guided === null ? typed.reading : await guide(typed.guided, typed.read, context);
    const [{ create: make }, { presentCreated }] = await Promise.all([
      import('../src/operations/create.js'),
      import('../src/present/created.js'),
    ]);
    return presentCreated(await make(input, context), remarks);
  },
});

/** Five questions in a terminal; the remark tells the one line that does the same. */
async function guide(
  known: { readonly timezone: string; readonly now: number },
  read: (typed: Pick<Answers, 'args' | 'rest' | 'options'>) => Reading,
  context: Context,
): Promise<Reading> {
  const [{ guideCreate }, { orchestrators, runsCommands }] = await Promise.all([
    import('../src/cli/prompts/create.js'),
    import('../src/operations/orchestrators.js'),
  ]);
  const records = await orchestrators(context);
  const suggestName = (typed: Pick<Answers, 'args' | 'rest' | 'options'>): string => {
    const { run, timing } = read(typed).input.draft;
    return run.kind === 'borrowed' ? '' : defaultName(pipelineOf(run), timing);
  };
  const choices = {
    ...known,
    orchestrators: records.map(({ name }) => name),
    withoutCommands: records.filter((record) => !runsCommands(record)).map(({ name }) => name),
    suggestName,
  };
  const answers = await guideCreate(choices, context.signal);
  const { input, remarks } = read(answers);
  return { input, remarks: [...remarks, `The same as one line:  ${answers.line}`] };
}

function readCreate(
  { args: [name], rest, options }: Pick<Answers, 'args' | 'rest' | 'options'>,
  surroundings: Surroundings,
  template: ReadTemplate | undefined,
): Reading {
  const { timetable, remarks } = readTimetable(options, surroundings, null);
  const run = readRun(options, rest, surroundings, null, template?.run);
  const filled = [...new Set([...filledVariables(options), ...(template?.filled ?? [])])];
  const timeout = text(options, 'runTimeout');
  const taken = onlyOne(options, [
    ['ifNotExists', '--if-not-exists'],
    ['replace', '--replace'],
  ]);
  const input: CreateInput = {
    draft: {
      ...timetable,
      name: name === undefined ? null : checkName(name),
      pipeline: text(options, 'pipeline') ?? null,
      catchup: readCatchup(options) ?? null,
      catchupLimit: wholeNumber(options, 'catchupLimit', '--catchup-limit') ?? DEFAULT_CATCHUP_LIMIT,
      overlap: readOverlap(options) ?? null,
      run,
      parameters: readParameters(options, surroundings),
      timeoutSeconds: timeout === undefined ? null : parseDuration(timeout),
      retry: readRetry(options, null),
      labels: { ...labelsOf(name, timetable.timing, surroundings), ...pairs(options, 'label', '--label') },
      description: text(options, 'description') ?? null,
      owner: text(options, 'owner') ?? null,
    },
    orchestrator: text(options, 'orchestrator'),
    flavor: text(options, 'flavor'),
    firedBy: FIRED_BY.find((who) => who === text(options, 'firedBy')) ?? 'orchestrator',
    paused: flag(options, 'paused'),
    reason: text(options, 'reason') ?? null,
    whenTaken: taken === 'ifNotExists' ? 'keep' : taken === 'replace' ? 'replace' : 'refuse',
    dryRun: flag(options, 'dryRun'),
  };
  return {
    input,
    remarks: [
      ...remarks,
      ...(template?.remarks ?? []),
      ...(filled.length === 0 ? [] : [`Filled in from the environment: ${filled.join(', ')}.`]),
    ],
  };
}

/** The parts of a name that follows the rule, where one is required. Throws USAGE when it does not. */
function labelsOf(
  name: string | undefined,
  timing: Timing,
  { naming }: Surroundings,
): Readonly<Record<string, string>> {
  if (naming === undefined) {
    return {};
  }
  if (name === undefined) {
    throw new SchedError('USAGE', `A name is required here, by the rule ${naming.value} (${naming.source}).`);
  }
  return namedParts(name, parseNamingRule(naming.value), timing);
}
