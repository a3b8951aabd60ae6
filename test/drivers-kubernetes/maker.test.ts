import { describe, expect, test } from '@jest/globals';
import { newCronJob } from '../../src/drivers/kubernetes/cronjob.js';
import { nativeSchedule } from '../../src/drivers/kubernetes/read-back.js';
import type { Json } from '../../src/schedule.js';
import { applied, stored, type Tree } from './server.js';
import { recorded } from './specs.js';

const BARE: Tree = { metadata: { name: 'a', namespace: 'b' }, spec: { schedule: '0 3 * * *' } };
const HELM = { 'app.kubernetes.io/managed-by': 'Helm' };
const ARGO = { 'argocd.argoproj.io/tracking-id': 'app:batch/CronJob:b/a' };

function maker(patch: Tree): unknown {
  return nativeSchedule(applied(BARE, patch), {}).madeBy;
}

function running(words: readonly string[], labels: Tree): Tree {
  const containers: Json = [{ name: 'main', image: 'x', command: words }];
  return { metadata: { labels }, spec: { jobTemplate: { spec: { template: { spec: { containers } } } } } };
}

const ENTRY = ['python', '-m', 'zenml.integrations.kubernetes.orchestrators.kubernetes_orchestrator_entrypoint'];

describe('what made a CronJob', () => {
  test.each<[string | undefined, Tree]>([
    ['zenml', { metadata: { annotations: { 'zenml.io/orchestrator': '5f0c1d3e' } } }],
    ['zenml', running(ENTRY, { project_id: 'p', pipeline: 'train' })],
    [undefined, running(ENTRY, { pipeline: 'train' })],
    [undefined, running(['train'], { project_id: 'p', pipeline: 'train' })],
    ['helm', { metadata: { labels: HELM } }],
    ['argocd', { metadata: { annotations: ARGO } }],
    ['argocd', { metadata: { labels: { 'argocd.argoproj.io/instance': 'app' } } }],
    ['argocd', { metadata: { labels: HELM, annotations: ARGO } }],
    [undefined, { metadata: { labels: { 'app.kubernetes.io/instance': 'app' } } }],
    ['flux', { metadata: { labels: { 'app.kubernetes.io/managed-by': 'flux' } } }],
    [undefined, { metadata: { labels: { 'app.kubernetes.io/managed-by': 'sched' } } }],
    [undefined, {}],
  ])('is %s by its marks', (name, patch) => {
    expect(maker(patch)).toBe(name);
  });

  test('is told of what was taken over, and of nothing that sched made', () => {
    const marked = { metadata: { annotations: ARGO } };
    const adopted = stored(newCronJob(recorded({}, { adopted: true }), false));
    expect(nativeSchedule(applied(adopted, marked), {}).madeBy).toBe('argocd');
    const own = stored(newCronJob(recorded(), false));
    expect(nativeSchedule(applied(own, marked), {})).not.toHaveProperty('madeBy');
  });
});
