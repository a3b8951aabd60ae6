import { type ErrorDetail, SchedError } from '../../errors.js';

/** An answer that says how long to wait before asking again (`Retry-After`, RFC 9110 §10.2.3). */
export class PatienceError extends SchedError {
  /** Milliseconds. */
  readonly retryAfter: number;

  constructor(code: 'RATE_LIMITED' | 'UNAVAILABLE', message: string, retryAfter: number, detail: ErrorDetail = {}) {
    super(code, message, detail);
    this.retryAfter = retryAfter;
  }
}
