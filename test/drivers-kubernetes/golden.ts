/** Every answer that a real API server (1.36) was seen to refuse with, and the error that it becomes. */
import type { ErrorCode } from '../../src/errors.js';

/** The part of a Status that differs. */
export interface Body {
  readonly message: string;
  readonly reason?: string;
  readonly details?: object;
}

const CRONJOBS = { group: 'batch', kind: 'cronjobs' };
const CRONJOB = { group: 'batch', kind: 'CronJob', name: 't' };
const ACCOUNT = 'system:serviceaccount:sched:sched';

function cause(field: string, message: string): object {
  return { reason: 'FieldValueInvalid', message, field };
}

/** What a server was asked, answered, and is to be said. */
export interface Golden {
  readonly called: string;
  readonly status: number;
  readonly body: Body;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

/** From `https://cluster.example:6443`, as context `lab`, in namespace `team`. */
export const GOLDEN: readonly Golden[] = [
  {
    called: 'an unknown token',
    status: 401,
    body: { message: 'Unauthorized', reason: 'Unauthorized' },
    code: 'AUTHENTICATION',
    message: 'https://cluster.example:6443 does not accept the login of context lab.',
    hint: 'kubectl --context lab auth whoami shows whether kubectl can log in; if not, log in anew.',
  },
  {
    called: 'no token at all',
    status: 403,
    body: {
      message:
        'cronjobs.batch is forbidden: User "system:anonymous" cannot list resource "cronjobs" in API group "batch" in the namespace "team"',
      reason: 'Forbidden',
      details: CRONJOBS,
    },
    code: 'AUTHENTICATION',
    message: "Context lab holds no login that https://cluster.example:6443 takes for a user's.",
    hint: 'Its user needs a token, a certificate or an exec plugin: kubectl --context lab config view --minify',
  },
  {
    called: 'a missing right in a namespace',
    status: 403,
    body: {
      message: `cronjobs.batch is forbidden: User "${ACCOUNT}" cannot create resource "cronjobs" in API group "batch" in the namespace "team"`,
      reason: 'Forbidden',
      details: CRONJOBS,
    },
    code: 'PERMISSION',
    message: `${ACCOUNT} may not create cronjobs.batch in namespace team.`,
    hint:
      'kubectl create role sched-create-cronjobs --verb=create --resource=cronjobs.batch -n team && ' +
      'kubectl create rolebinding sched-create-cronjobs --role=sched-create-cronjobs --serviceaccount=sched:sched -n team',
  },
  {
    called: 'a missing right to a subresource',
    status: 403,
    body: {
      message: `cronjobs.batch "t" is forbidden: User "${ACCOUNT}" cannot patch resource "cronjobs/status" in API group "batch" in the namespace "team"`,
      reason: 'Forbidden',
      details: { ...CRONJOBS, name: 't' },
    },
    code: 'PERMISSION',
    message: `${ACCOUNT} may not patch cronjobs.batch/status in namespace team.`,
    hint:
      'kubectl create role sched-patch-cronjobs-status --verb=patch --resource=cronjobs.batch/status -n team && ' +
      'kubectl create rolebinding sched-patch-cronjobs-status --role=sched-patch-cronjobs-status --serviceaccount=sched:sched -n team',
  },
  {
    called: 'a missing right to what is in no API group',
    status: 403,
    body: {
      message:
        'pods "x" is forbidden: User "ann" cannot get resource "pods/log" in API group "" in the namespace "team"',
      reason: 'Forbidden',
      details: { name: 'x', kind: 'pods' },
    },
    code: 'PERMISSION',
    message: 'ann may not get pods/log in namespace team.',
    hint:
      'kubectl create role sched-get-pods-log --verb=get --resource=pods/log -n team && ' +
      'kubectl create rolebinding sched-get-pods-log --role=sched-get-pods-log --user=ann -n team',
  },
  {
    called: 'a missing right in the whole cluster',
    status: 403,
    body: {
      message: `cronjobs.batch is forbidden: User "${ACCOUNT}" cannot list resource "cronjobs" in API group "batch" at the cluster scope`,
      reason: 'Forbidden',
      details: CRONJOBS,
    },
    code: 'PERMISSION',
    message: `${ACCOUNT} may not list cronjobs.batch in the whole cluster.`,
    hint:
      'kubectl create clusterrole sched-list-cronjobs --verb=list --resource=cronjobs.batch && ' +
      'kubectl create clusterrolebinding sched-list-cronjobs --clusterrole=sched-list-cronjobs --serviceaccount=sched:sched',
  },
  {
    called: 'a quota',
    status: 403,
    body: {
      message:
        'cronjobs.batch "t" is forbidden: exceeded quota: q, requested: count/cronjobs.batch=1, used: count/cronjobs.batch=10, limited: count/cronjobs.batch=10',
      reason: 'Forbidden',
      details: { ...CRONJOBS, name: 't' },
    },
    code: 'PERMISSION',
    message:
      'A quota of namespace team is used up: exceeded quota: q, requested: count/cronjobs.batch=1, used: count/cronjobs.batch=10, limited: count/cronjobs.batch=10',
    hint: 'kubectl describe quota -n team',
  },
  {
    called: 'a namespace that is being deleted',
    status: 403,
    body: {
      message:
        'cronjobs.batch "u" is forbidden: unable to create new content in namespace team because it is being terminated',
      reason: 'Forbidden',
      details: {
        ...CRONJOBS,
        name: 'u',
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: 'namespace team is being terminated',
            field: 'metadata.namespace',
          },
        ],
      },
    },
    code: 'CONFLICT',
    message: 'Namespace team is being deleted: nothing can be made in it.',
    hint: 'kubectl get namespace team',
  },
  {
    called: 'a ValidatingAdmissionPolicy',
    status: 422,
    body: {
      message:
        "cronjobs.batch \"t\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: every minute is too often",
      reason: 'Invalid',
      details: { ...CRONJOBS, name: 't', causes: [{ message: 'the same' }] },
    },
    code: 'PERMISSION',
    message: 'A policy of the cluster refuses it: every minute is too often',
    hint: 'kubectl get validatingadmissionpolicy p -o yaml',
  },
  ...[403, 400].map(
    (status): Golden => ({
      called: `an admission webhook (${status})`,
      status,
      body: { message: 'admission webhook "rules.example" denied the request: no image of that registry' },
      code: 'PERMISSION',
      message: 'A policy of the cluster refuses it: no image of that registry',
      hint: 'The admission webhook rules.example decides it; who runs the cluster knows its rules.',
    }),
  ),
  {
    called: 'another admission plugin',
    status: 403,
    body: {
      message: 'cronjobs.batch "t" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
      reason: 'Forbidden',
      details: { ...CRONJOBS, name: 't' },
    },
    code: 'PERMISSION',
    message: 'A policy of the cluster refuses it: maximum cpu usage per Container is 1, but limit is 2',
  },
  {
    called: 'a missing namespace',
    status: 404,
    body: {
      message: 'namespaces "ghost" not found',
      reason: 'NotFound',
      details: { name: 'ghost', kind: 'namespaces' },
    },
    code: 'NOT_FOUND',
    message: 'There is no namespace ghost on https://cluster.example:6443.',
    hint: 'kubectl create namespace ghost',
  },
  {
    called: 'a missing CronJob',
    status: 404,
    body: {
      message: 'cronjobs.batch "absent" not found',
      reason: 'NotFound',
      details: { ...CRONJOBS, name: 'absent' },
    },
    code: 'NOT_FOUND',
    message: 'There is no CronJob absent in namespace team.',
  },
  {
    called: 'a version of the API that is not served',
    status: 404,
    body: { message: 'the server could not find the requested resource', reason: 'NotFound', details: {} },
    code: 'UNSUPPORTED',
    message: 'https://cluster.example:6443 does not know /apis/batch/v1/namespaces/team/cronjobs.',
    hint: 'CronJobs (batch/v1) need Kubernetes 1.21, their time zones 1.27.',
  },
  {
    called: 'a name that is taken',
    status: 409,
    body: {
      message: 'cronjobs.batch "minimal" already exists',
      reason: 'AlreadyExists',
      details: { ...CRONJOBS, name: 'minimal' },
    },
    code: 'CONFLICT',
    message: 'There is a CronJob minimal in namespace team already.',
  },
  {
    called: 'a stale resourceVersion',
    status: 409,
    body: {
      message:
        'Operation cannot be fulfilled on cronjobs.batch "t": the object has been modified; please apply your changes to the latest version and try again',
      reason: 'Conflict',
      details: { ...CRONJOBS, name: 't' },
    },
    code: 'CONFLICT',
    message: 'The CronJob t in namespace team was changed by somebody else meanwhile.',
  },
  {
    called: 'a uid that does not hold, when deleting',
    status: 409,
    body: {
      message:
        'Operation cannot be fulfilled on CronJob.batch "t": the UID in the precondition (1) does not match the UID in record (2). The object might have been deleted and then recreated',
      reason: 'Conflict',
      details: CRONJOB,
    },
    code: 'CONFLICT',
    message: 'The CronJob t in namespace team was deleted and made anew by somebody else.',
  },
  {
    called: 'a uid that does not hold, when putting',
    status: 409,
    body: {
      message:
        'Operation cannot be fulfilled on cronjobs.batch "t": Precondition failed: UID in precondition: 1, UID in object meta: 2',
      reason: 'Conflict',
      details: { ...CRONJOBS, name: 't' },
    },
    code: 'CONFLICT',
    message: 'The CronJob t in namespace team was deleted and made anew by somebody else.',
  },
  {
    called: 'another conflict',
    status: 409,
    body: { message: 'uid mismatch: so it is', reason: 'Conflict', details: { ...CRONJOBS, name: 't' } },
    code: 'CONFLICT',
    message: 'The CronJob t in namespace team is in conflict: uid mismatch: so it is',
  },
  {
    called: 'several faults',
    status: 422,
    body: {
      message: 'CronJob.batch "t" is invalid: [spec.schedule: …, spec.timeZone: …]',
      reason: 'Invalid',
      details: {
        ...CRONJOB,
        causes: [
          cause('spec.schedule', 'Invalid value: "x": expected exactly 5 fields, found 1: [x]'),
          cause('spec.timeZone', 'Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus'),
          cause('spec.timeZone', 'Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus'),
        ],
      },
    },
    code: 'UNSUPPORTED',
    message:
      'The cluster refuses it: spec.schedule: Invalid value: "x": expected exactly 5 fields, found 1: [x]; spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus',
  },
  {
    called: 'a fault without a field',
    status: 422,
    body: {
      message: 'CronJob.batch "" is invalid',
      reason: 'Invalid',
      details: { causes: [{ message: 'Required value: name or generateName is required' }] },
    },
    code: 'UNSUPPORTED',
    message: 'The cluster refuses it: Required value: name or generateName is required',
  },
  {
    called: 'a value of another type',
    status: 400,
    body: {
      message:
        'CronJob in version "v1" cannot be handled as a CronJob: json: cannot unmarshal string into Go struct field CronJobSpec.spec.suspend of type bool',
      reason: 'BadRequest',
    },
    code: 'UNSUPPORTED',
    message:
      'The cluster refuses it: CronJob in version "v1" cannot be handled as a CronJob: json: cannot unmarshal string into Go struct field CronJobSpec.spec.suspend of type bool',
  },
  {
    called: 'an unknown field, created strictly',
    status: 400,
    body: {
      message:
        'CronJob in version "v1" cannot be handled as a CronJob: strict decoding error: unknown field "spec.timezone", unknown field "spec.jobTemplate.spec.nope"',
      reason: 'BadRequest',
    },
    code: 'UNSUPPORTED',
    message: 'The cluster refuses it: unknown field "spec.timezone", unknown field "spec.jobTemplate.spec.nope"',
  },
  {
    called: 'an unknown field, patched strictly, with the whole object before it',
    status: 422,
    body: {
      message: ` "" is invalid: patch: Invalid value: "{${'x'.repeat(3000)}}": strict decoding error: unknown field "spec.nope"`,
      reason: 'Invalid',
      details: { causes: [cause('patch', `Invalid value: "{${'x'.repeat(3000)}}"`)] },
    },
    code: 'UNSUPPORTED',
    message: 'The cluster refuses it: unknown field "spec.nope"',
  },
  ...[
    { status: 500, body: { message: 'etcdserver: request is too large' } },
    {
      status: 413,
      body: { message: 'Request entity too large: limit is 3145728', reason: 'RequestEntityTooLarge' },
    },
  ].map(
    ({ status, body }): Golden => ({
      called: `too large an object (${status})`,
      status,
      body,
      code: 'UNSUPPORTED',
      message: 'It is too large for the cluster to store.',
      hint: 'The cluster takes about 1.5 MB: put large texts into the image or a ConfigMap.',
    }),
  ),
  {
    called: 'a webhook that does not answer',
    status: 500,
    body: {
      message: 'Internal error occurred: failed calling webhook "rules.example": connection refused',
      reason: 'InternalError',
    },
    code: 'UNAVAILABLE',
    message:
      'https://cluster.example:6443 cannot answer at the moment (status 500): Internal error occurred: failed calling webhook "rules.example": connection refused',
  },
  {
    called: 'a time-out in the server',
    status: 504,
    body: { message: 'Timeout: request did not complete within the allotted timeout', reason: 'Timeout' },
    code: 'UNAVAILABLE',
    message:
      'https://cluster.example:6443 cannot answer at the moment (status 504): Timeout: request did not complete within the allotted timeout',
  },
  {
    called: 'a type of content that it does not take',
    status: 415,
    body: { message: '415: Unsupported Media Type', reason: 'UnsupportedMediaType', details: {} },
    code: 'FAILED',
    message: 'https://cluster.example:6443 refuses it (status 415): 415: Unsupported Media Type',
  },
];
