import { ERROR_CODES, type ErrorCode, isSchedError, type SchedError } from '../errors.js';
import type { ExitReason, Note } from './command.js';
import type { Sink } from './streams.js';
import { tint } from './tint.js';
import { lines, oneLine } from './visible.js';

/** How errors are told. */
export interface ReportOptions {
  /** As one line of JSON. */
  readonly json: boolean;
  /** With the trace of a defect. */
  readonly debug: boolean;
}

/** Tells why a command ended. Gives the exit status: that of the error's code, 1 for a defect of the program. */
export async function reportError(error: unknown, stderr: Sink, options: ReportOptions): Promise<number> {
  const known = isSchedError(error) ? told(error) : defect(error);
  await stderr.write(options.json ? `${JSON.stringify({ error: forPrograms(known) })}\n` : forPeople(known, stderr));
  if (options.debug && known.trace !== null) {
    await stderr.write(`${lines(known.trace)}\n`);
  }
  return ERROR_CODES[known.code].exit;
}

/** Warnings and next steps. */
export async function reportNotes(notes: readonly Note[], stderr: Sink): Promise<void> {
  const text = notes.map((note) => {
    if (note.kind === 'hint') {
      return `${lines(note.text)}\n`;
    }
    return `${stderr.terminal ? tint('yellow', '!', stderr.colour) : 'warning:'} ${lines(note.text)}\n`;
  });
  await stderr.write(text.join(''));
}

/** The exit status when several reasons apply: 10 before 11 before 8 before the first of the others; none: 0. */
export function exitStatus(reasons: readonly ExitReason[]): number {
  const codes = reasons.map(({ code }) => code);
  return [10, 11, 8].find((code) => codes.includes(code)) ?? codes.find((code) => code !== 0) ?? 0;
}

interface Told {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly detail: string | null;
  readonly cause: string | null;
  readonly trace: string | null;
}

function told(error: SchedError): Told {
  return {
    code: error.code,
    message: error.message,
    hint: error.hint ?? null,
    detail: error.detail ?? null,
    cause: causeOf(error.cause),
    trace: error.cause instanceof Error ? (error.cause.stack ?? null) : null,
  };
}

function defect(error: unknown): Told {
  return {
    code: 'FAILED',
    message: `internal error: ${error instanceof Error ? error.message : String(error)}`,
    hint: '--debug shows the trace',
    detail: null,
    cause: error instanceof Error ? causeOf(error.cause) : null,
    trace: error instanceof Error ? (error.stack ?? null) : null,
  };
}

/** The messages of an error and of what lies beneath it, in one line. */
function causeOf(cause: unknown): string | null {
  const messages: string[] = [];
  const seen = new Set<unknown>();
  for (let current = cause; current !== undefined && current !== null && !seen.has(current); ) {
    seen.add(current);
    messages.push(current instanceof Error ? current.message : String(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return messages.length === 0 ? null : messages.join(': ');
}

function forPrograms({ code, message, hint, detail, cause }: Told): object {
  return { code, message: detail === null ? message : `${message}\n${detail}`, hint, cause };
}

function forPeople({ message, hint, detail, cause }: Told, stderr: Sink): string {
  const mark = stderr.terminal ? tint('red', '✗', stderr.colour) : 'error:';
  return [
    `${mark} ${oneLine(message)}`,
    ...(detail === null ? [] : [indented(detail)]),
    ...(cause === null || message.includes(cause) ? [] : [indented(tint('dim', oneLine(cause), stderr.colour), true)]),
    ...(hint === null ? [] : [indented(hint)]),
    '',
  ].join('\n');
}

function indented(text: string, raw = false): string {
  return (raw ? text : lines(text)).replace(/^/gm, '  ');
}
