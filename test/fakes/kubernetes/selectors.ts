/** Label and field selectors of lists, and the tokens that continue them. */
import { type Fields, fieldsAt, textAt } from './fields.js';
import { badRequest, type Resource } from './status.js';

type Test = (object: Fields) => boolean;

/** Reads `a=b,c!=d,e in (f,g),h,!i`. Throws the 400 for what cannot be read. */
export function labelSelector(text: string): Test {
  const tests = text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(requirement);
  return (object) => {
    const labels = fieldsAt(object, 'metadata.labels');
    return tests.every((test) => test(labels));
  };
}

function requirement(part: string): Test {
  const [, absent] = /^!\s*(\S+)$/.exec(part) ?? [];
  if (absent !== undefined) {
    return (labels) => !(absent in labels);
  }
  const [, key = '', operator, list = ''] = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part) ?? [];
  if (operator !== undefined) {
    const values = list.split(',').map((value) => value.trim());
    return (labels) =>
      (values.includes(String(labels[key])) && key in labels === (operator === 'in')) ||
      (operator === 'notin' && !values.includes(String(labels[key])));
  }
  const [, name = '', sign, value = ''] = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/.exec(part) ?? [];
  if (sign !== undefined) {
    return (labels) => (labels[name] === value) === (sign !== '!=');
  }
  const [first = '', second] = part.split(/\s+/);
  if (second !== undefined) {
    throw badRequest(`unable to parse requirement: found '${second}', expected: in, notin, =, ==, !=, gt, lt`);
  }
  return (labels) => first in labels;
}

/** Fields that lists can be asked by, beside the name and the namespace. */
const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  pods: ['status.phase', 'spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName'],
  jobs: ['status.successful'],
  events: [
    'involvedObject.kind',
    'involvedObject.name',
    'involvedObject.namespace',
    'involvedObject.uid',
    'reason',
    'type',
  ],
  namespaces: ['status.phase'],
};

/** Reads `metadata.name=x`. Throws the 400 for fields that the resource does not know. */
export function fieldSelector(text: string, { plural }: Resource): Test {
  const tests = text
    .split(',')
    .filter((part) => part !== '')
    .map((part): Test => {
      const [, field = '', sign, value] = /^([^=!]+)(==|=|!=)(.*)$/.exec(part) ?? [];
      if (!['metadata.name', 'metadata.namespace', ...(SELECTABLE[plural] ?? [])].includes(field)) {
        throw badRequest(`"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
      }
      return (object) => (textAt(object, field) === value) === (sign !== '!=');
    });
  return (object) => tests.every((test) => test(object));
}

/** Where a list goes on: the version that it shows (-1: whatever is there), and the key after which. */
export interface Continuation {
  readonly version: number;
  readonly after: string;
}

export function continueToken({ version, after }: Continuation): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start: `${after}\0` })).toString('base64url');
}

/** Throws the 400 for a token that is none. */
export function continuation(token: string): Continuation {
  const text = Buffer.from(token, 'base64url').toString('latin1');
  try {
    const { rv, start } = JSON.parse(text) as { rv: number; start: string };
    return { version: rv, after: start.replace(/\0$/, '') };
  } catch {
    const why = `invalid character '${text.slice(0, 1)}' looking for beginning of value`;
    throw badRequest(`invalid continue token: continue key is not valid: ${why}`);
  }
}
