import type { Context } from '../context.js';
import { SchedError } from '../errors.js';
import { type Attendance, attend } from '../operations/attend.js';
import { orchestratorNamed } from '../operations/connection.js';
import type { OrchestratorRecord, Registry } from '../registry/registry.js';
import { runAgent } from './agent.js';
import { fireElsewhere } from './elsewhere.js';

export interface ServeInput {
  readonly once: boolean;
  readonly graceSeconds: number;
  /** Undefined: every local orchestrator of the registry, and whatever an agent fires on others. */
  readonly orchestrator: string | undefined;
}

/** What there is to be fired. */
interface Duty {
  readonly locals: readonly OrchestratorRecord[];
  /** The other orchestrators: all of them, or one; null: none. */
  readonly others: 'all' | OrchestratorRecord | null;
}

const TIDY_MS = 5_000;
const BEAT_MS = 10_000;

/**
 * Fires the registry's local orchestrators, and on others the schedules that are an agent's to fire, until the context's signal is aborted;
 * keeps the registry informed. Throws UNSUPPORTED when nothing here needs an agent.
 */
export async function serve(input: ServeInput, context: Context): Promise<void> {
  const registry = await context.registry();
  const { locals, others } = await dutyOf(registry, input.orchestrator);
  const attendance = await attend(context, (line) => context.say(line));
  const onPass = rounds(attendance);
  attendance.beat(context.clock.now());
  if (!input.once) {
    const names = [...locals, ...firedOn(registry, others)].map(({ name }) => name);
    context.say(`Firing ${names.join(', ')} from ${registry.file}. Ctrl-C stops.`);
  }
  const { once, graceSeconds } = input;
  const elsewhere =
    others === null
      ? undefined
      : fireElsewhere(context, registry, { once, graceSeconds, only: others === 'all' ? null : others.id, onPass });
  await Promise.all([
    elsewhere,
    ...locals.map(({ settings }) =>
      runAgent({
        file: settings.file ?? '',
        clock: context.clock,
        signal: context.signal,
        terminate: context.terminate,
        once,
        graceSeconds,
        onRuns: (batch) => attendance.keep(batch),
        // The other loop makes the rounds, where there is one.
        ...(others === null && { onPass }),
        onProblem: (error) => context.say(error instanceof Error ? error.message : String(error)),
      }),
    ),
  ]);
}

/** What happens by the clock besides firing, however many loops call it. */
function rounds(attendance: Attendance): (now: number) => Promise<void> {
  let beaten = 0;
  let tidied = 0;
  return async (now) => {
    if (now - beaten >= BEAT_MS || now < beaten) {
      attendance.beat(now);
      beaten = now;
    }
    if (now - tidied >= TIDY_MS || now < tidied) {
      tidied = now;
      await attendance.tidy(now);
    }
  };
}

async function dutyOf(registry: Registry, name: string | undefined): Promise<Duty> {
  const chosen = name === undefined ? registry.orchestrators() : [await orchestratorNamed(registry, name)];
  const locals = chosen.filter(({ flavor }) => flavor === 'local');
  const [only] = chosen;
  const others = name === undefined ? 'all' : locals.length === 0 && only !== undefined ? only : null;
  if (locals.length === 0 && firedOn(registry, others).length === 0) {
    throw new SchedError(
      'UNSUPPORTED',
      name === undefined
        ? 'Nothing here needs an agent: there is no local orchestrator, and no schedule that an agent fires.'
        : `${name} fires by itself: it needs no agent.`,
      {
        hint:
          name === undefined
            ? 'sched orchestrator list'
            : 'sched create … --fired-by agent makes a schedule that needs one.',
      },
    );
  }
  return { locals, others };
}

/** The orchestrators with schedules that an agent fires. */
function firedOn(registry: Registry, others: Duty['others']): readonly OrchestratorRecord[] {
  return registry
    .firingOrchestrators()
    .filter((id) => others === 'all' || id === others?.id)
    .flatMap((id) => registry.orchestratorById(id) ?? []);
}
