import { randomUUID } from 'node:crypto';
import type { Connection, Context } from '../context.js';
import { agentPolicies } from '../drivers/agent-limits.js';
import type { Manifest, NativeRequest } from '../drivers/driver.js';
import { manifestOf } from '../drivers/index.js';
import { checkLimits } from '../drivers/limits.js';
import { SchedError } from '../errors.js';
import { differenceList } from '../field-words.js';
import { defaultName, pipelineOf } from '../naming.js';
import { type Difference, differences, project } from '../projection.js';
import type { Registry, ScheduleRecord, ScheduleState } from '../registry/registry.js';
import type { CatchupPolicy, FiredBy, OverlapPolicy, RunSpec, ScheduleSpec } from '../schedule.js';
import { orchestratorNamed, orchestratorOf, orchestratorOfFlavor, reach } from './connection.js';
import { completeRetry, completeRun, type DraftSpec } from './draft.js';
import { liveRecords } from './live-records.js';
import { carryOut } from './mutation.js';
import { type Preview, preview } from './preview.js';
import { rehearse, rehearseChange } from './rehearse.js';
import { planTransition, settled, transition } from './transition.js';
import { agentAlive, type ScheduleView, view } from './view.js';

/** What was typed; null stands for what the orchestrator's manifest or a default decides. */
export interface CreateInput {
  readonly draft: Omit<DraftSpec, 'name' | 'pipeline' | 'catchup' | 'overlap'> & {
    readonly name: string | null;
    readonly pipeline: string | null;
    readonly catchup: CatchupPolicy | null;
    readonly overlap: OverlapPolicy | null;
  };
  readonly orchestrator: string | undefined;
  /** Instead of an orchestrator's name: the one that is registered of this flavor. */
  readonly flavor: string | undefined;
  /** Who starts the runs: the orchestrator by itself, or an agent. */
  readonly firedBy: FiredBy;
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
  /** Of a dry run: what would be sent; null where the orchestrator cannot show it. */
  readonly requests: readonly NativeRequest[] | null;
  /** An agent is alive. */
  readonly attended: boolean;
}

/**
 * Makes a schedule on its orchestrator and then the record. Throws UNSUPPORTED before any call when the target cannot honour it,
 * CONFLICT (with what differs) when the name is taken, and what the target refuses with; nothing stays then, here or there.
 */
export async function create(input: CreateInput, context: Context): Promise<Created> {
  const flavored = input.flavor === undefined ? undefined : manifestOf(input.flavor);
  const registry = await context.registry();
  const orchestrator =
    flavored === undefined
      ? await orchestratorNamed(registry, await context.orchestratorName(input.orchestrator))
      : orchestratorOfFlavor(registry, flavored.flavor);
  const manifest = manifestOf(orchestrator.flavor);
  const look = (): Promise<Connection> => reach(context, registry, orchestrator, input.dryRun ? 'look' : 'act');
  const spec = complete(input, await completeRun(input.draft.run, look), manifest);
  checkLimits(spec, manifest, input.firedBy);
  const now = context.clock.now();
  const shown = preview(spec, manifest, now);
  refusePast(spec, shown);
  const wanted: ScheduleState = {
    spec,
    desired: input.paused ? 'paused' : 'active',
    pause: input.paused ? { by: context.holder.actor, at: now, reason: input.reason, until: null } : null,
    firedBy: input.firedBy,
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
    requests: null,
    attended: agentAlive(registry, now),
  };
  const taken = await standing(context, registry, spec.name, input.dryRun);
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
      requests: await rehearse(context, registry, {
        orchestrator,
        id: randomUUID(),
        record: null,
        steps,
        wanted: after,
      }),
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
      schedule: { kind: 'new', id: randomUUID(), origin: 'created' },
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

function complete({ draft, firedBy }: CreateInput, run: RunSpec, manifest: Manifest): ScheduleSpec {
  const policies =
    firedBy === 'agent'
      ? agentPolicies(manifest)
      : { catchup: manifest.catchup.default, overlap: manifest.overlap.default };
  const pipeline = draft.pipeline ?? pipelineOf(run);
  return {
    ...draft,
    run,
    pipeline,
    retry: completeRetry(draft.retry, manifest),
    name: draft.name ?? defaultName(pipeline, draft.timing),
    catchup: draft.catchup ?? policies.catchup,
    overlap: draft.overlap ?? policies.overlap,
  };
}

/** The live schedule of that name, once what a dead process left of it is settled; a dry run settles nothing. */
async function standing(
  context: Context,
  registry: Registry,
  name: string,
  dryRun: boolean,
): Promise<ScheduleRecord | undefined> {
  const [record] = liveRecords(registry, context.clock.now(), {
    filters: [{ field: 'name', operator: 'equals', value: name }],
  });
  return record === undefined || dryRun ? record : await settled(context, registry, record);
}

async function meet(
  input: CreateInput,
  context: Context,
  registry: Registry,
  taken: ScheduleRecord,
  wanted: ScheduleState,
): Promise<Pick<Created, 'outcome' | 'view' | 'differences' | 'steps'> & Partial<Created>> {
  const now = context.clock.now();
  const differing = [
    ...(taken.firedBy === wanted.firedBy
      ? []
      : [{ field: 'fired_by', expected: taken.firedBy, actual: wanted.firedBy }]),
    ...differences(
      project(taken.spec, taken.desired === 'paused'),
      project(rebased(wanted.spec, taken.spec), input.paused),
    ),
  ];
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
  const rebuilt = { ...wanted, spec: rebased(wanted.spec, taken.spec) };
  if (input.dryRun) {
    return {
      outcome: 'planned',
      view: view(registry, taken, now),
      differences: differing,
      steps: [`change ${taken.spec.name} on ${taken.orchestrator}`],
      requests: await rehearseChange(context, registry, { record: taken, wanted: rebuilt }),
    };
  }
  const connection = await reach(context, registry, orchestratorOf(registry, taken));
  const change = registry.startChange({ verb: 'create', actor: context.holder.actor, reason: input.reason, at: now });
  const record = await transition(
    { context, registry, connection },
    { verb: 'create', change, record: taken, wanted: rebuilt },
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
