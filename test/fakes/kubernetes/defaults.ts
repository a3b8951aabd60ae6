/** What the API server adds to CronJobs and Jobs where nothing was said. */
import type { Json } from '../../../src/schedule.js';
import { at, type Fields, fieldsAt, isFields, listAt, present, same, textAt, withMetadata } from './fields.js';

/** A CronJob with every default. */
export function cronJobWithDefaults(object: Fields): Fields {
  const spec = fieldsAt(object, 'spec');
  const template = fieldsAt(spec, 'jobTemplate');
  return {
    ...object,
    spec: {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      ...spec,
      jobTemplate: { ...template, spec: withPodDefaults(fieldsAt(template, 'spec')) },
    },
  };
}

/** A Job with every default that does not depend on its uid. */
export function jobWithDefaults(object: Fields): Fields {
  const spec = fieldsAt(object, 'spec');
  const labels = at(spec, 'template.metadata.labels');
  const counts =
    spec.completions === undefined && spec.parallelism === undefined
      ? { completions: 1, parallelism: 1 }
      : { parallelism: 1 };
  const own = at(object, 'metadata.labels');
  // A Job without labels takes those of its pods.
  const labelled = own === undefined && labels !== undefined ? withMetadata(object, { labels }) : object;
  return {
    ...labelled,
    spec: {
      ...counts,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      manualSelector: false,
      ...withPodDefaults(spec),
    },
  };
}

/** What a Job gets from its own uid: a selector, and labels for its pods. */
export function jobWithSelector(object: Fields): Fields {
  const [uid, name] = [textAt(object, 'metadata.uid'), textAt(object, 'metadata.name')];
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const spec = fieldsAt(object, 'spec');
  const template = fieldsAt(spec, 'template');
  const labelled = (thing: Fields): Fields =>
    withMetadata(thing, { labels: { ...fieldsAt(thing, 'metadata.labels'), ...labels } });
  const pods = labelled(template);
  const own = fieldsAt(object, 'metadata.labels');
  // A Job without labels of its own has those of its pods, these too.
  const taken = same(own, fieldsAt(template, 'metadata.labels')) ? fieldsAt(pods, 'metadata.labels') : own;
  return {
    ...withMetadata(object, { labels: taken }),
    spec: {
      ...spec,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      template: pods,
    },
  };
}

/** The defaults of the pod template inside a Job's spec. */
function withPodDefaults(job: Fields): Fields {
  const template = fieldsAt(job, 'template');
  const pod = fieldsAt(template, 'spec');
  const account = textAt(pod, 'serviceAccountName') || textAt(pod, 'serviceAccount');
  return {
    ...job,
    template: {
      ...template,
      spec: present({
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        dnsPolicy: 'ClusterFirst',
        securityContext: {},
        schedulerName: 'default-scheduler',
        ...pod,
        ...(account !== '' && { serviceAccountName: account, serviceAccount: account }),
        containers: pod.containers === null ? null : listAt(pod, 'containers').map(withContainerDefaults),
        initContainers:
          pod.initContainers === undefined ? undefined : listAt(pod, 'initContainers').map(withContainerDefaults),
      }),
    },
  };
}

function withContainerDefaults(container: Json): Json {
  if (!isFields(container)) {
    return container;
  }
  const resources = fieldsAt(container, 'resources');
  const limits = fieldsAt(resources, 'limits');
  return {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(textAt(container, 'image')),
    ...container,
    resources: present({
      ...resources,
      limits: Object.keys(limits).length === 0 ? undefined : limits,
    }),
  };
}

/** The tag `latest`, which an image without a tag or digest has too, is pulled always. */
function pullPolicy(image: string): string {
  const [name = '', digest] = image.split('@');
  const tag = /:([^/:]+)$/.exec(name)?.[1];
  return (tag ?? (digest === undefined ? 'latest' : '')) === 'latest' ? 'Always' : 'IfNotPresent';
}
