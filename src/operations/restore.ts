import type { Context } from '../context.js';
import { SchedError } from '../errors.js';
import { canonical } from '../projection.js';
import type { Registry, ScheduleState } from '../registry/registry.js';
import type { Json } from '../schedule.js';
import { type Backup, readBackup } from './audit/backup.js';
import { orchestratorOf, reach } from './connection.js';
import { carryOut } from './mutation.js';
import { numberedChange } from './numbered-change.js';
import { returning } from './returning.js';
import { each, type Item } from './selection.js';
import { planTransition, settled, transition } from './transition.js';
import { stateOf } from './update.js';

export interface RestoreInput {
  readonly file: string;
  /** Names or ids in the backup; empty: all. */
  readonly names: readonly string[];
  readonly yes: boolean;
  readonly reason: string | null;
  readonly dryRun: boolean;
}

export interface Restored {
  readonly outcome: 'restored' | 'recreated' | 'unchanged' | 'planned';
}

export interface RestoreReport {
  readonly items: readonly Item<Restored>[];
  readonly change: number | null;
}

/** Brings schedules back to what a backup says, natively first. Throws CONFLICT when the backup is another registry's. */
export async function restore(input: RestoreInput, context: Context): Promise<RestoreReport> {
  const registry = await context.registry();
  const backup = await readBackup(input.file);
  if (backup.registry !== registry.identity) {
    throw new SchedError(
      'CONFLICT',
      `${input.file} was written from another registry (${backup.registry}); this one is ${registry.identity}.`,
    );
  }
  const chosen = choose(backup, input.names);
  if (
    !input.yes &&
    !input.dryRun &&
    chosen.length > 0 &&
    !(await context.confirm(`Restore ${chosen.length} schedules as they were at ${backup.at}?`))
  ) {
    throw new SchedError('INTERRUPTED', 'Nothing was restored.');
  }
  const change = numberedChange(context, registry, 'restore', input.reason);
  const items = await each(
    chosen.map(({ id, state }) => ({
      name: state.spec.name,
      work: () => one(input, context, registry, id, state, change.take),
    })),
  );
  return { items, change: change.taken() };
}

function choose(backup: Backup, names: readonly string[]): Backup['schedules'] {
  const missing = names.find(
    (name) => !backup.schedules.some(({ id, state }) => state.spec.name === name || id === name),
  );
  if (missing !== undefined) {
    throw new SchedError('NOT_FOUND', `The backup holds no ${missing}.`, {
      detail: backup.schedules.map(({ state }) => state.spec.name).join('\n'),
    });
  }
  return names.length === 0
    ? backup.schedules
    : backup.schedules.filter(({ id, state }) => names.includes(state.spec.name) || names.includes(id));
}

async function one(
  input: RestoreInput,
  context: Context,
  registry: Registry,
  id: string,
  state: ScheduleState,
  numbered: () => number,
): Promise<Restored> {
  const found = registry.scheduleById(id);
  const record = found === undefined || input.dryRun ? found : await settled(context, registry, found);
  const same = record !== undefined && sameState(stateOf(record), state);
  if (same || input.dryRun) {
    return { outcome: same ? 'unchanged' : 'planned' };
  }
  const target = registry.orchestratorById(state.orchestratorId);
  const connection = await reach(
    context,
    registry,
    orchestratorOf(registry, {
      orchestratorId: state.orchestratorId,
      orchestrator: target?.name ?? state.orchestratorId,
    }),
  );
  const work = { context, registry, connection };
  if (record !== undefined) {
    const from = await returning(connection, record, state);
    await transition(work, { verb: 'restore', change: numbered(), wanted: state, whenDrifted: 'overwrite', ...from });
    return { outcome: record.desired === 'archived' ? 'recreated' : 'restored' };
  }
  const { steps, after } = planTransition(null, state, connection.manifest);
  await carryOut(work, {
    change: numbered(),
    verb: 'restore',
    steps,
    after,
    schedule: { kind: 'new', id, origin: 'created' },
  });
  return { outcome: 'recreated' };
}

function sameState(one: ScheduleState, other: ScheduleState): boolean {
  const [left, right] = [one, other].map((state) => canonical({ ...state } as unknown as Json));
  return left === right;
}
