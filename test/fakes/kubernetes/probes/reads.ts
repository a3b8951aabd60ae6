/** Logging in, rights, reading and listing. */
import type { Json } from '../../../../src/schedule.js';
import type { Probe, Step } from './probe.js';
import { create, cronJob } from './writes.js';

const RBAC = '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}';

/** An account that may do `verbs` with CronJobs in the namespace and nothing else; its token is kept as `token`. */
function account(name: string, verbs: readonly string[], resources: readonly string[] = ['cronjobs']): Step[] {
  const subject = { kind: 'ServiceAccount', name, namespace: '{ns}' };
  return [
    { send: 'POST /api/v1/namespaces/{ns}/serviceaccounts', body: { metadata: { name } }, show: 'nothing' },
    {
      send: `POST ${RBAC}/roles`,
      body: { metadata: { name }, rules: [{ apiGroups: ['batch'], resources, verbs }] },
      show: 'nothing',
    },
    {
      send: `POST ${RBAC}/rolebindings`,
      body: {
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
        subjects: [subject],
      },
      show: 'nothing',
    },
    {
      send: `POST /api/v1/namespaces/{ns}/serviceaccounts/${name}/token`,
      body: { spec: { expirationSeconds: 600 } },
      keep: { token: 'status.token' },
      show: 'nothing',
    },
  ];
}

function may(verb: string, resource: string, more: Readonly<Record<string, Json>> = {}): Step {
  return {
    send: 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: { spec: { resourceAttributes: { namespace: '{ns}', verb, group: 'batch', resource, ...more } } },
    as: 'token',
    show: ['status'],
  };
}

const listed = (query: string): Step => ({ send: `GET /cronjobs?${query}`, show: ['items'] });

export const reads: readonly Probe[] = [
  {
    name: 'a wrong token is 401, no token is 403',
    steps: [
      { send: 'GET /cronjobs', as: 'wrong' },
      { send: 'GET /cronjobs', as: 'nobody' },
      { send: 'GET /cronjobs/any', as: 'nobody' },
      { send: 'GET /api/v1/namespaces/kube-system', as: 'nobody' },
      { send: 'GET /version', as: 'nobody' },
    ],
  },
  {
    name: 'an account without the right is 403, with the verb, the resource and the namespace',
    steps: [
      ...account('reader', ['get']),
      { send: 'GET /cronjobs/absent', as: 'token', until: 404 },
      { send: 'GET /cronjobs', as: 'token' },
      { send: 'GET /apis/batch/v1/namespaces/default/cronjobs', as: 'token' },
      { send: 'GET /apis/batch/v1/cronjobs', as: 'token' },
      create(cronJob('denied'), '', { as: 'token' }),
      create(cronJob('denied'), '?dryRun=All', { as: 'token' }),
      { send: 'PATCH /cronjobs/absent', body: {}, as: 'token' },
      { send: 'PATCH /cronjobs/absent/status', body: {}, as: 'token' },
      { send: 'DELETE /cronjobs/absent', as: 'token' },
      { send: 'DELETE /cronjobs', as: 'token' },
      { send: 'POST /jobs', body: {}, as: 'token' },
      { send: 'GET /api/v1/namespaces/kube-system', as: 'token' },
      { send: 'GET /api/v1/namespaces/{ns}/pods', as: 'token' },
      { send: 'GET /api/v1/namespaces/{ns}/pods/x/log', as: 'token' },
      { send: 'GET /api/v1/nodes', as: 'token' },
    ],
  },
  {
    name: 'rights can be asked for in advance',
    steps: [
      ...account('asker', ['get', 'list', 'create']),
      { send: 'GET /cronjobs', as: 'token', until: 200 },
      may('create', 'cronjobs'),
      may('delete', 'cronjobs'),
      may('list', 'jobs'),
      may('patch', 'cronjobs', { subresource: 'status' }),
      may('create', 'cronjobs', { namespace: 'default' }),
      {
        send: 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } },
        show: ['status'],
      },
    ],
  },
  {
    name: 'who am I',
    steps: [
      {
        send: 'POST /apis/authentication.k8s.io/v1/selfsubjectreviews',
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
        show: ['kind', 'apiVersion', 'status.userInfo.groups'],
      },
      ...account('self', ['get']),
      {
        send: 'POST /apis/authentication.k8s.io/v1/selfsubjectreviews',
        body: {},
        as: 'token',
        show: ['status.userInfo.username', 'status.userInfo.groups'],
      },
    ],
  },
  {
    name: 'what is not there is 404',
    steps: [
      { send: 'GET /cronjobs/absent' },
      { send: 'PATCH /cronjobs/absent', body: { spec: { suspend: true } } },
      { send: 'PATCH /cronjobs/absent/status', body: { status: {} } },
      { send: 'DELETE /cronjobs/absent' },
      { send: 'GET /jobs/absent' },
      { send: 'DELETE /jobs/absent' },
      { send: 'GET /api/v1/namespaces/{ns}/pods/absent' },
      { send: 'GET /api/v1/namespaces/{ns}/pods/absent/log' },
      { send: 'GET /api/v1/nodes/absent' },
    ],
  },
  {
    name: 'lists have pages, selectors and items without kind',
    steps: [
      ...['one', 'two', 'three', 'four'].map((name, index) =>
        create(
          cronJob(`page-${name}`, {}, { labels: { shelf: 'pages', book: name, ...(index < 2 && { old: 'yes' }) } }),
          '',
          { show: 'nothing' },
        ),
      ),
      { send: 'GET /cronjobs?labelSelector=shelf%3Dpages,old&limit=500', show: ['kind', 'apiVersion', 'items'] },
      {
        send: 'GET /cronjobs?labelSelector=shelf%3Dpages&limit=3',
        show: ['kind', 'apiVersion', 'metadata', 'items/2/metadata/name', 'items/3'],
        keep: { next: 'metadata.continue' },
      },
      {
        send: 'GET /cronjobs?labelSelector=shelf%3Dpages&limit=3&continue={next}',
        show: ['metadata', 'items/0/metadata/name', 'items/1'],
      },
      { send: 'GET /cronjobs?labelSelector=shelf%3Dpages&limit=3&continue=zzz' },
      { send: 'GET /cronjobs?limit=-1', show: ['kind'] },
      ...[
        'shelf%3Dpages,!old',
        'shelf%3Dpages,old',
        'book%20in%20(one,two),shelf',
        'book%20notin%20(one,two),shelf%3D%3Dpages',
        'book!%3Done,shelf%3Dpages',
        'shelf%3Dnone',
      ].map((selector) => ({
        send: `GET /cronjobs?labelSelector=${selector}&limit=500`,
        show: ['items/0/metadata/name', 'items/1/metadata/name', 'items/2/metadata/name'],
      })),
      { send: 'GET /cronjobs?labelSelector=a%20b%20c' },
      listed('labelSelector=shelf%3Dnone'),
    ],
  },
  {
    name: 'the rest of a page is counted without a selector only',
    steps: [
      { send: 'POST /api/v1/namespaces', body: { metadata: { name: '{ns}-pages' } }, show: 'nothing' },
      ...['one', 'two', 'three'].map((name) => ({
        send: 'POST /apis/batch/v1/namespaces/{ns}-pages/cronjobs',
        body: cronJob(name),
        show: 'nothing' as const,
      })),
      { send: 'GET /apis/batch/v1/namespaces/{ns}-pages/cronjobs?limit=2', show: ['metadata'] },
      {
        send: 'GET /apis/batch/v1/namespaces/{ns}-pages/cronjobs',
        show: ['items/0/metadata/name', 'items/1/metadata/name', 'items/2/metadata/name'],
      },
      { send: 'DELETE /api/v1/namespaces/{ns}-pages', show: 'nothing' },
    ],
  },
  {
    name: 'field selectors know the name and the namespace only',
    steps: [
      create(cronJob('by-field'), '', { show: 'nothing' }),
      { send: 'GET /cronjobs?fieldSelector=metadata.name%3Dby-field', show: ['items/0/metadata/name', 'items/1'] },
      { send: 'GET /cronjobs?fieldSelector=spec.suspend%3Dtrue' },
    ],
  },
  {
    name: 'the cluster has an identity, a version and nodes',
    steps: [
      {
        send: 'GET /api/v1/namespaces/kube-system',
        show: ['kind', 'apiVersion', 'metadata.name', 'metadata.uid', 'status'],
      },
      { send: 'GET /version', show: ['major'] },
      { send: 'GET /api/v1/nodes?limit=500', show: ['kind', 'apiVersion'] },
      {
        send: 'GET /api/v1/namespaces/{ns}/pods?labelSelector=batch.kubernetes.io%2Fjob-name%3Dabsent',
        show: ['kind', 'apiVersion', 'items'],
      },
      {
        send: 'GET /api/v1/namespaces/{ns}/pods?labelSelector=batch.kubernetes.io%2Fjob-name%3Dabsent&fieldSelector=status.phase%3DPending',
        show: ['items'],
      },
      { send: 'GET /api/v1/namespaces/{ns}/serviceaccounts/default', until: 200, show: ['kind', 'metadata.name'] },
      { send: 'GET /api/v1/namespaces/{ns}/secrets/absent' },
      { send: 'GET /api/v1/namespaces/{ns}/resourcequotas', show: ['kind', 'apiVersion', 'items'] },
    ],
  },
  {
    name: 'a quota that is used up refuses',
    steps: [
      { send: 'POST /api/v1/namespaces', body: { metadata: { name: '{ns}-quota' } }, show: 'nothing' },
      {
        send: 'POST /api/v1/namespaces/{ns}-quota/resourcequotas',
        body: { metadata: { name: 'q' }, spec: { hard: { 'count/cronjobs.batch': '0' } } },
        show: 'nothing',
      },
      {
        send: 'POST /apis/batch/v1/namespaces/{ns}-quota/cronjobs?dryRun=All',
        body: cronJob('first'),
        until: 403,
        show: 'nothing',
      },
      { send: 'POST /apis/batch/v1/namespaces/{ns}-quota/cronjobs?dryRun=All', body: cronJob('first'), after: 1000 },
      { send: 'POST /apis/batch/v1/namespaces/{ns}-quota/cronjobs', body: cronJob('first') },
      { send: 'GET /api/v1/namespaces/{ns}-quota/resourcequotas', show: ['items/0/spec', 'items/0/status'] },
      { send: 'DELETE /api/v1/namespaces/{ns}-quota', show: 'nothing' },
    ],
  },
  {
    name: 'a namespace that is being deleted refuses',
    steps: [
      { send: 'POST /api/v1/namespaces', body: { metadata: { name: '{ns}-dying' } }, show: 'nothing' },
      {
        send: 'POST /apis/batch/v1/namespaces/{ns}-dying/cronjobs',
        body: cronJob('held', {}, { finalizers: ['lab.example/stay'] }),
        show: 'nothing',
      },
      { send: 'DELETE /api/v1/namespaces/{ns}-dying', show: ['status.phase', 'spec'] },
      { send: 'POST /apis/batch/v1/namespaces/{ns}-dying/cronjobs', body: cronJob('late') },
      { send: 'POST /apis/batch/v1/namespaces/{ns}-dying/cronjobs?dryRun=All', body: cronJob('late') },
      { send: 'GET /api/v1/namespaces/{ns}-dying', show: ['status.phase'] },
      {
        send: 'PATCH /apis/batch/v1/namespaces/{ns}-dying/cronjobs/held',
        body: { metadata: { finalizers: null } },
        show: 'nothing',
      },
    ],
  },
  {
    name: 'a policy of the cluster refuses with 422',
    steps: [
      {
        send: 'POST /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
        body: {
          metadata: { name: '{ns}-policy' },
          spec: {
            failurePolicy: 'Fail',
            matchConstraints: {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': '{ns}' } },
              resourceRules: [
                { apiGroups: ['batch'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['cronjobs'] },
              ],
            },
            validations: [{ expression: "object.spec.schedule != '7 7 7 7 *'", message: 'seven is too often' }],
          },
        },
        show: 'nothing',
      },
      {
        send: 'POST /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
        body: { metadata: { name: '{ns}-binding' }, spec: { policyName: '{ns}-policy', validationActions: ['Deny'] } },
        show: 'nothing',
      },
      create(cronJob('policed', { schedule: '7 7 7 7 *' }), '?dryRun=All', { until: 422 }),
      create(cronJob('policed', { schedule: '7 7 7 8 *' }), '?dryRun=All'),
      {
        send: 'DELETE /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/{ns}-binding',
        show: 'nothing',
      },
      { send: 'DELETE /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/{ns}-policy', show: 'nothing' },
    ],
  },
];
