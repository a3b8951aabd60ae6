import { SchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';
import { isTree, listAt, numberAt, textAt } from './tree.js';

/** Characters of the server's own words that are shown: some of its messages carry the whole object. */
const WORDS = 400;

/** An answer of the API server that is no success: metav1.Status. */
export interface Status {
  readonly code: number;
  /** Such as `AlreadyExists`; empty where there is none. */
  readonly reason: string;
  readonly message: string;
  /** What it is about; empty where it does not say. */
  readonly kind: string;
  readonly name: string;
  readonly causes: readonly StatusCause[];
}

interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** The cluster's own answer, beneath the error that says it in our words. */
export class StatusError extends Error {
  readonly status: Status;

  constructor(status: Status) {
    super(shortened(status.message));
    this.name = 'StatusError';
    this.status = status;
  }
}

/** What a request was about, for sentences. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** The request is about it, where it is about one. */
  readonly namespace: string | undefined;
  readonly server: string;
  /** Of the kubeconfig. */
  readonly context: string;
}

/** The server's Status beneath an error of this driver, if it has one. */
export function statusOf(error: unknown): Status | undefined {
  return error instanceof SchedError && error.cause instanceof StatusError ? error.cause.status : undefined;
}

/** The Status in an answer's body; undefined when it is none. */
export function readStatus(body: string): Status | undefined {
  let tree: Json;
  try {
    tree = JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
  if (!isTree(tree) || tree.kind !== 'Status') {
    return undefined;
  }
  return {
    code: numberAt(tree, 'code') ?? 0,
    reason: textAt(tree, 'reason') ?? '',
    message: textAt(tree, 'message') ?? '',
    kind: textAt(tree, 'details', 'kind') ?? '',
    name: textAt(tree, 'details', 'name') ?? '',
    causes: listAt(tree, 'details', 'causes').map((cause) => ({
      reason: textAt(cause, 'reason') ?? '',
      message: textAt(cause, 'message') ?? '',
      field: textAt(cause, 'field') ?? '',
    })),
  };
}

/** An answer without a Status as one. */
export function plainStatus(code: number, message: string): Status {
  return { code, reason: '', message: message.trim(), kind: '', name: '', causes: [] };
}

/** Words of the server, not too many: the beginning and the end. */
export function shortened(text: string): string {
  return text.length > WORDS ? `${text.slice(0, WORDS / 2)} … ${text.slice(-WORDS / 2)}` : text;
}
