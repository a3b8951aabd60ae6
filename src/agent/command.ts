import { manifest } from '../drivers/local/manifest.js';
import type { ClaimedRun } from '../drivers/local/store/rows.js';
import { fill, fillJson, type Values, valuesOf } from '../placeholders.js';
import type { CommandRun, Instant, Json } from '../schedule.js';
import { previousInstant } from '../time/occurrences.js';
import { offsetAt } from '../time/zone.js';

/** A program ready to be started: nothing is left to be filled in. */
export interface ReadyCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The command of a run. In its parameters `{scheduled_time}`, `{date}` and `{previous}` are replaced; in its arguments and
 * the values of its environment these and `{parameter}` for each parameter (which wins where names are equal). The environment is
 * the schedule's own and nothing else, with PIPELINE_NAME, PIPELINE_PARAMS (JSON), SCHED_SCHEDULE, SCHED_RUN_ID and
 * SCHED_SCHEDULED_TIME where it does not set them.
 */
export function commandOf(claimed: ClaimedRun, run: CommandRun): ReadyCommand {
  const occurrence = occurrenceValues(claimed);
  const parameters = fillJson(claimed.parameters, occurrence) as Readonly<Record<string, Json>>;
  const values = { ...occurrence, ...valuesOf(parameters) };
  const [program = '', ...args] = run.argv.map((argument) => fill(argument, values));
  const env = Object.entries(run.env).map(([name, value]) => [name, fill(value, values)]);
  return {
    program,
    args,
    cwd: run.cwd,
    env: {
      PIPELINE_NAME: claimed.spec.pipeline,
      PIPELINE_PARAMS: JSON.stringify(parameters),
      SCHED_SCHEDULE: claimed.spec.name,
      SCHED_RUN_ID: claimed.run.nativeId,
      SCHED_SCHEDULED_TIME: occurrence.scheduled_time,
      ...Object.fromEntries(env),
    },
  };
}

/**
 * What is known of an occurrence: its time and the one before it in ISO 8601 (UTC), and its date in the schedule's zone. A run
 * that stands for none has the moment at which it was asked for; `previous` is empty where there was none.
 */
function occurrenceValues({ run, created, spec }: ClaimedRun): Values & { readonly scheduled_time: string } {
  const at = run.scheduled ?? created;
  const previous = previousInstant(spec, manifest.timing.daylight, at);
  return {
    scheduled_time: instantText(at),
    date: new Date(at + offsetAt(spec.timezone, at)).toISOString().slice(0, 10),
    previous: previous === null ? '' : instantText(previous),
  };
}

function instantText(instant: Instant): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}
