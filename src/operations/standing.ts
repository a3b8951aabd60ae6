/** How the native object of a record is to stand. */
import { project } from '../projection.js';
import type { ScheduleState } from '../registry/registry.js';
import type { Projection } from '../schedule.js';

type Standing = Pick<ScheduleState, 'desired' | 'firedBy'>;

/** True when the native object starts nothing by itself: the schedule is paused, or an agent fires it by an object that always stands still. */
export function standsPaused({ desired, firedBy }: Standing): boolean {
  return firedBy === 'agent' || desired === 'paused';
}

/** What the orchestrator is to show of a record. */
export function standing(state: Standing & Pick<ScheduleState, 'spec'>): Projection {
  return project(state.spec, standsPaused(state));
}
