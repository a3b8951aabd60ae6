/** A schedule as the CronJob that is asked for. */
import { SchedError } from '../../errors.js';
import type { FiredBy, Json, OverlapPolicy, ScheduleSpec } from '../../schedule.js';
import { formatStamp, parseStamp } from '../../stamp.js';
import type { CreateRequest } from '../driver.js';
import { renderJobTemplate, withLimits } from './job-template.js';
import { checkLabels, cronJobName, MANAGED_BY_LABEL, SCHEDULE_LABEL, SPEC_ANNOTATION, STAMP_LABEL } from './names.js';
import { refuse } from './refuse.js';
import { robfigText } from './schedule-text.js';
import type { RunSettings } from './settings.js';
import { isTree, type Tree, textAt, treeAt } from './tree.js';

/** Everything that a CronJob of ours was made from; it stands beside it, in an annotation. */
export interface Recorded {
  readonly spec: ScheduleSpec;
  readonly firedBy: FiredBy;
  /** Null where nobody can tell it any more. */
  readonly scheduleId: string | null;
  /** `s1-<registry>-<schedule>-<generation>`. */
  readonly stamp: string;
  readonly settings: RunSettings;
  /** The zone as it was written; null where the object had none when it was taken over. */
  readonly timeZone: string | null;
  /** Others made the object, and sched took it over: its labels are its own, and its Jobs carry what they carried. */
  readonly adopted: boolean;
}

/** What a CronJob says, without its name. */
export interface Rendered {
  readonly metadata: Tree;
  readonly spec: Tree;
}

/** The form of the annotation. */
const FORM = 1;
/** Bytes of all annotations together (apimachinery, TotalAnnotationSizeLimitB). */
const ANNOTATIONS = 256 * 1024;
/** An expression that is valid and never fires: what an agent fires may have no cron text at all. */
const NEVER = '0 0 31 2 *';
/** Seconds after which a run is missed for good. The controller looks every 10 s at the latest. */
export const DEADLINE = 30;

export const CONCURRENCY: Readonly<Record<OverlapPolicy, string>> = {
  allow: 'Allow',
  forbid: 'Forbid',
  replace: 'Replace',
};

/** What is recorded of a schedule that is to be made. */
export function recordedOf(
  { spec, firedBy, scheduleId, stamp }: Pick<CreateRequest, 'spec' | 'firedBy' | 'scheduleId' | 'stamp'>,
  settings: RunSettings,
): Recorded {
  return { spec, firedBy, scheduleId, stamp: formatStamp(stamp), settings, timeZone: spec.timezone, adopted: false };
}

/** The body that creates a CronJob. Throws UNSUPPORTED for what it cannot carry. */
export function newCronJob(recorded: Recorded, paused: boolean): Tree {
  const stamp = parseStamp(recorded.stamp);
  if (stamp === undefined) {
    throw new Error(`${recorded.stamp} is no stamp`);
  }
  const { metadata, spec } = rendered(recorded);
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: cronJobName(recorded.spec.name, stamp), ...metadata },
    spec: { ...(withoutNulls(spec) as Tree), suspend: paused || recorded.firedBy === 'agent' },
  };
}

/**
 * What a CronJob of ours says, without its name and without whether it is paused; what an agent fires is always suspended. Null where
 * it says that there is nothing. Throws UNSUPPORTED for what it cannot carry.
 */
export function rendered(recorded: Recorded): Rendered {
  checkLabels(recorded.spec.labels, recorded.adopted);
  const whole = unchecked(recorded, annotation(recorded));
  checkTexts(whole.spec, 'run');
  return whole;
}

function unchecked(recorded: Recorded, text: string): Rendered {
  const { spec, firedBy, settings, timeZone } = recorded;
  return {
    metadata: {
      labels: { ...spec.labels, ...marks(recorded) },
      annotations: { [SPEC_ANNOTATION]: text },
    },
    spec: {
      ...timing(spec, timeZone),
      concurrencyPolicy: CONCURRENCY[spec.overlap],
      successfulJobsHistoryLimit: settings.successfulJobs,
      failedJobsHistoryLimit: settings.failedJobs,
      ...(firedBy === 'agent' && { suspend: true }),
      jobTemplate: renderedTemplate(recorded),
    },
  };
}

/** The job template of a CronJob of ours. Throws UNSUPPORTED for what it cannot carry. */
export function renderedTemplate({ spec, settings, stamp, adopted }: Recorded): Tree {
  const labels = { ...(!adopted && spec.labels), [SCHEDULE_LABEL]: scheduleLabel(stamp) };
  return renderJobTemplate(spec, settings, labels);
}

/** The native fields of a spec alone: for an object that others made, which keeps its own job template unless another is given. */
export function renderedNatively(spec: ScheduleSpec): Rendered {
  checkLabels(spec.labels, true);
  if (spec.run.kind !== 'template' || Object.keys(spec.parameters).length > 0) {
    throw refuse(
      spec.run.kind === 'template' ? 'parameters' : 'run',
      'a CronJob that sched did not make keeps its own job template',
      'sched adopt --stamp takes it over whole; until then give it a changed --job-template.',
    );
  }
  const { template } = spec.run;
  const whole = {
    metadata: { labels: spec.labels },
    spec: {
      ...timing(spec, spec.timezone),
      concurrencyPolicy: CONCURRENCY[spec.overlap],
      jobTemplate: { ...template, spec: withLimits(treeAt(template, 'spec'), spec) },
    },
  };
  checkTexts(whole.spec, 'run');
  return whole;
}

function timing(spec: ScheduleSpec, timeZone: string | null): Tree {
  return {
    schedule: scheduleText(spec),
    timeZone,
    startingDeadlineSeconds: spec.catchup === 'none' ? DEADLINE : null,
  };
}

/** The schedule field of a spec. */
export function scheduleText({ timing }: ScheduleSpec): string {
  return timing.kind === 'cron' ? robfigText(timing.expression) : NEVER;
}

/** What marks a CronJob as ours: of `rendered`, the part that adoption writes. Throws UNSUPPORTED for what it cannot carry. */
export function marked(recorded: Recorded): Tree {
  return {
    metadata: { labels: marks(recorded), annotations: { [SPEC_ANNOTATION]: annotation(recorded) } },
    spec: { jobTemplate: { metadata: { labels: { [SCHEDULE_LABEL]: scheduleLabel(recorded.stamp) } } } },
  };
}

/** Whoever looks after the object already, says so in its own label. */
function marks({ stamp, spec }: Recorded): Tree {
  return {
    ...(!Object.hasOwn(spec.labels, MANAGED_BY_LABEL) && { [MANAGED_BY_LABEL]: 'sched' }),
    [STAMP_LABEL]: stamp,
  };
}

/** `<registry>-<schedule>` of a stamp: what all Jobs of a schedule carry. */
function scheduleLabel(stamp: string): string {
  const { registry, schedule } = parseStamp(stamp) ?? { registry: null, schedule: '' };
  return `${registry}-${schedule}`;
}

/** The label that the Jobs of a job template carry, when it is one of ours. */
export function jobLabelOf(cronJob: Json): string | undefined {
  return textAt(cronJob, 'spec', 'jobTemplate', 'metadata', 'labels', SCHEDULE_LABEL);
}

function annotation({ stamp, scheduleId, firedBy, adopted, settings, timeZone, spec }: Recorded): string {
  // Always in this order: the same text for the same.
  const text = JSON.stringify({ form: FORM, stamp, scheduleId, firedBy, adopted, settings, timeZone, spec });
  const bytes = Buffer.byteLength(text) + SPEC_ANNOTATION.length;
  if (bytes > ANNOTATIONS) {
    throw refuse(
      'run',
      `with all that belongs to it, it takes ${bytes} bytes, and the annotations of an object may take ${ANNOTATIONS}`,
      'Put large parameters where the run can fetch them, and give it their address.',
    );
  }
  return text;
}

/** What is recorded beside a CronJob, and what it says therefore; undefined where there is nothing, or nothing that can be read. */
export function readRecorded(cronJob: Json): { readonly recorded: Recorded; readonly expected: Rendered } | undefined {
  const text = textAt(cronJob, 'metadata', 'annotations', SPEC_ANNOTATION);
  if (text === undefined) {
    return undefined;
  }
  try {
    const found = JSON.parse(text) as Json;
    if (!isTree(found) || found.form !== FORM) {
      return undefined;
    }
    const { form: _form, ...rest } = found;
    // Whoever wrote it by hand may have left something out: it counts when it can be carried out.
    const recorded = rest as unknown as Recorded;
    return { recorded, expected: unchecked(recorded, text) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof SchedError) {
      return undefined;
    }
    throw error;
  }
}

/** Throws UNSUPPORTED for text that no program can be handed, or that is no Unicode: the server would take the one and change the other. */
function checkTexts(value: Json, field: string): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) {
      throw refuse(field, 'a NUL can be handed to no program', 'Leave it out.');
    }
    if (/\p{Surrogate}/u.test(value)) {
      throw refuse(field, 'half a surrogate pair is no Unicode text', 'Leave it out.');
    }
  } else if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) {
      checkTexts(item, field);
    }
  } else if (isTree(value)) {
    for (const [key, part] of Object.entries(value)) {
      checkTexts(key, field);
      checkTexts(part, field);
    }
  }
}

/** Null and nothing are one to the server. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map(withoutNulls);
  }
  return isTree(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([, part]) => part !== null)
          .map(([key, part]) => [key, withoutNulls(part)]),
      )
    : value;
}
