import { SchedError } from '../errors.js';
import type { Redactor } from './redact.js';

/** Errors of the system and of HTTP clients that say that nobody answered (errno(3), undici). */
const SILENCE =
  /^(ECONN(REFUSED|RESET|ABORTED)|E(HOST|NET)(UNREACH|DOWN)|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|UND_ERR_\w+)$/;

/** Anything thrown as a `SchedError`: UNAVAILABLE when nobody answered, else FAILED, with flavor, operation and the cause. */
export function asFailure(error: unknown, flavor: string, operation: string): SchedError {
  if (error instanceof SchedError) {
    return error;
  }
  const message = error instanceof Error ? error.message : String(error);
  return new SchedError(isSilence(error) ? 'UNAVAILABLE' : 'FAILED', `${flavor} ${operation} failed: ${message}`, {
    cause: error,
  });
}

/** The same error without secrets, in its causes too. */
export function redacted(error: SchedError, redact: Redactor): SchedError {
  const clean = new SchedError(error.code, redact.text(error.message), {
    ...(error.hint !== undefined && { hint: redact.text(error.hint) }),
    ...(error.detail !== undefined && { detail: redact.text(error.detail) }),
    ...(error.cause !== undefined && { cause: redact.value(error.cause) }),
  });
  clean.stack = redact.text(error.stack ?? '');
  return clean;
}

function isSilence(error: unknown): boolean {
  if (!(error instanceof Error)) {
    return false;
  }
  const code = 'code' in error ? error.code : undefined;
  return (typeof code === 'string' && SILENCE.test(code)) || (error.cause !== error && isSilence(error.cause));
}
