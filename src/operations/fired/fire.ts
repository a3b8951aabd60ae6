/** Fires the schedules of other orchestrators that are an agent's to fire: what is due is noted at once, and asked for beside each other. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Context } from '../../context.js';
import { manifestOf } from '../../drivers/index.js';
import { isSchedError } from '../../errors.js';
import type { FiringState, OpenOccurrence } from '../../registry/firing.js';
import type { Registry } from '../../registry/registry.js';
import type { Instant } from '../../schedule.js';
import { dueOccurrences, nextDue, ON_TIME } from '../../time/due.js';
import { aheadOf } from '../timetable.js';
import { type Lane, openLane } from './lane.js';
import { fireOccurrence } from './occurrence.js';
import { refreshUnended } from './refresh.js';

export interface FireOptions {
  /** The one orchestrator to fire on; null: all. */
  readonly only: string | null;
  /** Aborted: calls under way end; what they were about is found out by the next agent. */
  readonly until: AbortSignal;
  /** Receives a line when something goes wrong, not again while it stays the same. */
  readonly tell: (line: string) => void;
  /** Called when something under way has ended: others may have waited for it. */
  readonly onEnd: () => void;
}

export interface Fire {
  /** Notes what has come due up to `now` and starts what may start, waiting for no target. Gives how many were started. Throws REGISTRY. */
  pass(now: Instant): Promise<number>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Schedules that are looked at before others have their turn. */
const SLICE = 50;
/** A schedule that cannot be read is looked at again after this many milliseconds. */
const PUT_OFF = 60_000;
/** Milliseconds between two looks at how runs go, and after dead agents. */
const REFRESH = 10_000;

/** One orchestrator and what is under way there. */
interface Track {
  readonly lane: Lane;
  readonly busy: Set<string>;
  refreshed: number;
  trouble: string | null;
}

/** Holds what one agent has under way; see `FireOptions`. */
export function fireAgentSchedules(context: Context, registry: Registry, options: FireOptions): Fire {
  const { only, until, tell, onEnd } = options;
  const tracks = new Map<string, Track>();
  const tasks = new Set<Promise<void>>();
  let freed = Number.NEGATIVE_INFINITY;

  function trackOf(orchestratorId: string): Track {
    const track = tracks.get(orchestratorId) ?? {
      lane: openLane(context, registry, orchestratorId, until),
      busy: new Set<string>(),
      refreshed: Number.NEGATIVE_INFINITY,
      trouble: null,
    };
    tracks.set(orchestratorId, track);
    return track;
  }

  function begin(track: Track, key: string, what: string, work: () => Promise<void>): void {
    track.busy.add(key);
    const task = work()
      .then(
        () => {
          track.trouble = null;
        },
        (error: unknown) => trouble(track, what, error),
      )
      .finally(() => {
        track.busy.delete(key);
        tasks.delete(task);
        onEnd();
      });
    tasks.add(task);
  }

  function trouble(track: Track, what: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (!isSchedError(error, 'INTERRUPTED') && track.trouble !== message) {
      track.trouble = message;
      tell(`${what}: ${message}`);
    }
  }

  function consider(state: FiringState, now: Instant): void {
    const record = registry.scheduleById(state.scheduleId);
    // One that changed since is due again.
    if (record === undefined || record.revision !== state.revision) {
      return;
    }
    try {
      const { spec } = record;
      const { catchup, catchupLimit } = spec;
      const { daylight } = manifestOf(record.flavor).timing;
      const due = { ...state, timetable: spec, daylight, catchup, catchupLimit };
      const occurrences = dueOccurrences(due, now);
      const consideredUntil = Math.max(state.consideredUntil, now);
      const next = nextDue({ ...due, consideredUntil, fired: state.fired + occurrences.length });
      registry.noteOccurrences(state, { occurrences, now, next });
      registry.noteNext([aheadOf(registry, record, now)]);
    } catch (error) {
      if (isSchedError(error, 'REGISTRY')) {
        throw error;
      }
      // One schedule that cannot be read must not hold up the others.
      tell(`${record.spec.name} cannot be fired: ${error instanceof Error ? error.message : String(error)}`);
      registry.putOffFiring(state.scheduleId, now + PUT_OFF);
    }
  }

  async function considerDue(now: Instant): Promise<void> {
    for (;;) {
      const due = registry.dueFirings(now, SLICE);
      for (const state of due) {
        consider(state, now);
      }
      if (due.length < SLICE) {
        return;
      }
      await breathe();
    }
  }

  async function fired(lane: Lane, occurrence: OpenOccurrence): Promise<void> {
    await fireOccurrence({ context, registry, reach: lane.reach }, occurrence);
    const record = registry.scheduleById(occurrence.scheduleId);
    if (record !== undefined && record.spec.maxRuns !== null && record.desired !== 'archived') {
      registry.noteNext([aheadOf(registry, record, context.clock.now())]);
    }
  }

  /** Starts what may start on one orchestrator, as much at once as is polite there. */
  function startOn(orchestratorId: string, now: Instant): number {
    const orchestrator = registry.orchestratorById(orchestratorId);
    if (orchestrator === undefined) {
      return 0;
    }
    const track = trackOf(orchestratorId);
    const { concurrency } = manifestOf(orchestrator.flavor);
    const room = concurrency - track.busy.size;
    let started = 0;
    for (const occurrence of room <= 0 ? [] : registry.openOccurrences(orchestratorId, now, SLICE + track.busy.size)) {
      const key = turnKey(registry, occurrence);
      if (started < room && !track.busy.has(key)) {
        started += 1;
        begin(track, key, `firing on ${orchestrator.name}`, () => fired(track.lane, occurrence));
      }
    }
    if (performance.now() - track.refreshed >= REFRESH && !track.busy.has('refresh')) {
      track.refreshed = performance.now();
      begin(track, 'refresh', `asking ${orchestrator.name} for runs`, async () => {
        if (registry.unendedRuns(orchestratorId).length > 0) {
          await refreshUnended(registry, await track.lane.reach(), context.clock.now());
        }
      });
    }
    return started;
  }

  return {
    async pass(now) {
      if (performance.now() - freed >= REFRESH) {
        freed = performance.now();
        registry.freeOccurrences(now);
      }
      await considerDue(now);
      registry.missOverdue(now - ON_TIME, now);
      const orchestrators = registry.firingOrchestrators().filter((id) => only === null || id === only);
      return orchestrators.reduce((started, id) => started + startOn(id, now), 0);
    },
    async idle() {
      await Promise.all(tasks);
    },
    async close() {
      await Promise.all([...tracks.values()].map(({ lane }) => lane.close()));
    },
  };
}

/** What must not be under way twice here: one run of a schedule at a time, unless they may overlap. */
function turnKey(registry: Registry, { scheduleId, at }: OpenOccurrence): string {
  const overlap = registry.scheduleById(scheduleId)?.spec.overlap;
  return overlap === 'allow' ? `${scheduleId} ${at}` : scheduleId;
}
