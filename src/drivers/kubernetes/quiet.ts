/**
 * Changes that start nothing by themselves. The CronJob controller counts as missed whatever lies between `status.lastScheduleTime`
 * (else the creation) and now by the timetable as it stands, and makes up for the last of it when it next looks at the object: after
 * an edit, that may be an occurrence which the schedule never had.
 */
import { isSchedError, SchedError } from '../../errors.js';
import type { Instant, Json } from '../../schedule.js';
import { previousInstant } from '../../time/occurrences.js';
import type { Call } from '../driver.js';
import { statusWritten, timetableWritten } from './authors.js';
import type { Cluster } from './cluster.js';
import { DEADLINE } from './cronjob.js';
import { manifest } from './manifest.js';
import { cronJobPath, type Place, WRITING } from './paths.js';
import { instantAt, type Tree, textAt } from './tree.js';

/** What is to be changed, and what stands there when it is. */
export interface Change {
  readonly place: Place;
  /** As it stands now. */
  readonly cronJob: Json;
  /** The spec as it will stand. */
  readonly next: Tree;
  /** Whether it can fire as it will stand. */
  readonly firing: boolean;
}

const MINUTE = 60_000;
/** Milliseconds by which clocks may differ before a wait ends too early. */
const SLACK = 1_000;

/**
 * Tells the controller that everything up to now is done with. Gives the resourceVersion for the next write. Without the right to
 * write the status, what is missed after 30 s is waited for; where missed runs are made up for, there is no other way: PERMISSION.
 */
export async function forgetMissed(cluster: Cluster, change: Change, call: Call): Promise<string | undefined> {
  const { cronJob } = change;
  const version = textAt(cronJob, 'metadata', 'resourceVersion');
  // Never back: what has started would be due once more.
  const last = instantAt(cronJob, 'status', 'lastScheduleTime') ?? 0;
  const sent = Math.max(last, wholeSeconds(call.now()));
  try {
    const answer = await writeStatus(cluster, change.place, { at: sent, version }, call);
    const written = statusWritten(answer);
    const after = textAt(answer, 'metadata', 'resourceVersion') ?? version;
    // The server's clock counts. It matters where a full minute lies between its time and ours.
    if (written === null || Math.floor(written / MINUTE) === Math.floor(sent / MINUTE)) {
      return after;
    }
    call.debug(`the clock of the cluster is ${written - sent} ms ahead`);
    const again = await writeStatus(cluster, change.place, { at: Math.max(last, written), version: after }, call);
    return textAt(again, 'metadata', 'resourceVersion') ?? after;
  } catch (error) {
    if (!isSchedError(error, 'PERMISSION')) {
      throw error;
    }
    await withoutStatus(cluster, change, error, call);
    return version;
  }
}

async function writeStatus(
  { api }: Cluster,
  place: Place,
  { at, version }: { readonly at: Instant; readonly version: string | undefined },
  call: Call,
): Promise<Json> {
  const body = {
    metadata: version === undefined ? {} : { resourceVersion: version },
    status: { lastScheduleTime: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z') },
  };
  return await api.request({ method: 'PATCH', path: `${cronJobPath(place)}/status`, query: WRITING, body }, call);
}

async function withoutStatus(
  cluster: Cluster,
  { place, next, firing }: Change,
  error: SchedError,
  call: Call,
): Promise<void> {
  if (next.startingDeadlineSeconds !== DEADLINE) {
    throw new SchedError(
      'PERMISSION',
      `Without the right to patch cronjobs/status, the change could start a run of ${place.name} that was never due.`,
      { hint: `${error.hint ?? ''}\nOr use --catchup none, which needs no such right.`.trim(), cause: error },
    );
  }
  const due = firing ? lastDue(next, call.now()) : null;
  const rest = due === null ? 0 : due + DEADLINE * 1000 + SLACK - call.now();
  if (rest > 0) {
    call.debug(`waiting ${rest} ms until what was due is missed for good (no right to patch cronjobs/status)`);
    await cluster.wait(rest, call);
  }
}

/** The last moment before `now` at which such a spec was due; `now` for an expression that is not known here. */
function lastDue(spec: Tree, now: Instant): Instant | null {
  try {
    return previousInstant(timetableOf(spec), manifest.timing.daylight, now);
  } catch (error) {
    if (isSchedError(error, 'USAGE')) {
      return now;
    }
    throw error;
  }
}

/**
 * True when somebody's edit of the timetable left an occurrence behind that would fire at the next write of any kind, though the
 * schedule never had it.
 */
export function hasPhantom(cronJob: Json, spec: Tree, now: Instant): boolean {
  const written = timetableWritten(cronJob);
  const since = instantAt(cronJob, 'status', 'lastScheduleTime') ?? instantAt(cronJob, 'metadata', 'creationTimestamp');
  if (written === null || since === null || written <= since) {
    return false;
  }
  try {
    const due = previousInstant(timetableOf(spec), manifest.timing.daylight, Math.min(now, written));
    return due !== null && due > since;
  } catch (error) {
    if (isSchedError(error, 'USAGE')) {
      return false;
    }
    throw error;
  }
}

function timetableOf(spec: Tree): Parameters<typeof previousInstant>[0] {
  return {
    timing: { kind: 'cron', expression: textAt(spec, 'schedule') ?? '' },
    timezone: textAt(spec, 'timeZone') ?? 'UTC',
    start: null,
    end: null,
    maxRuns: null,
  };
}

function wholeSeconds(instant: Instant): Instant {
  return Math.floor(instant / 1000) * 1000;
}
