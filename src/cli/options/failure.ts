/** Options that say what happens when a run fails or takes too long. */
import { SchedError } from '../../errors.js';
import type { DraftRetry } from '../../operations/draft.js';
import type { RetryPolicy } from '../../schedule.js';
import { parseDuration } from '../../time/interval.js';
import type { OptionDefinition, Typed } from '../command.js';
import { text, wholeNumber } from './typed.js';

export const reliabilityOptions: readonly OptionDefinition[] = [
  { flags: '--run-timeout <duration>', help: 'end a run that takes longer', group: 'Failure' },
  { flags: '--retries <count>', help: 'further attempts when a run fails', group: 'Failure' },
  {
    flags: '--retry-delay <duration>',
    help: 'before the first further attempt (default: the orchestrator’s own pace, else 60s)',
    group: 'Failure',
  },
  {
    flags: '--retry-factor <number>',
    help: 'each next delay is so many times longer (default: the orchestrator’s own pace, else 2)',
    group: 'Failure',
  },
];

/** `--retries` and its companions laid over `before`. Throws USAGE. */
export function readRetry(options: Typed, before: RetryPolicy | null): DraftRetry | null {
  const count = wholeNumber(options, 'retries', '--retries', 0);
  const delay = text(options, 'retryDelay');
  const factor = text(options, 'retryFactor');
  if (count === 0) {
    return null;
  }
  if (count === undefined && before === null) {
    if (delay !== undefined || factor !== undefined) {
      throw new SchedError('USAGE', '--retry-delay and --retry-factor go with --retries.');
    }
    return null;
  }
  const factorNumber = factor === undefined ? undefined : Number(factor);
  if (factorNumber !== undefined && !(factorNumber >= 1 && Number.isFinite(factorNumber))) {
    throw new SchedError('USAGE', `--retry-factor takes a number of at least 1, not ${JSON.stringify(factor)}.`);
  }
  return {
    count: count ?? before?.count ?? 0,
    delaySeconds: delay === undefined ? (before?.delaySeconds ?? null) : parseDuration(delay, { zero: true }),
    factor: factorNumber ?? before?.factor ?? null,
  };
}
