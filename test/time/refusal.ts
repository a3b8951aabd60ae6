import { SchedError } from '../../src/errors.js';

/** What a call refuses with, as lines: message, detail as shown, hint. Fails when the call does not refuse. */
export function refusal(call: () => unknown): { message: string; detail: string; hint: string; code: string } {
  try {
    call();
  } catch (error) {
    if (error instanceof SchedError) {
      return { message: error.message, detail: error.detail ?? '', hint: error.hint ?? '', code: error.code };
    }
    throw error;
  }
  throw new Error('It was accepted.');
}

/** The part of the shown text that carets underline; spaces where they reach past it. */
export function underlined(detail: string): string {
  const [shown = '', carets = ''] = detail.split('\n');
  const at = carets.indexOf('^');
  return shown.padEnd(carets.length).slice(at, carets.length);
}
