import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSystemError } from './system-error.js';

/** At most this many bytes of one attempt's output are kept; when it grows beyond, its older half goes. */
export const OUTPUT_LIMIT = 10 * 1024 * 1024;

/** Names one attempt of one run. */
export interface OutputPart {
  readonly nativeId: string;
  readonly runId: string;
  /** From 1. */
  readonly attempt: number;
}

/** Where an attempt's output is kept: beside the agent's file, one folder a schedule. */
export function outputFile(agentFile: string, { nativeId, runId, attempt }: OutputPart): string {
  return join(dirname(agentFile), 'output', nativeId, attempt === 1 ? `${runId}.log` : `${runId}.${attempt}.log`);
}

/**
 * The bytes of the output of all attempts of a run, in their order. Where older output was dropped a line in square brackets says how
 * much; otherwise the bytes are exactly those that were written. Nothing for an attempt that has no file.
 */
export async function* readOutput(
  agentFile: string,
  { nativeId, runId }: Omit<OutputPart, 'attempt'>,
  { attempts, dropped }: { readonly attempts: number; readonly dropped: ReadonlyMap<number, number> },
): AsyncGenerator<Uint8Array> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const lost = dropped.get(attempt);
    if (lost !== undefined) {
      yield Buffer.from(`[the first ${lost} bytes of this output were dropped; at most ${OUTPUT_LIMIT} are kept]\n`);
    }
    try {
      yield* createReadStream(outputFile(agentFile, { nativeId, runId, attempt })) as AsyncIterable<Uint8Array>;
    } catch (error) {
      if (!isSystemError(error, 'ENOENT', 'ENOTDIR')) {
        throw error;
      }
    }
  }
}
