import { randomUUID } from 'node:crypto';
import type { Context } from '../context.js';
import { checkCapability } from '../drivers/limits.js';
import { SchedError } from '../errors.js';
import type { ScheduleRecord } from '../registry/registry.js';
import type { Json, NativeRun } from '../schedule.js';
import { orchestratorOf, reach } from './connection.js';
import { waitForRun } from './runs.js';
import { agentAlive, needsAgent } from './view.js';

export interface TriggerInput {
  readonly name: string;
  /** Laid over the schedule's own, for this run only. */
  readonly parameters: Readonly<Record<string, Json>>;
  readonly wait: boolean;
  readonly timeoutMs: number | null;
  readonly dryRun: boolean;
}

export interface Triggered {
  readonly record: ScheduleRecord;
  /** Null after a dry run. */
  readonly run: NativeRun | null;
  /** Nobody is there to start it. */
  readonly unattended: boolean;
}

/** Starts one run now, beside the timetable and also while paused. Throws UNSUPPORTED where the orchestrator cannot. */
export async function trigger(input: TriggerInput, context: Context): Promise<Triggered> {
  const registry = await context.registry();
  const record = registry.schedule(input.name);
  if (record.nativeId === null) {
    throw new SchedError('CONFLICT', `${record.spec.name} is ${record.desired} and stands on no orchestrator.`, {
      hint: 'sched list',
    });
  }
  const unattended = needsAgent(record) && !agentAlive(registry, context.clock.now());
  const connection = await reach(context, registry, orchestratorOf(registry, record), input.dryRun ? 'look' : 'act');
  checkCapability('trigger', connection.manifest);
  if (input.dryRun) {
    return { record, run: null, unattended };
  }
  const run = await connection.driver.trigger(record.nativeId, {
    key: randomUUID(),
    parameters: input.parameters,
    trigger: 'manual',
    scheduled: null,
  });
  registry.saveRuns([{ scheduleId: record.id, run }]);
  if (!input.wait) {
    return { record, run, unattended };
  }
  context.progress(`waiting for run ${run.nativeId}`);
  const ended = await waitForRun(context, connection, record.nativeId, run, input.timeoutMs);
  context.progress(null);
  registry.saveRuns([{ scheduleId: record.id, run: ended }]);
  return { record, run: ended, unattended };
}
