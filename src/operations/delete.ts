import type { Connection, Context } from '../context.js';
import type { NativeRequest } from '../drivers/driver.js';
import { manifestOf } from '../drivers/index.js';
import { checkRemoval } from '../drivers/limits.js';
import { SchedError } from '../errors.js';
import type { Registry, ScheduleRecord } from '../registry/registry.js';
import { orchestratorOf, reach } from './connection.js';
import { type Ending, keepsStamp } from './ending.js';
import { forget } from './mutation.js';
import { numberedChange } from './numbered-change.js';
import { rehearseChange } from './rehearse.js';
import { forEach, type Item, type Selection } from './selection.js';
import { settled, transition } from './transition.js';
import { stateOf } from './update.js';

export interface DeleteInput {
  readonly selection: Selection;
  /** Purges record, history and runs, keeping a tombstone. */
  readonly hard: boolean;
  /** Leaves the native object as it is, firing on, without our mark. */
  readonly keepNative: boolean;
  /** Removes the native object of an adopted schedule too, which is only stopped otherwise. */
  readonly deleteNative: boolean;
  /** Ends what is running with the native object. */
  readonly stopRuns: boolean;
  readonly yes: boolean;
  readonly reason: string | null;
  readonly dryRun: boolean;
}

export interface Deleted {
  readonly outcome: 'deleted' | 'purged' | 'unchanged' | 'planned';
  readonly id: string;
  readonly nativeId: string | null;
  readonly orchestrator: string;
  /** What became of the native object; null where there was none. */
  readonly native: 'removed' | 'stopped' | 'left' | null;
  /** What becomes of running work; null where nothing is removed. */
  readonly running: 'goes on' | 'ended' | null;
  /** The running work could be ended with it. */
  readonly stopsRuns: boolean;
  /** Of a dry run: what would be sent; null where the orchestrator cannot show it. */
  readonly requests: readonly NativeRequest[] | null;
}

export interface DeleteReport {
  readonly items: readonly Item<Deleted>[];
  readonly change: number | null;
}

/**
 * Removes schedules from their orchestrators, sees them gone, then archives the records; what was adopted is only stopped there. Asks
 * first; throws USAGE naming `--yes` when nobody can be asked, UNSUPPORTED when running work is to be ended where that cannot be done.
 * A record whose native removal fails stays as it is.
 */
export async function remove(input: DeleteInput, context: Context): Promise<DeleteReport> {
  const registry = await context.registry();
  const now = context.clock.now();
  const planned = await forEach(registry, input.selection, now, async (record) => {
    refuse(input, record);
    return record;
  });
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

/** What becomes of the native object. */
function endingOf({ keepNative, deleteNative, stopRuns }: DeleteInput, { origin }: ScheduleRecord): Ending {
  const native = keepNative ? 'leave' : origin === 'adopted' && !deleteNative ? 'pause' : 'remove';
  return { native, stopRuns };
}

/** Throws when running work is to be ended that cannot be, or whose schedule stays. */
function refuse(input: DeleteInput, record: ScheduleRecord): void {
  if (!input.stopRuns) {
    return;
  }
  if (endingOf(input, record).native !== 'remove') {
    throw new SchedError('USAGE', `${record.nativeId ?? record.spec.name} stays, and so does what it is running.`, {
      hint: '--delete-native removes it, and --stop-runs with it what is running.',
    });
  }
  checkRemoval(input, manifestOf(record.flavor));
}

function question(records: readonly ScheduleRecord[], input: DeleteInput): string {
  const [first] = records;
  const several = records.length > 1;
  const forGood = input.hard ? (several ? ' Their history goes too.' : ' Its history goes too.') : '';
  const endings = new Set(records.flatMap((one) => (one.nativeId === null ? [] : [endingOf(input, one).native])));
  const running = endings.has('remove')
    ? input.stopRuns
      ? ' What runs now is ended.'
      : ' What runs now goes on.'
    : '';
  if (!several && first !== undefined) {
    const there = `${first.nativeId} on ${first.orchestrator}`;
    const [ending] = endings;
    const native = {
      remove: ` also removes ${there}.`,
      pause: ` archives its record and stops ${there}, which was adopted; --delete-native removes it.`,
      leave: ' archives its record.',
    }[ending ?? 'leave'];
    return `Deleting ${first.spec.name}${native}${running}${forGood}`;
  }
  const deleting = `Deleting ${records.length} schedules`;
  const native = endings.has('remove')
    ? endings.has('pause')
      ? ' also removes them on their orchestrators, and stops there what was adopted.'
      : ' also removes them on their orchestrators.'
    : endings.has('pause')
      ? ' archives their records and stops them on their orchestrators.'
      : ' archives their records; what stands on the orchestrators goes on.';
  return `${deleting}${native}${running}${forGood}`;
}

async function one(
  input: DeleteInput,
  context: Context,
  registry: Registry,
  found: ScheduleRecord,
  numbered: () => number,
): Promise<Deleted> {
  refuse(input, found);
  const record = input.dryRun ? found : await settled(context, registry, found);
  const manifest = manifestOf(found.flavor);
  const ending = endingOf(input, found);
  const removed = found.nativeId !== null && ending.native === 'remove';
  const common = {
    id: found.id,
    nativeId: found.nativeId,
    orchestrator: found.orchestrator,
    native:
      found.nativeId === null ? null : ({ remove: 'removed', pause: 'stopped', leave: 'left' } as const)[ending.native],
    running: removed ? (input.stopRuns ? ('ended' as const) : ('goes on' as const)) : null,
    stopsRuns: manifest.stopsRuns,
    requests: null,
  };
  if (record === undefined) {
    return { ...common, outcome: 'deleted' };
  }
  if (record.desired === 'archived' && !input.hard) {
    return { ...common, outcome: 'unchanged' };
  }
  const wanted = input.hard ? null : { ...stateOf(record), desired: 'archived' as const, pause: null };
  if (input.dryRun) {
    return {
      ...common,
      outcome: 'planned',
      requests: await rehearseChange(context, registry, { record, wanted, ending }),
    };
  }
  const outcome = input.hard ? 'purged' : 'deleted';
  if (record.desired === 'archived') {
    forget(context, registry, record, { change: numbered(), after: wanted, tombstone: 'purged' });
    return { ...common, outcome };
  }
  if (keepsStamp(record, ending, manifest)) {
    forget(context, registry, record, { change: numbered(), after: wanted, tombstone: 'kept-native' });
    return { ...common, outcome };
  }
  const connection = await reach(context, registry, orchestratorOf(registry, record));
  if (ending.native !== 'remove' && !(await stands(connection, record))) {
    forget(context, registry, record, { change: numbered(), after: wanted, tombstone: 'purged' });
    return { ...common, native: null, outcome };
  }
  const work = { context, registry, connection };
  await transition(work, { verb: 'delete', change: numbered(), record, wanted, ending });
  return { ...common, outcome };
}

/** What is gone already can be neither stopped nor unmarked. */
async function stands({ driver }: Connection, { nativeId }: ScheduleRecord): Promise<boolean> {
  return nativeId !== null && (await driver.read(nativeId)) !== undefined;
}
