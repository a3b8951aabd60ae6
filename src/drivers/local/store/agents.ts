import type { DatabaseHandle } from '../../../database/open.js';
import { type Statements, writing } from '../../../database/statements.js';
import type { Instant } from '../../../schedule.js';
import { settleAttempt } from './claims.js';
import { type AdoptedRun, nativeRun, type RunRow, type ScheduledRun, type ScheduleRow, specOf } from './rows.js';

/** A process that fires what is due. */
export interface AgentProcess {
  readonly host: string;
  /** Tells apart process numbers that mean different processes on one host name: another boot, another container. */
  readonly pidSpace: string;
  readonly pid: number;
  /** When the process began, in the system's own words; null where the system does not tell. */
  readonly pidStarted: string | null;
}

/** An agent as it stands in the file. */
export interface AgentRecord extends AgentProcess {
  readonly id: string;
  /** It makes one pass and ends. */
  readonly once: boolean;
  readonly started: Instant;
  readonly heartbeat: Instant;
  /** When it ended, or was found dead; null: it goes on. */
  readonly stopped: Instant | null;
}

/** What became of the runs that a dead agent left. */
interface Inheritance {
  /** Still running, and ours to watch. */
  readonly adopted: readonly AdoptedRun[];
  readonly settled: readonly ScheduledRun[];
}

/** The units of work that keep agents from each other's way. */
export interface AgentStore {
  register(agent: AgentProcess & { readonly id: string; readonly once: boolean }, now: Instant): void;
  beat(id: string, now: Instant): void;
  /** Says that an agent has ended. */
  retire(id: string, now: Instant): void;
  /** Those that have not ended, and ended ones with runs that nobody settled, in the order of their start. */
  agents(): readonly AgentRecord[];
  /**
   * Takes over the runs of a dead agent, in one transaction, so that exactly one agent does. What `isAlive` says still runs is
   * adopted, all else ends `unknown` (and is tried again where the schedule has retries).
   */
  inherit(
    dead: string,
    heir: string,
    isAlive: (process: { pid: number; started: string | null }) => boolean,
    now: Instant,
  ): Inheritance;
}

interface AgentRow {
  readonly id: string;
  readonly host: string;
  readonly pid_space: string;
  readonly pid: number;
  readonly pid_started: string | null;
  readonly once: number;
  readonly started: Instant;
  readonly heartbeat: Instant;
  readonly stopped: Instant | null;
}

/** Builds them over an open file. */
export function agentStore(handle: DatabaseHandle, sql: Statements): AgentStore {
  return {
    register: ({ id, host, pidSpace, pid, pidStarted, once }, now) => {
      sql(
        'INSERT INTO agents (id, host, pid_space, pid, pid_started, once, started, heartbeat, stopped) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)',
      ).run(id, host, pidSpace, pid, pidStarted, Number(once), now, now);
    },

    beat: (id, now) => {
      sql('UPDATE agents SET heartbeat = ?, stopped = NULL WHERE id = ?').run(now, id);
    },

    retire: (id, now) => {
      sql('UPDATE agents SET heartbeat = ?, stopped = ? WHERE id = ?').run(now, now, id);
    },

    agents: () => {
      const rows = sql(
        `SELECT * FROM agents WHERE stopped IS NULL OR EXISTS
           (SELECT 1 FROM runs WHERE runs.agent = agents.id AND status IN ('pending', 'running'))
         ORDER BY started, id`,
      ).all();
      return (rows as AgentRow[]).map(({ pid_space: pidSpace, pid_started: pidStarted, once, ...row }) => ({
        ...row,
        pidSpace,
        pidStarted,
        once: once === 1,
      }));
    },

    inherit: (dead, heir, isAlive, now) =>
      writing(handle, () => {
        const adopted: AdoptedRun[] = [];
        const settled: ScheduledRun[] = [];
        const left = sql("SELECT * FROM runs WHERE agent = ? AND status IN ('pending', 'running') ORDER BY number").all(
          dead,
        ) as RunRow[];
        for (const row of left) {
          if (row.pid === null) {
            settled.push(
              settleAttempt(sql, row, unknown('the agent ended before the start of the program was recorded'), now),
            );
          } else if (isAlive({ pid: row.pid, started: row.pid_started })) {
            sql('UPDATE runs SET agent = ? WHERE id = ?').run(heir, row.id);
            adopted.push(adoptedRun(sql, row, row.pid));
          } else {
            settled.push(settleAttempt(sql, row, unknown('the agent ended while it ran; nobody saw its end'), now));
          }
        }
        sql('UPDATE agents SET stopped = coalesce(stopped, ?) WHERE id = ?').run(now, dead);
        return { adopted, settled };
      }),
  };
}

function adoptedRun(sql: Statements, row: RunRow, pid: number): AdoptedRun {
  const schedule = sql('SELECT * FROM schedules WHERE native_id = ?').get(row.schedule) as ScheduleRow;
  const { timeoutSeconds } = specOf(schedule);
  return {
    scheduleId: schedule.schedule_id,
    nativeId: row.schedule,
    run: nativeRun(row),
    pid,
    pidStarted: row.pid_started,
    deadline:
      timeoutSeconds === null || row.attempt_started === null ? null : row.attempt_started + timeoutSeconds * 1000,
  };
}

function unknown(reason: string) {
  return { status: 'unknown', exitCode: null, reason, finished: null } as const;
}
