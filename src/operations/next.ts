import type { Context } from '../context.js';
import { manifestOf } from '../drivers/index.js';
import { SchedError } from '../errors.js';
import type { Instant, Timetable } from '../schedule.js';
import type { DaylightRule } from '../time/daylight.js';
import { between, forward, type Occurrence } from '../time/occurrences.js';
import { orchestratorNamed } from './connection.js';

export interface NextInput {
  readonly target:
    | { readonly kind: 'schedule'; readonly name: string }
    | { readonly kind: 'timetable'; readonly timetable: Timetable };
  readonly orchestrator: string | undefined;
  /** Inclusive; null: now. */
  readonly from: Instant | null;
  /** Exclusive; null: `count` occurrences. */
  readonly to: Instant | null;
  readonly count: number;
}

export interface Next {
  readonly timetable: Timetable;
  readonly rule: DaylightRule;
  readonly flavor: string;
  readonly occurrences: readonly Occurrence[];
  /** Why none are shown although the schedule exists. */
  readonly silence: string | null;
}

/** Occurrences ahead, by the rule of the orchestrator that runs them, skipped ones marked. */
export async function next(input: NextInput, context: Context): Promise<Next> {
  const { timetable, flavor, silence } = await target(input, context);
  const rule = manifestOf(flavor).timing.daylight;
  const from = input.from ?? context.clock.now() + 1;
  const occurrences =
    input.to === null
      ? first(forward(timetable, rule, from), input.count)
      : [...between(timetable, rule, from, input.to)];
  return {
    timetable,
    rule,
    flavor,
    occurrences,
    silence: occurrences.length === 0 ? (silence ?? 'No occurrence lies ahead.') : null,
  };
}

/** As many as run, with the skipped ones in between. */
function first(occurrences: Iterable<Occurrence>, count: number): Occurrence[] {
  const shown: Occurrence[] = [];
  let running = 0;
  for (const occurrence of occurrences) {
    shown.push(occurrence);
    running += occurrence.instant === null ? 0 : 1;
    if (running >= count) {
      break;
    }
  }
  return shown;
}

async function target(
  input: NextInput,
  context: Context,
): Promise<{ timetable: Timetable; flavor: string; silence: string | null }> {
  const registry = await context.registry();
  if (input.target.kind === 'schedule') {
    const record = registry.schedule(input.target.name);
    const { kind } = record.spec.timing;
    const silence =
      kind === 'change'
        ? 'It runs when a file changes: no times are known ahead.'
        : kind === 'native'
          ? 'Its timing is in the orchestrator’s own dialect: inconclusive here.'
          : null;
    return { timetable: record.spec, flavor: record.flavor, silence };
  }
  if (input.target.timetable.timing.kind === 'change') {
    throw new SchedError('USAGE', 'A schedule that runs on change has no times ahead.');
  }
  const orchestrator = await orchestratorNamed(registry, await context.orchestratorName(input.orchestrator));
  return { timetable: input.target.timetable, flavor: orchestrator.flavor, silence: null };
}
