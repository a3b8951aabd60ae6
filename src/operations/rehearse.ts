/** What a dry run can show of a change beyond its steps: the requests, held by the orchestrator itself against its own rules. */
import type { Context } from '../context.js';
import type { NativeRequest, Rehearsal } from '../drivers/driver.js';
import { manifestOf } from '../drivers/index.js';
import type { OrchestratorRecord, Registry, ScheduleRecord, ScheduleState, Step } from '../registry/registry.js';
import { orchestratorOf, reach } from './connection.js';
import { stampFor } from './stamps.js';
import type { Work } from './steps.js';
import { planFor, refuseWhenDrifted, type StateChange } from './transition.js';

/** A change as it was planned. */
export interface Planned {
  readonly orchestrator: OrchestratorRecord;
  /** The schedule's whole id; of one that is not there yet, any. */
  readonly id: string;
  /** What stands; null: nothing yet. */
  readonly record: ScheduleRecord | null;
  readonly steps: readonly Step[];
  /** What is to stand; null: nothing. */
  readonly wanted: ScheduleState | null;
}

/**
 * The native requests of planned steps as they would be sent; null where the target cannot show them. Reads, and writes nothing, natively
 * or here. Throws what the change itself would be refused with: CONFLICT when somebody else changed the object, and whatever the target
 * answers.
 */
export async function rehearse(
  context: Context,
  registry: Registry,
  planned: Planned,
): Promise<readonly NativeRequest[] | null> {
  if (!manifestOf(planned.orchestrator.flavor).capabilities.includes('rehearse')) {
    return null;
  }
  if (planned.steps.length === 0) {
    return [];
  }
  const connection = await reach(context, registry, planned.orchestrator, 'look');
  const requests: NativeRequest[] = [];
  for (const step of planned.steps) {
    const rehearsal = await rehearsalOf({ connection, registry, context }, planned, step);
    requests.push(...(rehearsal === undefined ? [] : await connection.driver.rehearse(rehearsal)));
  }
  return requests;
}

/** As `rehearse`, of a transition of an existing record. Throws UNSUPPORTED when the orchestrator has no way there. */
export async function rehearseChange(
  context: Context,
  registry: Registry,
  change: StateChange,
): Promise<readonly NativeRequest[] | null> {
  const { record, wanted } = change;
  const orchestrator = orchestratorOf(registry, record);
  const { steps } = planFor(change, manifestOf(orchestrator.flavor));
  return await rehearse(context, registry, { orchestrator, id: record.id, record, steps, wanted });
}

/** Undefined for a step on an object that only an earlier step makes: there is nothing yet to hold it against. */
async function rehearsalOf(work: Work, { id, record, wanted }: Planned, step: Step): Promise<Rehearsal | undefined> {
  if (step.do === 'create') {
    if (wanted === null) {
      return undefined;
    }
    const { spec, firedBy } = wanted;
    const stamp = stampFor(work.registry.identity, { id, generation: step.generation });
    return { do: 'create', request: { spec, paused: step.paused, firedBy, scheduleId: id, stamp } };
  }
  if (record === null || record.nativeId === null || record.generation !== step.generation) {
    return undefined;
  }
  const { nativeId } = record;
  switch (step.do) {
    case 'update': {
      const version = (await refuseWhenDrifted(work, record))?.version ?? null;
      return wanted === null
        ? undefined
        : { do: 'update', nativeId, request: { spec: wanted.spec, firedBy: wanted.firedBy, version } };
    }
    case 'remove':
      return { do: 'remove', nativeId, removal: { stopRuns: step.stopRuns ?? false } };
    case 'pause':
    case 'resume':
      return { do: step.do, nativeId };
    default:
      return undefined;
  }
}
