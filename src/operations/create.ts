import { randomUUID } from 'node:crypto';
import type { Context } from '../context.js';
import type { Manifest } from '../drivers/driver.js';
import { manifestOf } from '../drivers/index.js';
import { checkLimits } from '../drivers/limits.js';
import { SchedError } from '../errors.js';
import { differenceList } from '../field-words.js';
import { defaultName } from '../naming.js';
import { type Difference, differences, project } from '../projection.js';
import type { Registry, ScheduleRecord, ScheduleState } from '../registry/registry.js';
import type { CatchupPolicy, OverlapPolicy, ScheduleSpec } from '../schedule.js';
import { orchestratorNamed, orchestratorOf, reach } from './connection.js';
import { liveRecords } from './live-records.js';
import { carryOut } from './mutation.js';
import { type Preview, preview } from './preview.js';
import { planTransition, settled, transition } from './transition.js';
import { agentAlive, type ScheduleView, view } from './view.js';

/** What was typed; null stands for what the orchestrator's manifest or a default decides. */
export interface CreateInput {
  readonly draft: Omit<ScheduleSpec, 'name' | 'catchup' | 'overlap'> & {
    readonly name: string | null;
    readonly catchup: CatchupPolicy | null;
    readonly overlap: OverlapPolicy | null;
  };
  readonly orchestrator: string | undefined;
  /** Refused before the orchestrator is looked up: a flavor that was asked for instead of a registered orchestrator. */
  readonly flavor: string | undefined;
  readonly paused: boolean;
  readonly reason: string | null;
  readonly whenTaken: 'refuse' | 'keep' | 'replace';
  readonly dryRun: boolean;
}

export interface Created {
  readonly outcome: 'created' | 'unchanged' | 'replaced' | 'planned';
  readonly view: ScheduleView | null;
  readonly spec: ScheduleSpec;
  readonly paused: boolean;
  readonly orchestrator: string;
  readonly manifest: Manifest;
  readonly preview: Preview;
  /** Of a schedule that stood under the name already. */
  readonly differences: readonly Difference[];
  readonly steps: readonly string[];
  /** An agent is alive. */
  readonly attended: boolean;
}

/**
 * Makes a schedule on its orchestrator and then the record. Throws UNSUPPORTED before any call when the target cannot honour it,
 * CONFLICT (with what differs) when the name is taken, and what the target refuses with; nothing stays then, here or there.
 */
export async function create(input: CreateInput, context: Context): Promise<Created> {
  if (input.flavor !== undefined) {
    manifestOf(input.flavor);
  }
  const registry = await context.registry();
  const orchestrator = await orchestratorNamed(
    registry,
    input.flavor ?? (await context.orchestratorName(input.orchestrator)),
  );
  const manifest = manifestOf(orchestrator.flavor);
  const spec = complete(input, manifest);
  checkLimits(spec, manifest);
  const now = context.clock.now();
  const shown = preview(spec, manifest, now);
  refusePast(spec, shown);
  const wanted: ScheduleState = {
    spec,
    desired: input.paused ? 'paused' : 'active',
    pause: input.paused ? { by: context.holder.actor, at: now, reason: input.reason, until: null } : null,
    orchestratorId: orchestrator.id,
    generation: 1,
    nativeId: null,
  };
  const common = {
    spec,
    paused: input.paused,
    orchestrator: orchestrator.name,
    manifest,
    preview: shown,
    attended: agentAlive(registry, now),
  };
  const taken = await standing(context, registry, spec.name);
  if (taken !== undefined) {
    return { ...common, ...(await meet(input, context, registry, taken, wanted)) };
  }
  const { steps, after } = planTransition(null, wanted, manifest);
  if (input.dryRun) {
    return {
      ...common,
      outcome: 'planned',
      view: null,
      differences: [],
      steps: [`create ${manifest.noun} on ${orchestrator.name}`],
    };
  }
  const connection = await reach(context, registry, orchestrator);
  const change = registry.startChange({ verb: 'create', actor: context.holder.actor, reason: input.reason, at: now });
  const record = await carryOut(
    { context, registry, connection },
    {
      change,
      verb: 'create',
      steps,
      after,
      schedule: { kind: 'new', id: randomUUID(), origin: 'created', firedBy: 'orchestrator' },
    },
  );
  if (record === undefined) {
    throw new Error('a created schedule has no record');
  }
  return {
    ...common,
    outcome: 'created',
    view: view(registry, record, context.clock.now()),
    differences: [],
    steps: [],
  };
}

function complete({ draft }: CreateInput, manifest: Manifest): ScheduleSpec {
  return {
    ...draft,
    name: draft.name ?? defaultName(draft.pipeline, draft.timing),
    catchup: draft.catchup ?? manifest.catchup.default,
    overlap: draft.overlap ?? manifest.overlap.default,
  };
}

/** The live schedule of that name, once what a dead process left of it is settled. */
async function standing(context: Context, registry: Registry, name: string): Promise<ScheduleRecord | undefined> {
  const [record] = liveRecords(registry, context.clock.now(), {
    filters: [{ field: 'name', operator: 'equals', value: name }],
  });
  return record === undefined ? undefined : await settled(context, registry, record);
}

async function meet(
  input: CreateInput,
  context: Context,
  registry: Registry,
  taken: ScheduleRecord,
  wanted: ScheduleState,
): Promise<Pick<Created, 'outcome' | 'view' | 'differences' | 'steps'> & Partial<Created>> {
  const now = context.clock.now();
  const differing = differences(
    project(taken.spec, taken.desired === 'paused'),
    project(rebased(wanted.spec, taken.spec), input.paused),
  );
  if (taken.orchestratorId !== wanted.orchestratorId) {
    throw new SchedError('CONFLICT', `The name ${taken.spec.name} is taken by a schedule on ${taken.orchestrator}.`, {
      hint: 'Choose another name, or delete that one first.',
    });
  }
  if (input.whenTaken === 'keep' || (input.whenTaken === 'replace' && differing.length === 0)) {
    return {
      outcome: 'unchanged',
      view: view(registry, taken, now),
      spec: taken.spec,
      paused: taken.desired === 'paused',
      preview: preview(taken.spec, manifestOf(taken.flavor), now),
      differences: differing,
      steps: [],
    };
  }
  if (input.whenTaken === 'refuse') {
    throw new SchedError('CONFLICT', `The name ${taken.spec.name} is taken.`, {
      detail:
        differing.length === 0
          ? 'It is the same in every field.'
          : differenceList(differing, [' (there)', ' (asked for)']),
      hint: '--if-not-exists keeps it, --replace makes it as asked for.',
    });
  }
  if (input.dryRun) {
    return {
      outcome: 'planned',
      view: view(registry, taken, now),
      differences: differing,
      steps: [`change ${taken.spec.name} on ${taken.orchestrator}`],
    };
  }
  const connection = await reach(context, registry, orchestratorOf(registry, taken));
  const change = registry.startChange({ verb: 'create', actor: context.holder.actor, reason: input.reason, at: now });
  const record = await transition(
    { context, registry, connection },
    { verb: 'create', change, record: taken, wanted: { ...wanted, spec: rebased(wanted.spec, taken.spec) } },
  );
  return {
    outcome: 'replaced',
    view: record === undefined ? null : view(registry, record, now),
    differences: differing,
    steps: [],
  };
}

/** An interval that was not given a start keeps the anchor it has: asking again for the same is no change. */
function rebased(spec: ScheduleSpec, standing: ScheduleSpec): ScheduleSpec {
  return spec.timing.kind === 'interval' &&
    standing.timing.kind === 'interval' &&
    spec.start === null &&
    standing.start === null
    ? { ...spec, timing: { ...spec.timing, anchor: standing.timing.anchor } }
    : spec;
}

function refusePast(spec: ScheduleSpec, shown: Preview): void {
  const known = spec.timing.kind !== 'change' && spec.timing.kind !== 'native';
  if (known && shown.next.length === 0) {
    throw new SchedError('USAGE', `${spec.name} would never run: no occurrence lies ahead.`, {
      hint: 'Look at the times: sched next --cron … --from …',
    });
  }
}
