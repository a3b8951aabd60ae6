import type { Connection, Context } from '../context.js';
import { SchedError } from '../errors.js';
import { isSameTarget, tellsMore } from '../identity.js';
import type { OrchestratorRecord, Registry } from '../registry/registry.js';
import type { Instant } from '../schedule.js';

/**
 * Connects to an orchestrator and proves that it is the one that was registered; the first contact pins its identity, unless it is only
 * to `look`: a dry run writes nothing.
 * Throws IDENTITY when another target answers, and whatever the target refuses with.
 */
export async function reach(
  context: Context,
  registry: Registry,
  orchestrator: OrchestratorRecord,
  purpose: 'act' | 'look' = 'act',
): Promise<Connection> {
  const connection = await context.connect(orchestrator);
  await recognise(connection, registry, purpose === 'act' ? context.clock.now() : null);
  return connection;
}

/**
 * Proves that a connection leads to the registered target; the first contact pins it, and whoever may see more of it adds to that, unless
 * `pinned` is null. Throws IDENTITY.
 */
export async function recognise(
  { orchestrator, driver, manifest }: Connection,
  registry: Registry,
  pinned: Instant | null,
): Promise<void> {
  const identity = await driver.identity();
  const known = orchestrator.identity;
  if (known === null || (isSameTarget(known, identity) && tellsMore(known, identity))) {
    if (pinned !== null) {
      registry.changeOrchestrator(orchestrator.name, { identity }, pinned);
    }
  } else if (!isSameTarget(known, identity)) {
    throw new SchedError(
      'IDENTITY',
      `${orchestrator.name} is not the ${manifest.title} that was registered under this name.`,
      {
        detail: `registered  ${known}\nanswering   ${identity}`,
        hint: `If it was rebuilt on purpose: sched orchestrator update ${orchestrator.name} --pin`,
      },
    );
  }
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

/** The one of a flavor, else the default of that flavor. Throws ORCHESTRATOR_NOT_FOUND when there is none, AMBIGUOUS when there are several. */
export function orchestratorOfFlavor(registry: Registry, flavor: string): OrchestratorRecord {
  const fitting = registry.orchestrators().filter((known) => known.flavor === flavor);
  const [record, another] = fitting;
  if (record === undefined) {
    throw new SchedError('ORCHESTRATOR_NOT_FOUND', `No orchestrator of the flavor ${flavor} is registered.`, {
      hint: `sched orchestrator register NAME --flavor ${flavor}`,
    });
  }
  const chosen = another === undefined ? record : fitting.find(({ isDefault }) => isDefault);
  if (chosen === undefined) {
    throw new SchedError('AMBIGUOUS', `Several orchestrators are of the flavor ${flavor}.`, {
      detail: fitting.map(({ name }) => name).join('\n'),
      hint: 'Name one: --orchestrator NAME',
    });
  }
  return chosen;
}
