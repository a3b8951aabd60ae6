/** What made a CronJob, by the marks that it leaves. */
import type { Json } from '../../schedule.js';
import { MANAGED_BY_LABEL } from './names.js';
import { listAt, textAt, textsAt, treeAt } from './tree.js';

/**
 * `zenml`, `argocd`, `helm`, or whatever its label app.kubernetes.io/managed-by says; undefined where nothing is told, or it is sched.
 * Argo CD renders charts by itself: what carries its mark and Helm's follows Argo CD.
 */
export function madeBy(cronJob: Json): string | undefined {
  const labels = textsAt(cronJob, 'metadata', 'labels');
  const annotations = textsAt(cronJob, 'metadata', 'annotations');
  const keys = [...Object.keys(labels), ...Object.keys(annotations)];
  if (keys.some((key) => key.startsWith('zenml.io/')) || isOldZenml(labels, cronJob)) {
    return 'zenml';
  }
  // The annotation, or the label that takes its place where it is set as application.instanceLabelKey (argo-cd, resource_tracking).
  if (keys.some((key) => key === 'argocd.argoproj.io/tracking-id' || key === 'argocd.argoproj.io/instance')) {
    return 'argocd';
  }
  const manager = labels[MANAGED_BY_LABEL];
  if (manager === undefined || manager === '' || manager === 'sched') {
    return undefined;
  }
  // Helm writes its own name with a capital (helm.sh/docs/chart_best_practices/labels).
  return manager === 'Helm' ? 'helm' : manager;
}

/** ZenML before it annotated: two labels that others may have too, and an entry point of its own. */
function isOldZenml(labels: Readonly<Record<string, string>>, cronJob: Json): boolean {
  if (labels.project_id === undefined || labels.pipeline === undefined) {
    return false;
  }
  const pod = treeAt(cronJob, 'spec', 'jobTemplate', 'spec', 'template', 'spec');
  return listAt(pod, 'containers').some(
    (container) =>
      textAt(container, 'name') === 'main' &&
      [...listAt(container, 'command'), ...listAt(container, 'args')].some((word) => String(word).startsWith('zenml.')),
  );
}
