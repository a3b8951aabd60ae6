/** What an agent does for the records while it fires: it keeps runs, ends pauses that are over, and heals what a crash left. */
import type { Context } from '../context.js';
import { isSchedError } from '../errors.js';
import type { Registry, ScheduleRecord } from '../registry/registry.js';
import type { Instant, NativeRun } from '../schedule.js';
import { orchestratorOf, reach } from './connection.js';
import { heal } from './mutation.js';
import { aheadOf } from './timetable.js';
import { transition } from './transition.js';
import { stateOf } from './update.js';

/** A run of the agent's, with the id of the schedule it belongs to; that may be another registry's. */
export interface AttendedRun {
  readonly scheduleId: string;
  readonly run: NativeRun;
}

export interface Attendance {
  beat(at: Instant): void;
  keep(runs: readonly AttendedRun[]): void;
  /** Ends pauses whose time has come and heals entries whose lease ran out. Problems are told, never thrown. */
  tidy(now: Instant): Promise<void>;
}

/** Attends to the context's registry. `tell` receives a line for each thing done or not possible. */
export async function attend(context: Context, tell: (line: string) => void): Promise<Attendance> {
  const registry = await context.registry();
  return {
    beat: (at) => registry.noteHeartbeat(at),
    keep: (runs) => keep(registry, runs, context.clock.now()),
    tidy: async (now) => {
      await resumeDue(context, registry, now, tell);
      await healLeft(context, registry, now, tell);
    },
  };
}

function keep(registry: Registry, runs: readonly AttendedRun[], now: Instant): void {
  const records = new Map<string, ScheduleRecord | undefined>();
  for (const { scheduleId } of runs) {
    records.set(scheduleId, registry.scheduleById(scheduleId));
  }
  registry.saveRuns(runs.filter(({ scheduleId }) => records.get(scheduleId) !== undefined));
  registry.noteNext(
    [...records.values()].flatMap((record) =>
      record === undefined || record.desired === 'archived' ? [] : [aheadOf(registry, record, now)],
    ),
  );
}

async function resumeDue(
  context: Context,
  registry: Registry,
  now: Instant,
  tell: (line: string) => void,
): Promise<void> {
  for (const record of registry.pausesDue(now)) {
    await told(tell, `resuming ${record.spec.name}`, async () => {
      const connection = await reach(context, registry, orchestratorOf(registry, record));
      const change = registry.startChange({
        verb: 'resume',
        actor: context.holder.actor,
        reason: 'the pause is over',
        at: now,
      });
      const wanted = { ...stateOf(record), desired: 'active' as const, pause: null };
      await transition({ context, registry, connection }, { verb: 'resume', change, record, wanted });
    });
  }
}

async function healLeft(
  context: Context,
  registry: Registry,
  now: Instant,
  tell: (line: string) => void,
): Promise<void> {
  for (const entry of registry.openEntries()) {
    const record = registry.scheduleById(entry.scheduleId);
    if (record !== undefined && entry.leaseUntil <= now) {
      await told(tell, `healing ${entry.scheduleName}`, async () => {
        const connection = await reach(context, registry, orchestratorOf(registry, record));
        await heal({ context, registry, connection }, entry);
      });
    }
  }
}

async function told(tell: (line: string) => void, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    tell(what);
  } catch (error) {
    if (!isSchedError(error)) {
      throw error;
    }
    tell(`${what}: ${error.message}`);
  }
}
