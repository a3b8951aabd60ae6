import type { Clock } from '../clock.js';
import { outputFile } from '../drivers/local/output.js';
import type { LocalStore } from '../drivers/local/store/open.js';
import { removeOutput } from './output-file.js';

/** Runs that are forgotten at once. */
const FORGET = 500;

/** A thing that is done at its first call, and then at most once in `interval` milliseconds, however the clock is set. */
export function chore(interval: number, action: () => void): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - last >= interval) {
      last = performance.now();
      action();
    }
  };
}

/** Forgets the runs that are too old or too many, and removes their output. One agent does it, once an hour. */
export function forgetOld(store: LocalStore, clock: Clock): void {
  if (!store.beginForgetting(clock.now())) {
    return;
  }
  for (;;) {
    const dropped = store.dropOld(clock.now(), FORGET);
    for (const { nativeId, runId, attempts } of dropped) {
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        removeOutput(outputFile(store.file, { nativeId, runId, attempt }));
      }
    }
    if (dropped.length < FORGET) {
      return;
    }
  }
}
