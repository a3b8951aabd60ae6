/** The guided form of `sched create`: five questions, and the one line that does the same. */
import { parseArgsStringToArgv } from 'string-argv';
import { isSchedError } from '../../errors.js';
import { shellLine } from '../../shell-words.js';
import { parseCron } from '../../time/cron.js';
import { parseInstant } from '../../time/instant.js';
import { parseInterval } from '../../time/interval.js';
import { resolveZone } from '../../time/zone.js';
import type { Typed } from '../command.js';
import { checkName } from '../options/shared.js';
import { ask } from './prompt.js';

/** What was answered, as if it had been typed. */
export interface Answers {
  readonly args: readonly string[];
  readonly rest: readonly string[];
  readonly options: Typed;
  /** The same as one command line. */
  readonly line: string;
}

export interface GuideChoices {
  readonly timezone: string;
  readonly now: number;
  readonly orchestrators: readonly string[];
  /** Those among them that run containers only. */
  readonly withoutCommands: readonly string[];
  readonly suggestName: (answers: Omit<Answers, 'line'>) => string;
}

/** Asks what runs, when, in which zone, where, in which image where one is needed, and under which name. Throws INTERRUPTED for Ctrl-C. */
export async function guideCreate(choices: GuideChoices, signal: AbortSignal): Promise<Answers> {
  const { what = '' } = await ask(
    [
      {
        name: 'what',
        message: 'What is to run?',
        initial: './train.sh',
        check: (typed) => (typed.trim() === '' ? 'A command, as you would type it.' : undefined),
      },
    ],
    signal,
  );
  const rest = parseArgsStringToArgv(what);
  const { when = '' } = await ask(
    [
      {
        name: 'when',
        message: 'When? (cron, an interval such as 30m, or a time)',
        initial: '0 3 * * *',
        check: (typed) => wrongTiming(typed, choices),
      },
    ],
    signal,
  );
  const timing = timingOption(when, choices);
  const { timezone = '' } = await ask(
    [
      {
        name: 'timezone',
        message: 'In which time zone?',
        initial: choices.timezone,
        check: (typed) => mistakeOf(() => resolveZone(typed)),
      },
    ],
    signal,
  );
  const [only] = choices.orchestrators;
  const { orchestrator = only ?? '' } =
    choices.orchestrators.length > 1
      ? await ask([{ name: 'orchestrator', message: 'Where?', choices: choices.orchestrators }], signal)
      : {};
  const { image = '' } = choices.withoutCommands.includes(orchestrator)
    ? await ask(
        [
          {
            name: 'image',
            message: 'In which image?',
            check: (typed) => (typed.trim() === '' ? `${orchestrator} runs containers: acme/train:1.4` : undefined),
          },
        ],
        signal,
      )
    : {};
  const options: Typed = { [timing.option]: when, timezone, orchestrator, ...(image !== '' && { image }) };
  const { name = '' } = await ask(
    [
      {
        name: 'name',
        message: 'Under which name?',
        initial: choices.suggestName({ args: [], rest, options }),
        check: (typed) => mistakeOf(() => checkName(typed)),
      },
    ],
    signal,
  );
  const line = shellLine([
    'sched',
    'create',
    name,
    timing.flag,
    when,
    '--timezone',
    timezone,
    '--orchestrator',
    orchestrator,
    ...(image === '' ? [] : ['--image', image]),
    '--',
    ...rest,
  ]);
  return { args: [name], rest, options, line };
}

const TIMINGS = [
  { option: 'every', flag: '--every', read: (typed: string) => void parseInterval(typed) },
  {
    option: 'at',
    flag: '--at',
    read: (typed: string, { now, timezone }: GuideChoices) => void parseInstant(typed, { now, zone: timezone }),
  },
  { option: 'cron', flag: '--cron', read: (typed: string) => void parseCron(typed) },
] as const;

function timingOption(typed: string, choices: GuideChoices): { readonly option: string; readonly flag: string } {
  const cron = { option: 'cron', flag: '--cron' };
  return TIMINGS.find(({ read }) => mistakeOf(() => read(typed, choices)) === undefined) ?? cron;
}

/** What is wrong with it as a cron expression, unless it is an interval or a time. */
function wrongTiming(typed: string, choices: GuideChoices): string | undefined {
  const { option } = timingOption(typed, choices);
  return option === 'cron' ? mistakeOf(() => parseCron(typed)) : undefined;
}

function mistakeOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (isSchedError(error)) {
      return error.message;
    }
    throw error;
  }
}
