/**
 * Every way to fail, in one table: the process's exit status and whether trying again can help.
 * The README's table of exit codes is generated from it.
 */
export const ERROR_CODES = {
  FAILED: { exit: 1, retry: false, meaning: 'it failed' },
  USAGE: { exit: 2, retry: false, meaning: 'the command line is wrong' },
  NOT_FOUND: { exit: 3, retry: false, meaning: 'no such schedule, run or change' },
  ORCHESTRATOR_NOT_FOUND: { exit: 3, retry: false, meaning: 'no such orchestrator' },
  AMBIGUOUS: { exit: 2, retry: false, meaning: 'the name or id fits several schedules' },
  AUTHENTICATION: { exit: 4, retry: false, meaning: 'login refused or expired, or a certificate not trusted' },
  PERMISSION: { exit: 4, retry: false, meaning: 'a right is missing' },
  CONFLICT: { exit: 5, retry: false, meaning: 'taken, changed meanwhile, or in use by another process' },
  IDENTITY: { exit: 5, retry: false, meaning: 'the orchestrator is not the one that was registered' },
  UNSUPPORTED: { exit: 6, retry: false, meaning: 'the orchestrator cannot do this' },
  UNAVAILABLE: { exit: 7, retry: true, meaning: 'the orchestrator did not answer' },
  RATE_LIMITED: { exit: 7, retry: true, meaning: 'the orchestrator asks for patience' },
  TIMED_OUT: { exit: 7, retry: false, meaning: 'the time allowed is over' },
  PARTLY: { exit: 8, retry: false, meaning: 'partly done or partly unchecked' },
  REGISTRY: { exit: 1, retry: false, meaning: 'the registry file cannot be used' },
  INTERRUPTED: { exit: 130, retry: false, meaning: 'interrupted' },
} as const satisfies Record<string, { exit: number; retry: boolean; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorDetail {
  /** A sentence or command that helps. */
  readonly hint?: string;
  /** What lies beneath: a vendor's error, a system error. */
  readonly cause?: unknown;
  /** Lines shown under the message as they are (a caret under the mistake, candidates). */
  readonly detail?: string;
}

/** The only error that users see as a sentence; anything else is a defect of the program. */
export class SchedError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, message: string, { hint, cause, detail }: ErrorDetail = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SchedError';
    this.code = code;
    this.hint = hint;
    this.detail = detail;
  }
}

/** True for a `SchedError`, of one of `codes` when any are given. */
export function isSchedError(error: unknown, ...codes: readonly ErrorCode[]): error is SchedError {
  return error instanceof SchedError && (codes.length === 0 || codes.includes(error.code));
}
