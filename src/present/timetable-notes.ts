/** What is to be said about a timetable and whoever fires it. */
import type { Note } from '../cli/command.js';
import type { Manifest } from '../drivers/driver.js';
import type { Preview } from '../operations/preview.js';
import { formatLocal } from '../time/format.js';

/** Warnings about nights on which clocks change, in the schedule's zone. */
export function clockChangeNotes({ daylight, miscounted }: Preview, timezone: string, manifest: Manifest): Note[] {
  const found: Note[] = [];
  if (daylight !== null) {
    const { wall, kind, instant } = daylight;
    const what = kind === 'gap' ? 'does not exist' : 'comes twice';
    const then =
      instant === null
        ? 'that run is left out'
        : kind !== 'gap' && manifest.timing.daylight.fold === 'both'
          ? 'it runs both times'
          : `it runs at ${formatLocal(instant, timezone, instant)}`;
    found.push({ kind: 'warning', text: `${wall.replace('T', ' ')} ${what} in ${timezone}; ${then}.` });
  }
  if (miscounted !== null) {
    const day = formatLocal(miscounted, timezone, miscounted);
    found.push({
      kind: 'warning',
      text: `${manifest.title} itself miscounts this expression around the change of clocks on ${day}: look at that day’s runs.`,
    });
  }
  return found;
}

/** That nothing fires while no agent runs. */
export const NO_AGENT: Note = {
  kind: 'warning',
  text: 'No agent is running: nothing fires until one does.  sched agent --install',
};
