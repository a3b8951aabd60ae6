/** kubectl's own view of a CronJob, ready to paste. */
import { SCHEDULE_LABEL } from './names.js';
import type { Place } from './paths.js';

/** How kubectl gets to the same cluster: as the settings say; what they leave open, kubectl finds as sched does. */
export interface Reach {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** In an order to look: what it is, its runs, what happened to it, where they ran. `jobLabel` is the label of its Jobs, where they carry one. */
export function commandsFor({ namespace, name }: Place, jobLabel: string | undefined, reach: Reach): readonly string[] {
  const kubectl = [
    'kubectl',
    ...flag('--kubeconfig', reach.kubeconfig),
    ...flag('--context', reach.context),
    ...flag('-n', namespace),
  ].join(' ');
  const byAge = '--sort-by=.metadata.creationTimestamp';
  const selector = jobLabel === undefined ? '' : ` -l ${quoted(`${SCHEDULE_LABEL}=${jobLabel}`)}`;
  return [
    `${kubectl} describe cronjob ${quoted(name)}`,
    `${kubectl} get jobs${selector} ${byAge}`,
    `${kubectl} get events --field-selector ${quoted(`involvedObject.name=${name}`)}`,
    // The label is on Jobs alone: a pod carries only the name of its Job, which is the CronJob's with one word more.
    `${kubectl} get pods -l job-name ${byAge} | grep -E ${quoted(`^(NAME|${name}-[^- ]+-[^- ]+) `)}`,
  ];
}

function flag(name: string, value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [name, quoted(value)];
}

/** A word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
