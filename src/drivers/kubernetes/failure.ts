import { SchedError } from '../../errors.js';
import type { HttpAnswer } from '../shared/http.js';
import { PatienceError } from '../shared/patience.js';
import { forbidden } from './forbidden.js';
import { type Asked, plainStatus, readStatus, type Status, StatusError, shortened } from './status.js';

/** Milliseconds to wait where the server asks for patience and does not say how much. */
const PATIENCE = 1000;

/** An answer that is no success as an error: the code by what it means, the server's words, and what helps. */
export function failureOf(answer: HttpAnswer, asked: Asked): SchedError {
  const status = readStatus(answer.body);
  const { status: code } = answer;
  if (code === 401) {
    const words = status ?? plainStatus(code, 'Unauthorized');
    return new SchedError('AUTHENTICATION', `${asked.server} does not accept the login of context ${asked.context}.`, {
      hint: `kubectl --context ${asked.context} auth whoami shows whether kubectl can log in; if not, log in anew.`,
      cause: new StatusError(words),
    });
  }
  if (code === 429) {
    return impatient('RATE_LIMITED', answer, `${asked.server} asks for patience: too many requests.`);
  }
  if (code === 413 || (status !== undefined && /request is too large/i.test(status.message))) {
    return new SchedError('UNSUPPORTED', 'It is too large for the cluster to store.', {
      hint: 'The cluster takes about 1.5 MB: put large texts into the image or a ConfigMap.',
      cause: new StatusError(status ?? plainStatus(code, answer.body)),
    });
  }
  if (code >= 500) {
    const words = status === undefined ? '.' : `: ${shortened(status.message)}`;
    return impatient('UNAVAILABLE', answer, `${asked.server} cannot answer at the moment (status ${code})${words}`);
  }
  return status === undefined ? foreignAnswer(answer, asked) : refusalOf(status, asked);
}

/** An answer that no API server gives: of a proxy, a login page, another service. */
export function foreignAnswer({ status, headers }: HttpAnswer, { server }: Asked): SchedError {
  const kind = headers['content-type']?.split(';')[0] ?? 'no content type';
  return new SchedError(
    'UNAVAILABLE',
    `${server} does not answer as a Kubernetes cluster does (status ${status}, ${kind}).`,
    {
      hint: 'Something stands between, such as a proxy or a login page, or the address is another service.',
    },
  );
}

function refusalOf(status: Status, asked: Asked): SchedError {
  const cause = new StatusError(status);
  switch (status.code) {
    case 403:
      return forbidden(status, cause, asked);
    case 404:
      return missing(status, cause, asked);
    case 409:
      return conflict(status, cause, asked);
    case 400:
    case 422:
      return isPolicy(status.message) ? forbidden(status, cause, asked) : invalid(status, cause);
    default:
      return isPolicy(status.message)
        ? forbidden(status, cause, asked)
        : new SchedError('FAILED', `${asked.server} refuses it (status ${status.code}): ${shortened(status.message)}`, {
            cause,
          });
  }
}

function isPolicy(message: string): boolean {
  return /ValidatingAdmissionPolicy|admission webhook/.test(message);
}

function missing(status: Status, cause: StatusError, { server, path, namespace }: Asked): SchedError {
  if (status.kind === 'namespaces') {
    return new SchedError('NOT_FOUND', `There is no namespace ${status.name} on ${server}.`, {
      hint: `kubectl create namespace ${status.name}`,
      cause,
    });
  }
  if (status.name === '') {
    return new SchedError('UNSUPPORTED', `${server} does not know ${path}.`, {
      hint: 'CronJobs (batch/v1) need Kubernetes 1.21, their time zones 1.27.',
      cause,
    });
  }
  return new SchedError('NOT_FOUND', `There is no ${nounOf(status.kind)} ${status.name}${inNamespace(namespace)}.`, {
    cause,
  });
}

function conflict(status: Status, cause: StatusError, { namespace }: Asked): SchedError {
  const what = `${nounOf(status.kind)} ${status.name}${inNamespace(namespace)}`;
  const sentence =
    status.reason === 'AlreadyExists'
      ? `There is a ${what} already.`
      : /UID in (the )?precondition/i.test(status.message)
        ? `The ${what} was deleted and made anew by somebody else.`
        : /object has been modified/.test(status.message)
          ? `The ${what} was changed by somebody else meanwhile.`
          : `The ${what} is in conflict: ${shortened(status.message)}`;
  return new SchedError('CONFLICT', sentence, { cause });
}

function invalid(status: Status, cause: StatusError): SchedError {
  const faults = status.causes.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  // Strict validation tells its faults in the message only, after the whole object where it was a patch.
  const strict = /strict decoding error: (.*)$/s.exec(status.message)?.[1];
  const words = strict ?? (faults.length > 0 ? [...new Set(faults)].join('; ') : status.message);
  return new SchedError('UNSUPPORTED', `The cluster refuses it: ${shortened(words)}`, { cause });
}

function impatient(code: 'RATE_LIMITED' | 'UNAVAILABLE', answer: HttpAnswer, sentence: string): SchedError {
  const seconds = Number(answer.headers['retry-after']);
  const cause = new StatusError(readStatus(answer.body) ?? plainStatus(answer.status, answer.body));
  if (Number.isFinite(seconds) && answer.headers['retry-after'] !== undefined) {
    return new PatienceError(code, sentence, seconds * 1000, { cause });
  }
  return code === 'RATE_LIMITED'
    ? new PatienceError(code, sentence, PATIENCE, { cause })
    : new SchedError(code, sentence, { cause });
}

/** `cronjobs` and `CronJob` as one of them is called. */
function nounOf(kind: string): string {
  const singular = kind.replace(/s$/, '').toLowerCase();
  return NOUNS[singular] ?? (singular || 'object');
}

const NOUNS: Readonly<Record<string, string>> = { cronjob: 'CronJob', job: 'Job', pod: 'pod', namespace: 'namespace' };

function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? '' : ` in namespace ${namespace}`;
}
