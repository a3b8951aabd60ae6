/** What the program says on standard error, and how it ended. */
import { expect } from '@jest/globals';
import type { Ended } from '../../whole/program.js';
import type { User } from './user.js';

/** A schedule that fires every night; words 3 and 5 are its timing and zone. */
export const CREATE = ['create', 'nightly', '--cron', '0 3 * * *', '--timezone', 'UTC', '--image', 'lab/succeeds:1'];

/** Tries to register another orchestrator with these settings. */
export function registered(user: User, settings: Readonly<Record<string, string>>, name = 'other'): Promise<Ended> {
  const words = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  return user.tries('orchestrator', 'register', name, '--flavor', 'kubernetes', ...words);
}

/** It ended so, and standard error holds each of the texts, whatever their case. */
export function says({ exit, stderr }: Ended, status: number, ...texts: readonly string[]): void {
  const lacking = texts.filter((text) => !stderr.toLowerCase().includes(text.toLowerCase()));
  expect({ exit, lacking, stderr }).toEqual({ exit: status, lacking: [], stderr });
  expect(stderr).not.toContain('internal error');
}
