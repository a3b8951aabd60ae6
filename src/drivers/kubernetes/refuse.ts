import { SchedError } from '../../errors.js';

/** An UNSUPPORTED error: a part of a spec that Kubernetes has no room for, under the name that users see. */
export function refuse(field: string, limit: string, instead: string): SchedError {
  return new SchedError('UNSUPPORTED', `kubernetes cannot honour ${field}: ${limit}.`, { hint: instead });
}
