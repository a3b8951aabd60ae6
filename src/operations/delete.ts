import type { Context } from '../context.js';
import { SchedError } from '../errors.js';
import type { Registry, ScheduleRecord } from '../registry/registry.js';
import { orchestratorOf, reach } from './connection.js';
import { forget } from './mutation.js';
import { numberedChange } from './numbered-change.js';
import { forEach, type Item, type Selection } from './selection.js';
import { settled, transition } from './transition.js';
import { stateOf } from './update.js';

export interface DeleteInput {
  readonly selection: Selection;
  /** Purges record, history and runs, keeping a tombstone. */
  readonly hard: boolean;
  /** Leaves the native object as it is, firing on; a tombstone says that it is not ours any more. */
  readonly keepNative: boolean;
  readonly yes: boolean;
  readonly reason: string | null;
  readonly dryRun: boolean;
}

export interface Deleted {
  readonly outcome: 'deleted' | 'purged' | 'unchanged' | 'planned';
  readonly id: string;
  readonly nativeId: string | null;
  readonly orchestrator: string;
}

export interface DeleteReport {
  readonly items: readonly Item<Deleted>[];
  readonly change: number | null;
}

/**
 * Removes schedules from their orchestrators, sees them gone, then archives the records. Asks first; throws USAGE naming `--yes` when nobody
 * can be asked. A record whose native removal fails stays as it is.
 */
export async function remove(input: DeleteInput, context: Context): Promise<DeleteReport> {
  const registry = await context.registry();
  const now = context.clock.now();
  const planned = await forEach(registry, input.selection, now, async (record) => record);
  const records = planned.flatMap(({ result }) => (result === null ? [] : [result]));
  if (!input.yes && !input.dryRun && records.length > 0 && !(await context.confirm(question(records, input)))) {
    throw new SchedError('INTERRUPTED', 'Nothing was deleted.');
  }
  const change = numberedChange(context, registry, 'delete', input.reason);
  const items = await forEach(registry, input.selection, now, (record) =>
    one(input, context, registry, record, change.take),
  );
  return { items, change: change.taken() };
}

function question(records: readonly ScheduleRecord[], input: DeleteInput): string {
  const [first] = records;
  const forGood = input.hard ? ' Its history goes too.' : '';
  if (records.length === 1 && first !== undefined) {
    const native =
      first.nativeId === null || input.keepNative ? '' : ` also removes ${first.nativeId} on ${first.orchestrator}.`;
    return `Deleting ${first.spec.name}${native === '' ? ' archives its record.' : native}${forGood}`;
  }
  if (input.keepNative) {
    return `Deleting ${records.length} schedules archives their records; what stands on the orchestrators goes on.${forGood.replace('Its', 'Their')}`;
  }
  return `Deleting ${records.length} schedules also removes them on their orchestrators.${forGood.replace('Its', 'Their')}`;
}

async function one(
  input: DeleteInput,
  context: Context,
  registry: Registry,
  found: ScheduleRecord,
  numbered: () => number,
): Promise<Deleted> {
  const record = input.dryRun ? found : await settled(context, registry, found);
  const common = { id: found.id, nativeId: found.nativeId, orchestrator: found.orchestrator };
  if (record === undefined) {
    return { ...common, outcome: 'deleted' };
  }
  if (record.desired === 'archived' && !input.hard) {
    return { ...common, outcome: 'unchanged' };
  }
  if (input.dryRun) {
    return { ...common, outcome: 'planned' };
  }
  const wanted = input.hard ? null : { ...stateOf(record), desired: 'archived' as const, pause: null };
  if (input.keepNative || record.desired === 'archived') {
    forget(context, registry, record, {
      change: numbered(),
      after: wanted,
      tombstone: input.keepNative ? 'kept-native' : 'purged',
    });
    return { ...common, outcome: input.hard ? 'purged' : 'deleted' };
  }
  const connection = await reach(context, registry, orchestratorOf(registry, record));
  await transition({ context, registry, connection }, { verb: 'delete', change: numbered(), record, wanted });
  return { ...common, outcome: input.hard ? 'purged' : 'deleted' };
}
