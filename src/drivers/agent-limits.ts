/** What a target must be able to do for schedules that an agent fires, and what such schedules cannot ask for. Pure. */
import type { CatchupPolicy, OverlapPolicy, ScheduleSpec } from '../schedule.js';
import type { Manifest } from './driver.js';

/** What an agent does where nothing else was asked for; without a list of runs it cannot know whether one goes on. */
export function agentPolicies({ capabilities }: Pick<Manifest, 'capabilities'>): {
  readonly catchup: CatchupPolicy;
  readonly overlap: OverlapPolicy;
} {
  return { catchup: 'none', overlap: capabilities.includes('runs') ? 'forbid' : 'allow' };
}

/** Why an agent cannot fire this here: the field, the limit, and the nearest thing that works. */
export function agentRefusals(
  { timing, overlap }: Pick<ScheduleSpec, 'timing' | 'overlap'>,
  { capabilities, needsAgent }: Manifest,
): readonly { readonly field: string; readonly limit: string; readonly instead: string }[] {
  if (needsAgent) {
    return [{ field: 'fired_by', limit: 'an agent fires it in any case', instead: 'leave --fired-by out' }];
  }
  const elsewhere = 'use --orchestrator local with the command that starts it';
  return [
    ...(capabilities.includes('trigger')
      ? []
      : [{ field: 'fired_by', limit: 'it cannot start a run by hand, so no agent can', instead: elsewhere }]),
    ...(timing.kind === 'change' || timing.kind === 'native'
      ? [{ field: timing.kind, limit: 'an agent fires it by the clock alone', instead: elsewhere }]
      : []),
    ...(overlap === 'replace'
      ? [
          {
            field: 'overlap',
            limit: 'an agent cannot end a run there',
            instead: `use --overlap ${agentPolicies({ capabilities }).overlap}`,
          },
        ]
      : []),
    ...(overlap === 'forbid' && !capabilities.includes('runs')
      ? [{ field: 'overlap', limit: 'it does not tell whether a run goes on', instead: 'use --overlap allow' }]
      : []),
  ];
}
