import { command } from '../src/cli/command.js';
import { readMoment } from '../src/cli/options/moment.js';
import { orchestratorOption } from '../src/cli/options/shared.js';
import { previewOptions, readTimetable } from '../src/cli/options/timing.js';
import { text, wholeNumber } from '../src/cli/options/typed.js';
import { SchedError } from '../src/errors.js';
import type { NextInput } from '../src/operations/next.js';
import { resolveZone } from '../src/time/zone.js';

export const next = command({
  name: 'next',
  summary: 'Show when a schedule, or a timing not saved yet, is due',
  description:
    'Local times that a zone’s clock skips or repeats are marked, by the rule of the orchestrator that runs them.',
  arguments: [{ name: 'name', help: 'a schedule; or give a timing', completes: 'schedule' }],
  options: [
    ...previewOptions,
    { flags: '-n, --count <number>', help: 'how many (default 5)' },
    { flags: '--from <time>', help: 'from then on, inclusive (default now)' },
    { flags: '--to <time>', help: 'all until then, exclusive' },
    orchestratorOption,
  ],
  examples: ['sched next nightly', 'sched next --cron "30 2 * * *" --timezone Europe/Berlin --from 2026-03-27 -n 4'],
  input: ({ args, options }, surroundings): NextInput => {
    const [name] = args;
    const timing = ['cron', 'every', 'intervalSecond', 'at', 'runOnceStartTime'].some(
      (key) => options[key] !== undefined,
    );
    if ((name === undefined) === !timing) {
      throw new SchedError(
        'USAGE',
        name === undefined ? 'Which schedule, or which timing?' : 'Give a schedule or a timing, not both.',
        {
          hint: 'sched next nightly, or sched next --cron "0 3 * * *"',
        },
      );
    }
    const zone = resolveZone(text(options, 'timezone') ?? surroundings.timezone.name);
    const from = readMoment(options, 'from', surroundings, zone) ?? null;
    const anchored = from === null ? surroundings : { ...surroundings, now: Math.min(from, surroundings.now) };
    return {
      target:
        name === undefined
          ? { kind: 'timetable', timetable: readTimetable(options, anchored, null).timetable }
          : { kind: 'schedule', name },
      orchestrator: text(options, 'orchestrator'),
      from,
      to: readMoment(options, 'to', surroundings, zone) ?? null,
      count: wholeNumber(options, 'count', '--count') ?? 5,
    };
  },
  run: async (input, context) => {
    const [{ next: find }, { presentNext }] = await Promise.all([
      import('../src/operations/next.js'),
      import('../src/present/next.js'),
    ]);
    return presentNext(await find(input, context));
  },
});
