import type { Context } from '../context.js';
import { fireAgentSchedules } from '../operations/fired/fire.js';
import type { Registry } from '../registry/registry.js';
import { alarm } from './alarm.js';
import { chore } from './chores.js';
import { sleeper } from './sleeper.js';

/** How an agent fires on orchestrators that are not its own. */
export interface ElsewhereOptions {
  /** One pass, and whatever it started. */
  readonly once: boolean;
  /** How long calls under way may go on when the agent is told to stop, in seconds. */
  readonly graceSeconds: number;
  /** The one orchestrator to fire on; null: all. */
  readonly only: string | null;
  /** About once a second, and at the end of `once`; not called again while it is at work. */
  readonly onPass: (now: number) => Promise<void>;
}

/** Milliseconds between two looks at what is due. */
const POLL = 500;
const ROUND = 1_000;

/**
 * Fires until the context's signal is aborted; calls under way may finish within the grace, and end at once when `terminate` is aborted.
 * What fails is said and tried again.
 */
export async function fireElsewhere(context: Context, registry: Registry, options: ElsewhereOptions): Promise<void> {
  const { clock, signal, terminate } = context;
  const until = new AbortController();
  const end = (): void => until.abort();
  terminate.addEventListener('abort', end, { once: true });
  if (terminate.aborted) {
    end();
  }
  const { sleep, wake, close } = sleeper(signal, terminate);
  const tell = (line: string): void => context.say(line);
  const fire = fireAgentSchedules(context, registry, { only: options.only, until: until.signal, tell, onEnd: wake });
  let rounds: Promise<void> | undefined;

  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  function round(): Promise<void> {
    rounds ??= attempt(() => options.onPass(clock.now())).then(() => {
      rounds = undefined;
    });
    return rounds;
  }

  const everyRound = chore(ROUND, () => void round());
  try {
    if (options.once) {
      await round();
      while (!signal.aborted && ((await attempt(() => fire.pass(clock.now()))) ?? 0) > 0) {
        await fire.idle();
      }
    }
    while (!options.once && !signal.aborted) {
      await attempt(() => fire.pass(clock.now()));
      everyRound();
      await sleep(POLL);
    }
    const patience = alarm(options.graceSeconds * 1000, end);
    await fire.idle();
    patience.cancel();
    await (options.once ? round() : rounds);
  } finally {
    terminate.removeEventListener('abort', end);
    close();
    await fire.close();
  }
}
