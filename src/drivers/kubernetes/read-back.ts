/** A CronJob as a schedule. */
import { createHash } from 'node:crypto';
import { project } from '../../projection.js';
import type { Author, Json, NativeSchedule, Projection, Stamp } from '../../schedule.js';
import { parseStamp } from '../../stamp.js';
import { changedBy } from './authors.js';
import { commandsFor, type Reach } from './commands.js';
import { same } from './covers.js';
import { CONCURRENCY, DEADLINE, jobLabelOf, type Recorded, type Rendered, readRecorded } from './cronjob.js';
import { foreignPaths } from './defaults.js';
import { madeBy } from './maker.js';
import { STAMP_LABEL } from './names.js';
import { nativeIdOf } from './paths.js';
import { readForeignRun, readOwnRun } from './read-run.js';
import { isTree, numberAt, textAt, textsAt, treeAt, valueAt } from './tree.js';

/** Reads any CronJob, ours or not. What few ask for is found out when they do. */
export function nativeSchedule(cronJob: Json, reach: Reach): NativeSchedule {
  const found = readRecorded(cronJob);
  const place = {
    namespace: textAt(cronJob, 'metadata', 'namespace') ?? '',
    name: textAt(cronJob, 'metadata', 'name') ?? '',
  };
  const said = (found && readRight(cronJob, found.recorded, found.expected)) ?? readForeign(cronJob);
  const maker = found?.recorded.adopted === false ? undefined : madeBy(cronJob);
  const version = once(() => versionOf(cronJob));
  const authors = once(said.changedBy);
  const others = once(said.foreignFields);
  const commands = once(() => commandsFor(place, jobLabelOf(cronJob), reach));
  return {
    nativeId: nativeIdOf(place),
    stamp: stampOf(cronJob),
    paused: isSuspended(cronJob),
    projection: said.projection,
    url: null,
    ...(maker !== undefined && { madeBy: maker }),
    get version() {
      return version();
    },
    get changedBy() {
      return authors();
    },
    get foreignFields() {
      return others();
    },
    get commands() {
      return commands();
    },
  };
}

/** Works when first asked, and gives the same ever after. */
function once<T extends object | string>(work: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= work();
    return made;
  };
}

/** The stamp that a CronJob carries in its label, in which lists find it. */
function stampOf(cronJob: Json): Stamp | null {
  return parseStamp(textAt(cronJob, 'metadata', 'labels', STAMP_LABEL) ?? '') ?? null;
}

export function isSuspended(cronJob: Json): boolean {
  return valueAt(cronJob, 'spec', 'suspend') === true;
}

/**
 * What changes when somebody writes the object, and not when a run starts or ends: the server's own resourceVersion counts its
 * status, too. The generation counts the writes of the spec.
 */
export function versionOf(cronJob: Json): string {
  const { uid, generation, labels, annotations } = treeAt(cronJob, 'metadata');
  // The server writes the same object in the same order.
  const said = JSON.stringify([uid, generation, labels, annotations]);
  return createHash('sha256').update(said).digest('hex').slice(0, 32);
}

interface Said {
  readonly projection: Projection;
  changedBy(): Readonly<Record<string, Author>>;
  foreignFields(): readonly string[];
}

/** What stands beside an object may have been edited by hand: undefined where no schedule can be read from it, and no list fails. */
function readRight(cronJob: Json, recorded: Recorded, expected: Rendered): Said | undefined {
  try {
    return readOwn(cronJob, recorded, expected);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

function readOwn(cronJob: Json, recorded: Recorded, expected: Rendered): Said {
  const spec = treeAt(cronJob, 'spec');
  const { spec: asked } = recorded;
  const said = (field: string): boolean => same(expected.spec[field], spec[field]);
  const template = treeAt(spec, 'jobTemplate');
  const expectedTemplate = treeAt(expected.spec, 'jobTemplate');
  const { run, timeoutSeconds, retry, asAsked } = readOwnRun(template, recorded, expectedTemplate);
  const labels = textsAt(cronJob, 'metadata', 'labels');
  const keys = Object.keys(asked.labels);
  const kept = keys.every((key) => labels[key] === asked.labels[key])
    ? asked.labels
    : Object.fromEntries(Object.entries(labels).filter(([key]) => keys.includes(key)));
  const whole = asAsked && kept === asked.labels ? asked : { ...asked, run, timeoutSeconds, retry, labels: kept };
  const projected = project(whole, isSuspended(cronJob));
  const otherwise: Projection = {
    ...(!said('schedule') && nativeTiming(cronJob)),
    ...(!said('timeZone') && { timezone: textAt(spec, 'timeZone') ?? null }),
    ...(!said('startingDeadlineSeconds') && { catchup_policy: catchupText(cronJob) }),
    ...(!said('concurrencyPolicy') && { overlap: overlapText(cronJob) }),
  };
  return {
    projection: Object.keys(otherwise).length === 0 ? projected : { ...projected, ...otherwise },
    changedBy: () => changedBy(cronJob, { template: asAsked ? template : expectedTemplate, labels: keys }),
    foreignFields: () => [
      ...foreignPaths(treeAt(expected.metadata, 'labels'), labels, 'metadata.labels'),
      ...foreignPaths(
        treeAt(expected.metadata, 'annotations'),
        treeAt(cronJob, 'metadata', 'annotations'),
        'metadata.annotations',
      ),
      ...foreignPaths({ ...expected.spec, suspend: true }, spec, 'spec'),
    ],
  };
}

/** What others made says only what a CronJob can say. */
function readForeign(cronJob: Json): Said {
  const { run, timeoutSeconds, retry } = readForeignRun(treeAt(cronJob, 'spec', 'jobTemplate'));
  const timezone = textAt(cronJob, 'spec', 'timeZone');
  const labels = textsAt(cronJob, 'metadata', 'labels');
  const projection: Projection = {
    ...nativeTiming(cronJob),
    ...(timezone !== undefined && { timezone }),
    start_time: null,
    end_time: null,
    max_runs: null,
    catchup_policy: catchupText(cronJob),
    overlap: overlapText(cronJob),
    run: run as unknown as Json,
    timeout_seconds: timeoutSeconds,
    retry: retry === null ? null : { ...retry },
    labels,
    paused: isSuspended(cronJob),
  };
  return {
    projection,
    changedBy: () => changedBy(cronJob, { template: undefined, labels: Object.keys(labels) }),
    foreignFields: () => [],
  };
}

function nativeTiming(cronJob: Json): Projection {
  return {
    cron_expression: textAt(cronJob, 'spec', 'schedule') ?? null,
    interval: null,
    run_once_start_time: null,
    change: null,
    native: null,
  };
}

/** `last` without a deadline, `none` with ours; any other one in words. */
function catchupText(cronJob: Json): string {
  const deadline = numberAt(cronJob, 'spec', 'startingDeadlineSeconds');
  return deadline === undefined ? 'last' : deadline === DEADLINE ? 'none' : `last, at most ${deadline} s late`;
}

function overlapText(cronJob: Json): string {
  const native = textAt(cronJob, 'spec', 'concurrencyPolicy') ?? CONCURRENCY.allow;
  return Object.entries(CONCURRENCY).find(([, text]) => text === native)?.[0] ?? native;
}

/** True for an object that is going away already. */
export function isGoing(cronJob: Json): boolean {
  return isTree(cronJob) && textAt(cronJob, 'metadata', 'deletionTimestamp') !== undefined;
}
