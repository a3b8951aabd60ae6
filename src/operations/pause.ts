import type { Context } from '../context.js';
import type { NativeRequest } from '../drivers/driver.js';
import { SchedError } from '../errors.js';
import type { PauseNote, Registry, ScheduleRecord } from '../registry/registry.js';
import type { Instant } from '../schedule.js';
import { orchestratorOf, reach } from './connection.js';
import { numberedChange } from './numbered-change.js';
import { rehearseChange } from './rehearse.js';
import { forEach, type Item, type Selection } from './selection.js';
import { settled, transition } from './transition.js';
import { stateOf } from './update.js';
import { type ScheduleView, view } from './view.js';

export interface PauseInput {
  readonly selection: Selection;
  readonly paused: boolean;
  /** When a pause ends by itself (an agent resumes it), by the clock of each schedule's zone. */
  readonly until: ((timezone: string) => Instant) | null;
  readonly reason: string | null;
  readonly dryRun: boolean;
}

export interface Paused {
  readonly outcome: 'paused' | 'resumed' | 'unchanged' | 'planned';
  readonly view: ScheduleView;
  /** The pause that stood before this command. */
  readonly earlier: PauseNote | null;
  /** Of a dry run: what would be sent; null where the orchestrator cannot show it. */
  readonly requests: readonly NativeRequest[] | null;
}

export interface PauseReport {
  readonly items: readonly Item<Paused>[];
  readonly change: number | null;
}

/** Pauses or resumes the selected schedules as one change; those that are so already answer `unchanged`. */
export async function setPaused(input: PauseInput, context: Context): Promise<PauseReport> {
  const registry = await context.registry();
  const verb = input.paused ? 'pause' : 'resume';
  const change = numberedChange(context, registry, verb, input.reason);
  const items = await forEach(registry, input.selection, context.clock.now(), (found) =>
    one(input, context, registry, found, change.take),
  );
  return { items, change: change.taken() };
}

async function one(
  input: PauseInput,
  context: Context,
  registry: Registry,
  found: ScheduleRecord,
  numbered: () => number,
): Promise<Paused> {
  const record = input.dryRun ? found : await settled(context, registry, found);
  if (record === undefined || record.desired === 'archived') {
    throw new SchedError('CONFLICT', `${found.spec.name} is ${record === undefined ? 'rolled back' : 'archived'}.`, {
      hint: 'sched list',
    });
  }
  const now = context.clock.now();
  const earlier = record.pause;
  const until = input.until === null ? null : input.until(record.spec.timezone);
  const already = (record.desired === 'paused') === input.paused;
  // A pause by someone else, without an end of its own, outlives a shorter one.
  if (already && (until === null || earlier?.until === null || earlier?.until === until)) {
    return { outcome: 'unchanged', view: view(registry, record, now), earlier, requests: null };
  }
  const pause = input.paused ? { by: context.holder.actor, at: now, reason: input.reason, until } : null;
  const wanted = { ...stateOf(record), desired: input.paused ? ('paused' as const) : ('active' as const), pause };
  if (input.dryRun) {
    const requests = await rehearseChange(context, registry, { record, wanted });
    return { outcome: 'planned', view: view(registry, record, now), earlier, requests };
  }
  const connection = await reach(context, registry, orchestratorOf(registry, record));
  const verb = input.paused ? 'pause' : 'resume';
  const after = await transition({ context, registry, connection }, { verb, change: numbered(), record, wanted });
  if (after === undefined) {
    throw new Error('a paused schedule has no record');
  }
  const outcome = input.paused ? 'paused' : 'resumed';
  return { outcome, view: view(registry, after, context.clock.now()), earlier, requests: null };
}
