import type { Context } from '../context.js';
import { manifestOf } from '../drivers/index.js';
import { checkCapability } from '../drivers/limits.js';
import { SchedError } from '../errors.js';
import type { ScheduleRecord } from '../registry/registry.js';
import type { Instant, Json, NativeRun, RunStatus } from '../schedule.js';
import { between } from '../time/occurrences.js';
import { orchestratorOf, reach } from './connection.js';
import { refreshRuns, waitForRun } from './runs.js';
import { agentAlive, needsAgent } from './view.js';

export interface BackfillInput {
  readonly name: string;
  /** Inclusive. */
  readonly from: Instant;
  /** Exclusive. */
  readonly to: Instant;
  /** Which occurrences that have a run already get another one. */
  readonly reprocess: 'none' | 'failed' | 'completed';
  readonly parameters: Readonly<Record<string, Json>>;
  readonly limit: number;
  readonly wait: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

export interface BackfillItem {
  readonly scheduled: Instant;
  readonly outcome: 'planned' | 'started' | 'skipped' | 'succeeded' | 'failed';
  /** Why it was left out, or how the run ended. */
  readonly detail: string | null;
  readonly run: NativeRun | null;
}

export interface Backfill {
  readonly record: ScheduleRecord;
  readonly items: readonly BackfillItem[];
  readonly unattended: boolean;
}

/**
 * Runs a schedule for occurrences that lie behind, each with its own time, oldest first: a plan, a question, then run by run. Asked again it goes
 * on where it stopped, because each occurrence has one key. Throws UNSUPPORTED where the orchestrator cannot, USAGE beyond the limit.
 */
export async function backfill(input: BackfillInput, context: Context): Promise<Backfill> {
  const registry = await context.registry();
  const record = registry.schedule(input.name);
  const manifest = manifestOf(record.flavor);
  if (record.nativeId === null) {
    throw new SchedError('CONFLICT', `${record.spec.name} is ${record.desired} and stands on no orchestrator.`, {
      hint: 'sched list',
    });
  }
  checkCapability('trigger', manifest);
  // Time bounds of the schedule do not bind a backfill: it names its own.
  const open = { ...record.spec, start: null, end: null, maxRuns: null };
  const slots = [...between(open, manifest.timing.daylight, input.from, input.to)].flatMap(({ instant }) =>
    instant === null ? [] : [instant],
  );
  if (slots.length > input.limit) {
    throw new SchedError(
      'USAGE',
      `That is ${slots.length} runs, more than the ${input.limit} that one backfill may start.`,
      {
        hint: `Choose a shorter period, or say --limit ${slots.length}.`,
      },
    );
  }
  await refreshRuns(context, registry, record, null);
  const known = registry.runs({ scheduleId: record.id, limit: 100_000 });
  const plan = slots.map((scheduled) => decide(scheduled, known, input.reprocess));
  const unattended = needsAgent(record) && !agentAlive(registry, context.clock.now());
  const wanted = plan.filter(({ outcome }) => outcome === 'planned');
  if (input.dryRun || wanted.length === 0) {
    return { record, items: plan, unattended };
  }
  if (!input.yes && !(await context.confirm(`Start ${wanted.length} runs of ${record.spec.name}?`))) {
    throw new SchedError('INTERRUPTED', 'Nothing was started.');
  }
  const items = await start(input, context, record, plan);
  return { record, items, unattended };
}

function decide(scheduled: Instant, known: readonly NativeRun[], reprocess: BackfillInput['reprocess']): BackfillItem {
  const statuses = new Set<RunStatus>(known.filter((run) => run.scheduled === scheduled).map(({ status }) => status));
  if (statuses.has('running') || statuses.has('pending')) {
    return { scheduled, outcome: 'skipped', detail: 'under way', run: null };
  }
  if (statuses.has('succeeded') && reprocess !== 'completed') {
    return { scheduled, outcome: 'skipped', detail: 'ran already', run: null };
  }
  const failed = ['failed', 'timed_out', 'stopped', 'unknown'] as const;
  if (!statuses.has('succeeded') && failed.some((status) => statuses.has(status)) && reprocess === 'none') {
    return { scheduled, outcome: 'skipped', detail: 'failed; --reprocess failed runs it again', run: null };
  }
  return { scheduled, outcome: 'planned', detail: null, run: null };
}

async function start(
  input: BackfillInput,
  context: Context,
  record: ScheduleRecord,
  plan: readonly BackfillItem[],
): Promise<readonly BackfillItem[]> {
  const registry = await context.registry();
  const connection = await reach(context, registry, orchestratorOf(registry, record));
  const { driver } = connection;
  const nativeId = record.nativeId;
  if (nativeId === null) {
    return plan;
  }
  const items: BackfillItem[] = [];
  for (const [index, item] of plan.entries()) {
    if (item.outcome !== 'planned') {
      items.push(item);
      continue;
    }
    context.progress(`run ${index + 1} of ${plan.length}`);
    const attempts = registry
      .runs({ scheduleId: record.id, limit: 100_000 })
      .filter(({ scheduled }) => scheduled === item.scheduled).length;
    const run = await driver.trigger(nativeId, {
      key: `backfill:${item.scheduled}:${attempts}`,
      parameters: input.parameters,
      trigger: 'backfill',
      scheduled: item.scheduled,
    });
    registry.saveRuns([{ scheduleId: record.id, run }]);
    if (!input.wait) {
      items.push({ ...item, outcome: 'started', run });
      continue;
    }
    const ended = await waitForRun(context, connection, nativeId, run, null);
    registry.saveRuns([{ scheduleId: record.id, run: ended }]);
    items.push({
      ...item,
      outcome: ended.status === 'succeeded' ? 'succeeded' : 'failed',
      detail: ended.reason,
      run: ended,
    });
  }
  context.progress(null);
  return items;
}
