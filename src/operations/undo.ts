import type { Context } from '../context.js';
import { SchedError } from '../errors.js';
import { canonical } from '../projection.js';
import type { Registry, RevisionRecord, ScheduleState } from '../registry/registry.js';
import type { Json } from '../schedule.js';
import { orchestratorOf, reach } from './connection.js';
import { numberedChange } from './numbered-change.js';
import { returning } from './returning.js';
import { each, type Item } from './selection.js';
import { settled, transition } from './transition.js';
import { type ScheduleView, view } from './view.js';

export interface UndoInput {
  readonly change: number;
  /** Also where a later change came in between. */
  readonly force: boolean;
  readonly reason: string | null;
  readonly dryRun: boolean;
}

export interface Undone {
  readonly outcome: 'restored' | 'recreated' | 'removed' | 'unchanged';
  /** A dry run: it would be so. */
  readonly planned: boolean;
  readonly view: ScheduleView | null;
}

export interface UndoReport {
  readonly items: readonly Item<Undone>[];
  readonly change: number | null;
}

/**
 * Makes a new change that restores what stood before change `n`. Throws NOT_FOUND for an unknown number and CONFLICT for what cannot be
 * undone; a schedule that was changed since is left alone with CONFLICT unless forced.
 */
export async function undo(input: UndoInput, context: Context): Promise<UndoReport> {
  const registry = await context.registry();
  const wanted = registry.change(input.change);
  if (wanted === undefined) {
    throw new SchedError('NOT_FOUND', `There is no change ${input.change}.`, { hint: 'sched history' });
  }
  if (wanted.revisions.length === 0) {
    throw new SchedError('CONFLICT', `Change ${input.change} (${wanted.verb}) left nothing that could be undone.`, {
      hint: 'sched history',
    });
  }
  const change = numberedChange(context, registry, `undo ${input.change}`, input.reason);
  const items = await each(
    wanted.revisions.map((revision) => ({
      name: revision.schedule,
      work: () => one(input, context, registry, revision, change.take),
    })),
  );
  return { items, change: change.taken() };
}

async function one(
  input: UndoInput,
  context: Context,
  registry: Registry,
  revision: RevisionRecord,
  numbered: () => number,
): Promise<Undone> {
  const found = registry.scheduleById(revision.scheduleId);
  if (found === undefined || revision.after === null) {
    throw new SchedError('CONFLICT', `${revision.schedule} was purged; there is nothing left to restore.`, {
      hint: 'sched restore BACKUP',
    });
  }
  const record = input.dryRun ? found : await settled(context, registry, found);
  if (record === undefined) {
    throw new SchedError('CONFLICT', `${revision.schedule} was never finished and is rolled back now.`);
  }
  if (record.revision !== revision.revision && !input.force) {
    throw new SchedError('CONFLICT', `${record.spec.name} was changed since change ${input.change}.`, {
      hint: `sched history ${record.spec.name}; --force restores it all the same.`,
    });
  }
  const target = goal(revision);
  const now = context.clock.now();
  if (sameState(record, target)) {
    return { outcome: 'unchanged', planned: input.dryRun, view: view(registry, record, now) };
  }
  const outcome = target.desired === 'archived' ? 'removed' : record.desired === 'archived' ? 'recreated' : 'restored';
  if (input.dryRun) {
    return { outcome, planned: true, view: view(registry, record, now) };
  }
  const connection = await reach(context, registry, orchestratorOf(registry, record));
  const work = { context, registry, connection };
  const wanted = { ...target, orchestratorId: record.orchestratorId };
  // An adoption taken back leaves there what stood there before.
  const taken = record.origin === 'adopted' && revision.before === null;
  const after = await transition(work, {
    verb: 'undo',
    change: numbered(),
    wanted,
    ...(await returning(connection, record, wanted)),
    ...(taken && { ending: { native: 'leave', stopRuns: false } }),
  });
  return { outcome, planned: false, view: after === undefined ? null : view(registry, after, now) };
}

/** What stood before; a schedule that did not exist is archived, so that its history stays. */
function goal({ before, after }: RevisionRecord): ScheduleState {
  if (before !== null) {
    return before;
  }
  if (after === null) {
    throw new Error('a revision from nothing to nothing');
  }
  return { ...after, desired: 'archived', pause: null };
}

function sameState(record: ScheduleState, target: ScheduleState): boolean {
  const essence = (state: ScheduleState): Json => ({
    spec: { ...state.spec } as unknown as Json,
    desired: state.desired,
    firedBy: state.firedBy,
  });
  return canonical(essence(record)) === canonical(essence(target));
}
