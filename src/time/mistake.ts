import { SchedError } from '../errors.js';

/** Longest piece of the user's text that is shown above a caret; longer texts are cut around the mistake. */
const WIDEST = 100;

/** Where in the user's text a mistake is: a start and a length in UTF-16 units. */
export interface Place {
  readonly at: number;
  readonly length: number;
}

/**
 * A USAGE error about `text`, whose `detail` shows the text on one line and carets under the mistake on the next.
 * Control characters become spaces, so that the carets stay under what they mean. `detail` is not indented.
 */
export function mistake(message: string, text: string, place: Place, hint?: string): SchedError {
  return new SchedError('USAGE', plain(message), {
    detail: underline(text, place),
    ...(hint === undefined ? {} : { hint }),
  });
}

function underline(text: string, { at, length }: Place): string {
  const from = text.length <= WIDEST ? 0 : Math.max(0, at - WIDEST / 2);
  const to = text.length <= WIDEST ? text.length : Math.min(text.length, from + WIDEST);
  const shown = `${from > 0 ? '…' : ''}${plain(text.slice(from, to))}${to < text.length ? '…' : ''}`;
  const indent = at - from + (from > 0 ? 1 : 0);
  const carets = Math.max(1, Math.min(length, to - at));
  return `${shown}\n${' '.repeat(indent)}${'^'.repeat(carets)}`;
}

function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/gu, ' ');
}
