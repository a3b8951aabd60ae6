import { setTimeout as sleep } from 'node:timers/promises';
import { exists } from './processes.js';

/** Milliseconds between two looks at a group that is to end. */
const LOOK = 50;

/** Sends a signal to a process group; false when nobody is left in it, or it is not ours to signal. */
function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends a process group, its leader's children and theirs included: SIGTERM, and SIGKILL to whoever is left after `grace`
 * milliseconds. Resolves when nobody is left, or SIGKILL was sent.
 */
export async function endGroup(leader: number, grace: number): Promise<void> {
  if (!signalGroup(leader, 'SIGTERM')) {
    return;
  }
  const patience = performance.now() + grace;
  while (performance.now() < patience) {
    await sleep(LOOK);
    if (!exists(-leader)) {
      return;
    }
  }
  signalGroup(leader, 'SIGKILL');
}
