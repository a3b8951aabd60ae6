import type { Connection } from '../context.js';
import { differences, except, project } from '../projection.js';
import type { JournalEntry, ScheduleState, Step } from '../registry/registry.js';
import type { NativeSchedule } from '../schedule.js';
import { stampOfSchedule } from '../stamp.js';
import { isStamp, stampFor } from './stamps.js';

/** What the target shows of a step's effect. */
export type Proof = { readonly shown: true; readonly native: NativeSchedule | undefined } | { readonly shown: false };

/** Looks once whether the effect of `step` stands on the target. Throws what the target answers when it cannot be seen. */
export async function prove(
  connection: Connection,
  registryId: string,
  entry: JournalEntry,
  step: Step,
): Promise<Proof> {
  const native = await find(connection, registryId, entry, step);
  switch (step.do) {
    case 'create':
      return native === undefined ? { shown: false } : { shown: true, native };
    case 'remove':
      return native === undefined ? { shown: true, native } : { shown: false };
    case 'pause':
    case 'resume':
      return native !== undefined && native.paused === (step.do === 'pause')
        ? { shown: true, native }
        : { shown: false };
    case 'update':
      return native !== undefined && standsAs(native, wanted(entry), step.carried ?? [])
        ? { shown: true, native }
        : { shown: false };
    case 'stamp': {
      const ours = stampFor(registryId, { id: entry.scheduleId, generation: step.generation });
      return native !== undefined && isStamp(native.stamp, ours) ? { shown: true, native } : { shown: false };
    }
    case 'unstamp':
      return native === undefined || native.stamp === null ? { shown: true, native } : { shown: false };
  }
}

/** The native object of the step's generation: by id when it is known, else by its stamp. */
async function find(
  connection: Connection,
  registryId: string,
  entry: JournalEntry,
  step: Step,
): Promise<NativeSchedule | undefined> {
  const nativeId = entry.natives[String(step.generation)];
  if (nativeId !== undefined) {
    return await connection.driver.read(nativeId);
  }
  const others = new Set(Object.values(entry.natives));
  const schedule = stampOfSchedule(entry.scheduleId);
  for await (const native of connection.driver.list()) {
    const { stamp } = native;
    const ours =
      stamp !== null &&
      stamp.schedule === schedule &&
      (stamp.registry ?? registryId) === registryId &&
      (stamp.generation ?? step.generation) === step.generation;
    if (ours && !others.has(native.nativeId)) {
      return native;
    }
  }
  return undefined;
}

function standsAs(native: NativeSchedule, state: ScheduleState, carried: readonly string[]): boolean {
  return except(differences(project(state.spec, native.paused), native.projection), carried).length === 0;
}

/** The state that the entry leads to, of an entry that has one. */
function wanted(entry: JournalEntry): ScheduleState {
  const state = entry.after ?? entry.before;
  if (state === null) {
    throw new Error(`journal entry ${entry.id} leads from nothing to nothing`);
  }
  return state;
}
