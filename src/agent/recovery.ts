import type { AgentProcess, AgentRecord } from '../drivers/local/store/agents.js';
import type { LocalStore } from '../drivers/local/store/open.js';
import type { AdoptedRun, ScheduledRun } from '../drivers/local/store/rows.js';
import type { Instant } from '../schedule.js';
import { isRunning } from './processes.js';

/** An agent on another host is given up after this long without a heartbeat, in milliseconds. */
const SILENT = 60_000;

/**
 * True when an agent cannot be at work any more: it has ended, or its process is gone from this machine. Where its process
 * cannot be seen (another host, another container, before a reboot), its silence for a minute has to do.
 */
function isDead(agent: AgentRecord, here: AgentProcess, now: Instant): boolean {
  if (agent.stopped !== null) {
    return true;
  }
  if (agent.host === here.host && agent.pidSpace === here.pidSpace) {
    return !isRunning({ pid: agent.pid, started: agent.pidStarted });
  }
  return now - agent.heartbeat > SILENT;
}

/** Takes over what dead agents left: settles it, or hands it on to be watched. Exactly one agent gets each run. */
export function recover(
  store: LocalStore,
  { agent, here, now }: { readonly agent: string; readonly here: AgentProcess; readonly now: Instant },
): { readonly adopted: readonly AdoptedRun[]; readonly settled: readonly ScheduledRun[] } {
  const adopted: AdoptedRun[] = [];
  const settled: ScheduledRun[] = [];
  for (const other of store.agents()) {
    if (other.id !== agent && isDead(other, here, now)) {
      const near = other.host === here.host && other.pidSpace === here.pidSpace;
      const left = store.inherit(other.id, agent, (process) => near && isRunning(process), now);
      adopted.push(...left.adopted);
      settled.push(...left.settled);
    }
  }
  return { adopted, settled };
}
