/**
 * What a client sees of an API server, as exchanges whose answers are in golden.json: recorded from a real server, and the same
 * on the fake. After the golden answers and traps of Kubernetes 1.36.
 *
 * Left to the tests with real controllers, because they are about what these do and when: Jobs at the minute, their names and
 * timestamps; history limits; Forbid and Replace; runs missed while suspended; an edited schedule that fires a past time; pods,
 * their logs, and Jobs that end by them; a deleted account's token; continue tokens that expire (410, five minutes).
 * Left out, because nothing here sends it: server-side apply, watches, and the 429 of an overloaded server (text/plain, see
 * misfortune.ts), which takes a server with flags of its own.
 */
import { changes } from './probes/changes.js';
import { deletes } from './probes/deletes.js';
import { jobs } from './probes/jobs.js';
import type { Probe } from './probes/probe.js';
import { reads } from './probes/reads.js';
import { schedules } from './probes/schedules.js';
import { writes } from './probes/writes.js';

export const probes: readonly Probe[] = [...writes, ...schedules, ...reads, ...changes, ...deletes, ...jobs];
