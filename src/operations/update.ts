import type { Context } from '../context.js';
import type { Manifest, NativeRequest } from '../drivers/driver.js';
import { manifestOf } from '../drivers/index.js';
import { checkLimits } from '../drivers/limits.js';
import { SchedError } from '../errors.js';
import { type Difference, differences, project } from '../projection.js';
import type { ScheduleRecord, ScheduleState } from '../registry/registry.js';
import type { ScheduleSpec } from '../schedule.js';
import { orchestratorOf, reach } from './connection.js';
import { completeRetry, completeRun, type DraftSpec } from './draft.js';
import { type Preview, preview } from './preview.js';
import { rehearseChange } from './rehearse.js';
import { planFor, settled, transition } from './transition.js';
import { type ScheduleView, view } from './view.js';

export interface UpdateInput {
  readonly name: string;
  /** Pure: the spec as it is → as it should be. Only what was named differs. */
  readonly patch: (spec: ScheduleSpec) => DraftSpec;
  readonly reason: string | null;
  readonly dryRun: boolean;
}

export interface Updated {
  readonly outcome: 'updated' | 'unchanged' | 'planned';
  readonly record: ScheduleRecord;
  readonly view: ScheduleView;
  readonly manifest: Manifest;
  readonly differences: readonly Difference[];
  readonly before: Preview;
  readonly after: Preview;
  /** What would be done natively, in words. */
  readonly steps: readonly string[];
  /** Of a dry run: what would be sent; null where the orchestrator cannot show it. */
  readonly requests: readonly NativeRequest[] | null;
}

/**
 * Changes what was named, natively first, in place where the target can and else by a new generation. Throws NOT_FOUND, CONFLICT (changed
 * behind our back, both values shown), UNSUPPORTED.
 */
export async function update(input: UpdateInput, context: Context): Promise<Updated> {
  const registry = await context.registry();
  const found = registry.schedule(input.name);
  const record = input.dryRun ? found : await settled(context, registry, found);
  if (record === undefined) {
    throw new SchedError('NOT_FOUND', `${input.name} was never finished and is rolled back now.`);
  }
  if (record.desired === 'archived') {
    throw new SchedError('CONFLICT', `${record.spec.name} is archived; an archived schedule cannot be changed.`, {
      hint: `Bring it back: sched history ${record.id.slice(0, 8)}, then sched undo N`,
    });
  }
  const manifest = manifestOf(record.flavor);
  const orchestrator = orchestratorOf(registry, record);
  const draft = input.patch(record.spec);
  const spec: ScheduleSpec = {
    ...draft,
    run: await completeRun(draft.run, () => reach(context, registry, orchestrator, input.dryRun ? 'look' : 'act')),
    retry: completeRetry(draft.retry, manifest),
  };
  checkLimits(spec, manifest, record.firedBy);
  const now = context.clock.now();
  const paused = record.desired === 'paused';
  const changed = [
    ...(spec.name === record.spec.name ? [] : [{ field: 'name', expected: record.spec.name, actual: spec.name }]),
    ...differences(project(record.spec, paused), project(spec, paused)),
  ];
  const wanted = { ...stateOf(record), spec };
  const { steps } = planFor({ record, wanted }, manifest);
  const common = {
    manifest,
    differences: changed,
    before: preview(record.spec, manifest, now),
    after: preview(spec, manifest, now),
    steps: steps.map(
      (step) => `${step.do} ${manifest.noun} ${record.nativeId ?? record.spec.name} on ${record.orchestrator}`,
    ),
    requests: input.dryRun ? await rehearseChange(context, registry, { record, wanted }) : null,
  };
  if (changed.length === 0 || input.dryRun) {
    return {
      ...common,
      outcome: changed.length === 0 ? 'unchanged' : 'planned',
      record,
      view: view(registry, record, now),
    };
  }
  const connection = await reach(context, registry, orchestrator);
  const change = registry.startChange({ verb: 'update', actor: context.holder.actor, reason: input.reason, at: now });
  const after = await transition({ context, registry, connection }, { verb: 'update', change, record, wanted });
  if (after === undefined) {
    throw new Error('an updated schedule has no record');
  }
  return { ...common, outcome: 'updated', record: after, view: view(registry, after, context.clock.now()) };
}

/** The versioned part of a record alone. */
export function stateOf(record: ScheduleRecord): ScheduleState {
  const { spec, desired, pause, firedBy, orchestratorId, generation, nativeId } = record;
  return { spec, desired, pause, firedBy, orchestratorId, generation, nativeId };
}
