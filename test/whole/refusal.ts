import { expect } from '@jest/globals';
import type { Ended } from './program.js';

/** Fails unless a command ended as said, in words without a trace, and the same as JSON. */
export function refused(ended: Ended, exit: number, ...says: readonly (string | RegExp)[]): void {
  expect({ ...ended, stderr: '' }).toEqual({ exit, stdout: '', stderr: '' });
  expect(ended.stderr).toMatch(/^error: /);
  expect(ended.stderr).not.toMatch(/^ {4}at |internal error|node:internal/m);
  for (const part of says) {
    expect(ended.stderr).toMatch(part);
  }
}
