/** Flavors that ZenML has and that keep no schedule, with what to use instead. */
export interface UnschedulableFlavor {
  readonly flavor: string;
  readonly title: string;
  /** Why there is nothing to schedule on. */
  readonly because: string;
  /** What to use instead; a flavor or a command. */
  readonly instead: string;
}

const SKYPILOT = 'SkyPilot starts a machine for one run and keeps no timetable';
const START_FROM_HERE = 'use local (sched agent) with the command that starts the pipeline';

/** ZenML refuses a schedule on each of them (`is_schedulable` is false), except modal, whose schedule it ignores with a warning. */
export const unschedulable: readonly UnschedulableFlavor[] = [
  {
    flavor: 'local_docker',
    title: 'Local Docker',
    because: 'it runs containers only while the client waits',
    instead: START_FROM_HERE,
  },
  { flavor: 'skypilot', title: 'SkyPilot', because: SKYPILOT, instead: START_FROM_HERE },
  { flavor: 'vm_aws', title: 'SkyPilot on AWS', because: SKYPILOT, instead: START_FROM_HERE },
  { flavor: 'vm_gcp', title: 'SkyPilot on Google Cloud', because: SKYPILOT, instead: START_FROM_HERE },
  { flavor: 'vm_azure', title: 'SkyPilot on Azure', because: SKYPILOT, instead: START_FROM_HERE },
  { flavor: 'vm_lambda', title: 'SkyPilot on Lambda', because: SKYPILOT, instead: START_FROM_HERE },
  { flavor: 'sky_kubernetes', title: 'SkyPilot on Kubernetes', because: SKYPILOT, instead: START_FROM_HERE },
  { flavor: 'tekton', title: 'Tekton', because: 'ZenML starts single pipeline runs there', instead: START_FROM_HERE },
  {
    flavor: 'lightning',
    title: 'Lightning',
    because: 'ZenML starts single studio runs there',
    instead: START_FROM_HERE,
  },
  {
    flavor: 'modal',
    title: 'Modal',
    because: 'ZenML starts single runs there and ignores a schedule',
    instead: START_FROM_HERE,
  },
];

/** The entry for a flavor that keeps no schedule; the SkyPilot family also by prefix (`skypilot_…`, `vm_…`, `sky_…`). */
export function unschedulableFlavor(flavor: string): UnschedulableFlavor | undefined {
  const known = unschedulable.find((entry) => entry.flavor === flavor);
  return (
    known ??
    (/^(skypilot|vm|sky)_/.test(flavor)
      ? { flavor, title: 'SkyPilot', because: SKYPILOT, instead: START_FROM_HERE }
      : undefined)
  );
}
