import type { ObjectResult } from '../cli/command.js';
import type { Triggered } from '../operations/trigger.js';
import { runJson } from '../operations/view.js';
import { statusText } from './run.js';

/** What `trigger` says; a run that was waited for and did not succeed exits with 1. */
export function presentTriggered({ record, run, unattended }: Triggered, waited: boolean): ObjectResult {
  const { id: scheduleId, spec, orchestrator } = record;
  const warning = { kind: 'warning' as const, text: 'No agent is running: the run waits for one.  sched agent' };
  if (run === null) {
    return {
      kind: 'object',
      item: { dry_run: true, schedule: spec.name },
      text: () => `Would start a run of ${spec.name} on ${orchestrator}.\nNothing was changed.`,
      notes: unattended ? [warning] : [],
    };
  }
  const failed = waited && run.status !== 'succeeded';
  return {
    kind: 'object',
    item: runJson({ ...run, scheduleId, schedule: spec.name, pipeline: spec.pipeline, orchestrator }),
    names: [run.nativeId],
    text: (style) =>
      `Run ${style.bold(run.nativeId)} of ${spec.name}: ${statusText(run, style)}${run.reason === null ? '' : `, ${run.reason}`}\n` +
      style.dim(`sched logs ${spec.name} --run ${run.nativeId}`),
    notes: unattended ? [warning] : [],
    exit: failed ? [{ code: 1, reason: `the run ${run.status.replace('_', ' ')}` }] : [],
  };
}
