import type { Connection, Context } from '../context.js';
import { SchedError } from '../errors.js';
import type { OrchestratorRecord, Registry } from '../registry/registry.js';

/**
 * Connects to an orchestrator and proves that it is the one that was registered; the first contact pins its identity.
 * Throws IDENTITY when another target answers, and whatever the target refuses with.
 */
export async function reach(
  context: Context,
  registry: Registry,
  orchestrator: OrchestratorRecord,
): Promise<Connection> {
  const connection = await context.connect(orchestrator);
  const identity = await connection.driver.identity();
  if (orchestrator.identity === null) {
    registry.changeOrchestrator(orchestrator.name, { identity }, context.clock.now());
  } else if (orchestrator.identity !== identity) {
    throw new SchedError(
      'IDENTITY',
      `${orchestrator.name} is not the ${connection.manifest.title} that was registered under this name.`,
      {
        detail: `registered  ${orchestrator.identity}\nanswering   ${identity}`,
        hint: `If it was rebuilt on purpose: sched orchestrator update ${orchestrator.name} --pin`,
      },
    );
  }
  return connection;
}

/** The orchestrator that a record stands on. Throws ORCHESTRATOR_NOT_FOUND when its registration is gone. */
export function orchestratorOf(
  registry: Registry,
  schedule: { orchestratorId: string; orchestrator: string },
): OrchestratorRecord {
  const record = registry.orchestratorById(schedule.orchestratorId);
  if (record === undefined) {
    throw new SchedError(
      'ORCHESTRATOR_NOT_FOUND',
      `The orchestrator ${schedule.orchestrator} is not registered any more.`,
      {
        hint: 'sched orchestrator list',
      },
    );
  }
  return record;
}

/** By name. Throws ORCHESTRATOR_NOT_FOUND with the nearest name. */
export async function orchestratorNamed(registry: Registry, name: string): Promise<OrchestratorRecord> {
  const record = registry.orchestrator(name);
  if (record === undefined) {
    const { nearest } = await import('../nearest.js');
    const [guess] = nearest(
      name,
      registry.orchestrators().map((known) => known.name),
      1,
    );
    throw new SchedError('ORCHESTRATOR_NOT_FOUND', `There is no orchestrator named ${name}.`, {
      hint: guess === undefined ? 'sched orchestrator list' : `Did you mean ${guess}?`,
    });
  }
  return record;
}
