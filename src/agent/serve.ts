import type { Context } from '../context.js';
import { SchedError } from '../errors.js';
import { attend } from '../operations/attend.js';
import { orchestratorNamed } from '../operations/connection.js';
import type { OrchestratorRecord, Registry } from '../registry/registry.js';
import { runAgent } from './agent.js';

export interface ServeInput {
  readonly once: boolean;
  readonly graceSeconds: number;
  /** Undefined: every local orchestrator of the registry. */
  readonly orchestrator: string | undefined;
}

const TIDY_MS = 5_000;
const BEAT_MS = 10_000;

/** Fires the registry's local orchestrators until the context's signal is aborted, and keeps the registry informed. */
export async function serve(input: ServeInput, context: Context): Promise<void> {
  const registry = await context.registry();
  const targets = await locals(registry, input.orchestrator);
  const attendance = await attend(context, (line) => context.say(line));
  let beaten = 0;
  let tidied = 0;
  const onPass = async (now: number): Promise<void> => {
    if (now - beaten >= BEAT_MS || now < beaten) {
      attendance.beat(now);
      beaten = now;
    }
    if (now - tidied >= TIDY_MS || now < tidied) {
      await attendance.tidy(now);
      tidied = now;
    }
  };
  attendance.beat(context.clock.now());
  if (!input.once) {
    context.say(`Firing ${targets.map(({ name }) => name).join(', ')} from ${registry.file}. Ctrl-C stops.`);
  }
  await Promise.all(
    targets.map(({ settings }) =>
      runAgent({
        file: settings.file ?? '',
        clock: context.clock,
        signal: context.signal,
        terminate: context.terminate,
        once: input.once,
        graceSeconds: input.graceSeconds,
        onRuns: (batch) => attendance.keep(batch),
        onPass,
        onProblem: (error) => context.say(error instanceof Error ? error.message : String(error)),
      }),
    ),
  );
}

async function locals(registry: Registry, name: string | undefined): Promise<readonly OrchestratorRecord[]> {
  const chosen = name === undefined ? registry.orchestrators() : [await orchestratorNamed(registry, name)];
  const local = chosen.filter(({ flavor }) => flavor === 'local');
  if (local.length === 0) {
    throw new SchedError(
      'UNSUPPORTED',
      name === undefined ? 'No local orchestrator is registered.' : `${name} fires by itself: it needs no agent.`,
      {
        hint: 'sched orchestrator list',
      },
    );
  }
  return local;
}
