/** Changing a CronJob that stands there: its spec, its mark, whether it is paused. */
import { isSchedError, SchedError } from '../../errors.js';
import type { Json, ScheduleSpec } from '../../schedule.js';
import { formatStamp, parseStamp } from '../../stamp.js';
import type { Call, StampRequest, UpdateRequest } from '../driver.js';
import { lastWrite } from './authors.js';
import type { Cluster } from './cluster.js';
import { DEADLINE, marked, type Recorded, type Rendered, readRecorded, rendered, renderedNatively } from './cronjob.js';
import { withoutDefaults } from './defaults.js';
import { mergePatch, patched } from './merge.js';
import { MANAGED_BY_LABEL, SCHEDULE_LABEL, SPEC_ANNOTATION, STAMP_LABEL } from './names.js';
import { cronJobPath, type Place, placeOf, WRITING } from './paths.js';
import { forgetMissed, hasPhantom } from './quiet.js';
import { isSuspended, versionOf } from './read-back.js';
import { isTree, numberAt, type Tree, textAt, treeAt, valueAt } from './tree.js';

/** How often a write is tried again because the controller wrote the status in between. */
const ATTEMPTS = 5;

/** Changes the spec of a CronJob in place. Throws CONFLICT when it is not what `request.version` stands for, UNSUPPORTED as `rendered`. */
export async function update(cluster: Cluster, nativeId: string, request: UpdateRequest, call: Call): Promise<void> {
  await rewrite(cluster, placeOf(nativeId), request.version, call, (current) => {
    const found = readRecorded(current);
    const { spec, firedBy } = request;
    const stamp = textAt(current, 'metadata', 'labels', STAMP_LABEL) ?? '';
    if (found === undefined && parseStamp(stamp) === undefined) {
      return patchOf(nativeFields(current), keepingDeadline(renderedNatively(spec), spec, current), current);
    }
    const settings = found?.recorded.adopted === true ? found.recorded.settings : cluster.settings;
    const lost = { scheduleId: null, stamp, adopted: false };
    const next = { ...lost, ...found?.recorded, spec, firedBy, settings, timeZone: spec.timezone };
    const desired = rendered(next);
    const kept = next.adopted && found?.recorded.spec.catchup === spec.catchup;
    // Without the annotation nobody knows what is whose: the record decides.
    return patchOf(
      found?.expected ?? nativeFields(current),
      kept ? keepingDeadline(desired, spec, current) : desired,
      current,
    );
  });
}

/** A spec says `last`, and not how late at the most: on an object that others made, their deadline stays, unless it is what `none` writes. */
function keepingDeadline(desired: Rendered, { catchup }: ScheduleSpec, current: Json): Rendered {
  const deadline = numberAt(current, 'spec', 'startingDeadlineSeconds');
  return catchup !== 'last' || deadline === undefined || deadline === DEADLINE
    ? desired
    : { ...desired, spec: { ...desired.spec, startingDeadlineSeconds: deadline } };
}

function patchOf({ metadata, spec }: Rendered, desired: Rendered, current: Json): Tree | undefined {
  return mergePatch({ metadata, spec }, { ...desired }, treeOf(current));
}

/** Marks a CronJob as ours, or takes our marks off. */
export async function setStamp(
  cluster: Cluster,
  nativeId: string,
  request: StampRequest | null,
  call: Call,
): Promise<void> {
  await rewrite(cluster, placeOf(nativeId), null, call, (current) => {
    const desired = request === null ? {} : marked(takenOver(cluster, current, request));
    return mergePatch(standingMarks(current), desired, treeOf(current));
  });
}

function takenOver({ settings }: Cluster, current: Json, { spec, firedBy, scheduleId, stamp }: StampRequest): Recorded {
  const before = readRecorded(current)?.recorded;
  const kept = {
    ...settings,
    successfulJobs: numberAt(current, 'spec', 'successfulJobsHistoryLimit') ?? settings.successfulJobs,
    failedJobs: numberAt(current, 'spec', 'failedJobsHistoryLimit') ?? settings.failedJobs,
  };
  return {
    spec,
    firedBy,
    scheduleId,
    stamp: formatStamp(stamp),
    settings: before?.settings ?? kept,
    timeZone: textAt(current, 'spec', 'timeZone') ?? null,
    adopted: before?.adopted ?? true,
  };
}

/** Whatever on the object is a mark of ours, of any registry. */
function standingMarks(current: Json): Tree {
  const labels = treeAt(current, 'metadata', 'labels');
  const ours = labels[MANAGED_BY_LABEL] === 'sched' ? [MANAGED_BY_LABEL, STAMP_LABEL] : [STAMP_LABEL];
  return {
    metadata: {
      labels: picked(labels, ours),
      annotations: picked(treeAt(current, 'metadata', 'annotations'), [SPEC_ANNOTATION]),
    },
    spec: {
      jobTemplate: {
        metadata: { labels: picked(treeAt(current, 'spec', 'jobTemplate', 'metadata', 'labels'), [SCHEDULE_LABEL]) },
      },
    },
  };
}

function picked(tree: Tree, keys: readonly string[]): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([key]) => keys.includes(key)));
}

/** What an object that others made says of what we may change: all of it counts as ours now. */
function nativeFields(current: Json): Rendered {
  const spec = treeAt(current, 'spec');
  return {
    metadata: { labels: treeAt(current, 'metadata', 'labels') },
    spec: {
      ...picked(spec, ['schedule', 'timeZone', 'startingDeadlineSeconds', 'concurrencyPolicy']),
      jobTemplate: withoutDefaults(treeAt(spec, 'jobTemplate')),
    },
  };
}

/**
 * Reads, asks what is to be changed, and writes it if nobody wrote in between; a run that starts meanwhile is no writer. An edit of the
 * timetable starts nothing by itself.
 */
async function rewrite(
  cluster: Cluster,
  place: Place,
  version: string | null,
  call: Call,
  patchFor: (current: Json) => Tree | undefined,
): Promise<void> {
  const { api } = cluster;
  const path = cronJobPath(place);
  for (let attempt = 1; ; attempt += 1) {
    const current = await api.request({ method: 'GET', path }, call);
    const patch = patchFor(current);
    if (patch === undefined) {
      return;
    }
    if (version !== null && versionOf(current) !== version) {
      throw changedMeanwhile(place, current);
    }
    try {
      const resourceVersion = await quietly(cluster, { place, current, patch }, call);
      const metadata = { ...treeAt(patch, 'metadata'), ...(resourceVersion !== undefined && { resourceVersion }) };
      await api.request({ method: 'PATCH', path, query: WRITING, body: { ...patch, metadata } }, call);
      return;
    } catch (error) {
      if (!isSchedError(error, 'CONFLICT') || attempt === ATTEMPTS) {
        throw error;
      }
      call.debug(`${place.name} was written in between, once more`);
    }
  }
}

function changedMeanwhile({ namespace, name }: Place, current: Json): SchedError {
  const who = lastWrite(current);
  return new SchedError(
    'CONFLICT',
    `The CronJob ${name} was changed meanwhile${who === undefined ? '' : `: ${who}`}.`,
    { hint: `kubectl get cronjob ${name} -n ${namespace} -o yaml --show-managed-fields shows who wrote what.` },
  );
}

/** What must come before a write so that it starts nothing. Gives the resourceVersion of the object then. */
async function quietly(
  cluster: Cluster,
  { place, current, patch }: { readonly place: Place; readonly current: Json; readonly patch: Tree },
  call: Call,
): Promise<string | undefined> {
  const before = treeAt(current, 'spec');
  const next = patched(before, treeAt(patch, 'spec'));
  const firing = next.suspend !== true;
  const change = { place, cronJob: current, next, firing };
  if (retimed(patch)) {
    return await forgetMissed(cluster, change, call);
  }
  const version = textAt(current, 'metadata', 'resourceVersion');
  if (!firing || !hasPhantom(current, before, call.now())) {
    return version;
  }
  try {
    return await forgetMissed(cluster, change, call);
  } catch (error) {
    // Whoever edited the timetable left it so, and any write of theirs would set it off, too.
    if (!isSchedError(error, 'PERMISSION')) {
      throw error;
    }
    return version;
  }
}

/** True when other moments than before are due, or can be made up for. */
function retimed(patch: Tree): boolean {
  return ['schedule', 'timeZone', 'startingDeadlineSeconds'].some(
    (field) => valueAt(patch, 'spec', field) !== undefined,
  );
}

/** Suspends or resumes a CronJob. Throws UNSUPPORTED for resuming what an agent fires. */
export async function setPaused(cluster: Cluster, nativeId: string, paused: boolean, call: Call): Promise<void> {
  const { api } = cluster;
  const place = placeOf(nativeId);
  const path = cronJobPath(place);
  const current = await api.request({ method: 'GET', path }, call);
  const recorded = readRecorded(current)?.recorded;
  if (!paused && recorded?.firedBy === 'agent') {
    throw new SchedError('UNSUPPORTED', `An agent fires ${place.name}: its CronJob stays suspended.`, {
      hint: 'sched resume resumes it in the record, which the agent reads.',
    });
  }
  if (isSuspended(current) === paused) {
    return;
  }
  const spec = treeAt(current, 'spec');
  const drops = recorded === undefined ? spec.startingDeadlineSeconds === DEADLINE : recorded.spec.catchup === 'none';
  if (!paused && drops) {
    await forgetMissed(cluster, { place, cronJob: current, next: spec, firing: true }, call);
  }
  await api.request({ method: 'PATCH', path, query: WRITING, body: { spec: { suspend: paused } } }, call);
}

function treeOf(value: Json): Tree {
  return isTree(value) ? value : {};
}
