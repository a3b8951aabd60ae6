import type { Connection, Context } from '../../context.js';
import { SchedError } from '../../errors.js';
import type { Registry } from '../../registry/registry.js';
import { recognise } from '../connection.js';

/** Milliseconds for which a target that was recognised counts as the same. */
const RECOGNISED = 60_000;

/** The way to one orchestrator, for an agent that stays. */
export interface Lane {
  /**
   * The connection, kept open; made anew when the registration has changed, and proven to be the registered target once a minute.
   * Throws as `reach`.
   */
  reach(): Promise<Connection>;
  close(): Promise<void>;
}

/** Nothing is connected before it is asked for. Calls end when `until` is aborted. */
export function openLane(context: Context, registry: Registry, orchestratorId: string, until: AbortSignal): Lane {
  let kept: { readonly settings: string; readonly connection: Promise<Connection> } | undefined;
  let proven: { readonly at: number; readonly connection: Promise<Connection> } | undefined;

  async function prove(): Promise<Connection> {
    const orchestrator = registry.orchestratorById(orchestratorId);
    if (orchestrator === undefined) {
      throw new SchedError('ORCHESTRATOR_NOT_FOUND', 'The orchestrator is not registered any more.', {
        hint: 'sched orchestrator list',
      });
    }
    const settings = JSON.stringify([orchestrator.flavor, orchestrator.settings]);
    if (kept?.settings !== settings) {
      const former = kept;
      kept = { settings, connection: context.connectUntil(orchestrator, until) };
      await closed(former?.connection);
    }
    const connection = { ...(await kept.connection), orchestrator };
    await recognise(connection, registry, context.clock.now());
    return connection;
  }

  return {
    reach() {
      if (proven === undefined || performance.now() - proven.at > RECOGNISED) {
        const attempt = { at: performance.now(), connection: prove() };
        proven = attempt;
        attempt.connection.catch(() => {
          proven = proven === attempt ? undefined : proven;
        });
      }
      return proven.connection;
    },
    close: () => closed(kept?.connection),
  };
}

async function closed(connection: Promise<Connection> | undefined): Promise<void> {
  try {
    await (await connection)?.driver.close();
  } catch {
    // What was never open, or is gone, need not be closed.
  }
}
