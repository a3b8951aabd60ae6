import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { AgentProcess } from '../drivers/local/store/agents.js';
import { isSystemError } from '../drivers/local/system-error.js';

/** A process that may have ended, its number given to another one since. */
export interface KnownProcess {
  readonly pid: number;
  /** As `processStart` gave it. */
  readonly started: string | null;
}

/** This process, as others on this machine can find it. */
export function thisProcess(): AgentProcess {
  return { host: hostname(), pidSpace: pidSpace(), pid: process.pid, pidStarted: processStart(process.pid) };
}

/**
 * When a process began, in clock ticks since boot (proc(5), field 22 of /proc/PID/stat), also when only its status is left; null
 * when there is no such process, or the system has no /proc.
 */
export function processStart(pid: number): string | null {
  return statFields(pid)?.[19] ?? null;
}

/** True while that very process runs. Where the system tells no start times, any process with the number counts. */
export function isRunning({ pid, started }: KnownProcess): boolean {
  const fields = statFields(pid);
  if (fields === undefined) {
    return started === null && exists(pid);
  }
  const [state] = fields;
  return state !== 'Z' && state !== 'X' && (started === null || fields[19] === started);
}

/** True while there is a process, or a group for a negative number, that can be signalled. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isSystemError(error, 'EPERM');
  }
}

/** The fields of /proc/PID/stat from the third on: the name before them may hold spaces and brackets. */
function statFields(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Process numbers mean the same processes only within one boot and one pid namespace (pid_namespaces(7)). */
function pidSpace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}
