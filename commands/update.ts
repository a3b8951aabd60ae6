import { command, type OptionDefinition, type Surroundings, type Typed } from '../src/cli/command.js';
import { clearContainerOptions, clearContainerParts, without } from '../src/cli/options/container.js';
import { readRetry, reliabilityOptions } from '../src/cli/options/failure.js';
import { readJobTemplate } from '../src/cli/options/job-template.js';
import { readParameters } from '../src/cli/options/parameters.js';
import {
  checkName,
  dryRunOption,
  nameArgument,
  policyOptions,
  readCatchup,
  readOverlap,
  reasonOption,
} from '../src/cli/options/shared.js';
import { readTimetable, timingOptions } from '../src/cli/options/timing.js';
import { flag, pairs, text, texts, wholeNumber } from '../src/cli/options/typed.js';
import { readRun, workloadOptions } from '../src/cli/options/workload.js';
import { SchedError } from '../src/errors.js';
import type { DraftRun, DraftSpec } from '../src/operations/draft.js';
import type { ScheduleSpec, TemplateRun } from '../src/schedule.js';
import { parseDuration } from '../src/time/interval.js';

const CLEARABLE = [
  ['start-time', 'the start time'],
  ['end-time', 'the end time'],
  ['max-runs', 'the maximum of runs'],
  ['run-timeout', 'the time limit of runs'],
  ['retries', 'the retries'],
  ['params', 'all parameters'],
  ['labels', 'all labels'],
  ['description', 'the description'],
  ['owner', 'the owner'],
] as const;

const clearOptions: readonly OptionDefinition[] = [
  ...CLEARABLE.map(([name, help]) => ({ flags: `--clear-${name}`, help: `remove ${help}`, group: 'Removing' })),
  { flags: '--clear-label <key>', help: 'remove one label', repeat: true, group: 'Removing' },
  { flags: '--clear-param <name>', help: 'remove one parameter', repeat: true, group: 'Removing' },
  { flags: '--clear-env <name>', help: 'remove one environment variable', repeat: true, group: 'Removing' },
  ...clearContainerOptions('Removing'),
];

const NOT_A_CHANGE = new Set([
  'reason',
  'dryRun',
  'output',
  'registry',
  'color',
  'debug',
  'timeout',
  'headers',
  'columns',
  'quiet',
  'help',
]);

export const update = command({
  name: 'update',
  summary: 'Change what is named of a schedule',
  description: 'Only what is named changes. --name renames the record; the native object keeps its name.',
  arguments: [nameArgument],
  options: [
    { flags: '-c, --cron-expression <expression>', help: 'the same as --cron', group: 'When' },
    ...timingOptions.filter(({ flags }) => !flags.startsWith('--cron-expression')),
    ...policyOptions,
    ...workloadOptions,
    ...reliabilityOptions,
    { flags: '--name <name>', help: 'a new name' },
    { flags: '--label <key=value>', help: 'set a label', repeat: true },
    { flags: '--description <text>', help: 'what it is for' },
    { flags: '--owner <name>', help: 'who answers for it' },
    ...clearOptions,
    reasonOption,
    dryRunOption,
  ],
  examples: [
    'sched update nightly --cron "0 4 * * *"',
    'sched update nightly --clear-end-time --label team=ads',
    'sched update nightly -- ./train.sh --epochs 5',
  ],
  passThrough: true,
  input: async ({ args, rest, options }, surroundings) => {
    if (
      rest.length === 0 &&
      Object.keys(options).every((name) => NOT_A_CHANGE.has(name) || options[name] === undefined)
    ) {
      throw new SchedError('USAGE', 'Nothing to change was named.', {
        hint: 'sched update --help lists what can be changed.',
      });
    }
    const template = (await readJobTemplate(options, surroundings))?.run;
    return {
      name: args[0] ?? '',
      patch: (spec: ScheduleSpec) => patched(spec, rest, options, surroundings, template),
      reason: text(options, 'reason') ?? null,
      dryRun: flag(options, 'dryRun'),
    };
  },
  run: async (input, context) => {
    const [{ update: change }, { presentUpdated }] = await Promise.all([
      import('../src/operations/update.js'),
      import('../src/present/updated.js'),
    ]);
    return presentUpdated(await change(input, context));
  },
});

function patched(
  spec: ScheduleSpec,
  rest: readonly string[],
  options: Typed,
  surroundings: Surroundings,
  template: TemplateRun | undefined,
): DraftSpec {
  const cleared = (name: string): boolean => flag(options, `clear${name}`);
  const name = text(options, 'name');
  const timeout = text(options, 'runTimeout');
  const run = readRun(options, rest, surroundings, spec.run, template);
  return {
    ...spec,
    ...readTimetable(options, surroundings, spec).timetable,
    name: name === undefined ? spec.name : checkName(name),
    pipeline: text(options, 'pipeline') ?? spec.pipeline,
    catchup: readCatchup(options) ?? spec.catchup,
    catchupLimit: wholeNumber(options, 'catchupLimit', '--catchup-limit') ?? spec.catchupLimit,
    overlap: readOverlap(options) ?? spec.overlap,
    run: cleanedRun(run, options),
    parameters: without(
      { ...(cleared('Params') ? {} : spec.parameters), ...readParameters(options, surroundings) },
      texts(options, 'clearParam'),
    ),
    timeoutSeconds: cleared('RunTimeout') ? null : timeout === undefined ? spec.timeoutSeconds : parseDuration(timeout),
    retry: cleared('Retries') ? null : readRetry(options, spec.retry),
    labels: without(
      { ...(cleared('Labels') ? {} : spec.labels), ...pairs(options, 'label', '--label') },
      texts(options, 'clearLabel'),
    ),
    description: cleared('Description') ? null : (text(options, 'description') ?? spec.description),
    owner: cleared('Owner') ? null : (text(options, 'owner') ?? spec.owner),
  };
}

function cleanedRun(run: DraftRun, options: Typed): DraftRun {
  if (run.kind !== 'command' && run.kind !== 'container') {
    return run;
  }
  const cleaned = { ...run, env: without(run.env, texts(options, 'clearEnv')) };
  return cleaned.kind === 'container' ? clearContainerParts(cleaned, options) : cleaned;
}
