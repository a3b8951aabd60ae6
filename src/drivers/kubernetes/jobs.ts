/** The Jobs of CronJobs as runs. */
import type { Instant, Json, NativeRun, RunStatus, RunTrigger } from '../../schedule.js';
import { RUN_TRIGGERS } from '../../schedule.js';
import type { Call, RunOfSchedule, RunQuery } from '../driver.js';
import type { Cluster } from './cluster.js';
import { jobLabelOf } from './cronjob.js';
import { SCHEDULE_LABEL } from './names.js';
import { cronJobPath, jobsPath, nativeIdOf, type Place, placeOf } from './paths.js';
import { instantAt, isTree, listAt, numberAt, textAt, textsAt, valueAt } from './tree.js';

/** Set by the CronJob controller on its Jobs, since 1.28. */
const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** Set on Jobs that somebody made from a CronJob, as kubectl does. */
export const INSTANTIATE = 'cronjob.kubernetes.io/instantiate';
/** Why sched made a Job: a run trigger. */
export const TRIGGER = 'sched/trigger';
/** The occurrence that it stands for. */
export const SCHEDULED_TIME = 'sched/scheduled-time';
/** A Job of the timetable that is made later than this after it was due was missed first. Milliseconds. */
const ON_TIME = 60_000;

/** The runs of one CronJob, newest first. */
export async function* runs(
  cluster: Cluster,
  nativeId: string,
  { since }: RunQuery,
  call: Call,
): AsyncGenerator<NativeRun, void, undefined> {
  const place = placeOf(nativeId);
  const cronJob = await cluster.api.request({ method: 'GET', path: cronJobPath(place) }, call);
  const found: { readonly run: NativeRun; readonly made: Instant }[] = [];
  for await (const job of jobsOf(cluster, place, cronJob, call)) {
    const run = runOf(job);
    if (counts(run, since)) {
      found.push({ run, made: instantAt(job, 'metadata', 'creationTimestamp') ?? 0 });
    }
  }
  found.sort((left, right) => begun(right.run) - begun(left.run) || right.made - left.made);
  for (const { run } of found) {
    yield run;
  }
}

/** The runs of every CronJob of ours in the namespace, in any order. */
export async function* allRuns(
  { api }: Cluster,
  { since }: RunQuery,
  call: Call,
): AsyncGenerator<RunOfSchedule, void, undefined> {
  for await (const page of api.pages(jobsPath(api.namespace), { labelSelector: SCHEDULE_LABEL }, call)) {
    for (const job of page) {
      const owner = ownerOf(job);
      const run = runOf(job);
      if (owner !== undefined && counts(run, since)) {
        yield { nativeId: nativeIdOf({ namespace: api.namespace, name: owner.name }), run };
      }
    }
  }
}

/** The Jobs that belong to a CronJob as it stands: those that the garbage collector would take with it. */
export async function* jobsOf(
  { api }: Cluster,
  { namespace }: Place,
  cronJob: Json,
  call: Call,
): AsyncGenerator<Json, void, undefined> {
  const label = jobLabelOf(cronJob);
  const uid = textAt(cronJob, 'metadata', 'uid');
  const selector = label === undefined ? {} : { labelSelector: `${SCHEDULE_LABEL}=${label}` };
  for await (const page of api.pages(jobsPath(namespace), selector, call)) {
    yield* page.filter((job) => ownerOf(job)?.uid === uid);
  }
}

/** The CronJob that a Job belongs to. */
export function ownerOf(job: Json): { readonly name: string; readonly uid: string } | undefined {
  const owner = listAt(job, 'metadata', 'ownerReferences').find(
    (reference) => textAt(reference, 'kind') === 'CronJob' && valueAt(reference, 'controller') === true,
  );
  const [name, uid] = [textAt(owner, 'name'), textAt(owner, 'uid')];
  return name === undefined || uid === undefined ? undefined : { name, uid };
}

/** True for a Job that has come to its end. */
export function isFinished(job: Json): boolean {
  return condition(job, 'Complete') !== undefined || condition(job, 'Failed') !== undefined;
}

/** A Job as a run. */
export function runOf(job: Json): NativeRun {
  const failed = condition(job, 'Failed');
  const scheduled = scheduledOf(job);
  const ended = instantAt(job, 'status', 'completionTime') ?? instantAt(failed, 'lastTransitionTime');
  return {
    nativeId: textAt(job, 'metadata', 'name') ?? '',
    scheduled,
    started: instantAt(job, 'status', 'startTime'),
    finished: isFinished(job) ? ended : null,
    status: statusOf(job),
    trigger: triggerOf(job, scheduled),
    exitCode: null,
    reason: reasonOf(failed ?? condition(job, 'Suspended')),
    attempt: Math.max(1, (numberAt(job, 'status', 'failed') ?? 0) + (isFinished(job) && failed !== undefined ? 0 : 1)),
    url: null,
  };
}

function statusOf(job: Json): RunStatus {
  const failed = condition(job, 'Failed');
  if (failed !== undefined) {
    return textAt(failed, 'reason') === 'DeadlineExceeded' ? 'timed_out' : 'failed';
  }
  if (condition(job, 'Complete') !== undefined) {
    return 'succeeded';
  }
  if (condition(job, 'Suspended') !== undefined || valueAt(job, 'spec', 'suspend') === true) {
    return 'pending';
  }
  // A run between two of its attempts has begun all the same.
  const begun = ['ready', 'failed', 'succeeded'].some((count) => (numberAt(job, 'status', count) ?? 0) > 0);
  return begun ? 'running' : 'pending';
}

function triggerOf(job: Json, scheduled: Instant | null): RunTrigger {
  const annotations = textsAt(job, 'metadata', 'annotations');
  const said = RUN_TRIGGERS.find((trigger) => trigger === annotations[TRIGGER]);
  if (said !== undefined || annotations[INSTANTIATE] !== undefined || scheduled === null) {
    return said ?? 'manual';
  }
  const made = instantAt(job, 'metadata', 'creationTimestamp') ?? scheduled;
  return made - scheduled > ON_TIME ? 'catchup' : 'schedule';
}

function scheduledOf(job: Json): Instant | null {
  const annotations = textsAt(job, 'metadata', 'annotations');
  const said = Date.parse(annotations[SCHEDULED_TIME] ?? annotations[SCHEDULED] ?? '');
  if (!Number.isNaN(said)) {
    return said;
  }
  const owner = ownerOf(job);
  const name = textAt(job, 'metadata', 'name') ?? '';
  // Before 1.28 only the name tells: the owner's, and minutes since 1970.
  const minutes = owner === undefined ? undefined : /^-(\d{8,9})$/.exec(name.slice(owner.name.length))?.[1];
  return minutes === undefined || annotations[INSTANTIATE] !== undefined ? null : Number(minutes) * 60_000;
}

function reasonOf(found: Json | undefined): string | null {
  const [reason, message] = [textAt(found, 'reason'), textAt(found, 'message')];
  return reason === undefined ? (message ?? null) : message === undefined ? reason : `${reason}: ${message}`;
}

function condition(job: Json, type: string): Json | undefined {
  return listAt(job, 'status', 'conditions').find(
    (each) => isTree(each) && each.type === type && each.status === 'True',
  );
}

/** When a run began, for order and for `since`: what has neither time yet is the newest. */
function begun({ started, scheduled }: NativeRun): Instant {
  return started ?? scheduled ?? Number.MAX_SAFE_INTEGER;
}

function counts(run: NativeRun, since: Instant | null): boolean {
  return since === null || begun(run) >= since;
}
