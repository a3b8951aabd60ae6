import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { conformance } from '../conformance/suite.js';
import { golden } from '../fakes/kubernetes/golden.js';
import { runProbe } from '../fakes/kubernetes/probes/probe.js';
import { probes } from '../fakes/kubernetes/probes.js';
import { agentStories } from './kubernetes/agent-stories.js';
import { behindOurBackStories } from './kubernetes/behind-our-back-stories.js';
import { openBench } from './kubernetes/bench.js';
import { connectionStories } from './kubernetes/connection-stories.js';
import { type ControlPlane, startControlPlane } from './kubernetes/control-plane.js';
import { firingStories } from './kubernetes/firing-stories.js';
import { missedStories, restartStories } from './kubernetes/missed-stories.js';
import { readmeStory } from './kubernetes/readme-story.js';
import { refusalStories } from './kubernetes/refusal-stories.js';
import { runStories } from './kubernetes/run-stories.js';
import { serverStories } from './kubernetes/server-stories.js';
import { together } from './kubernetes/together.js';
import { waitingStories } from './kubernetes/waiting-stories.js';

let running: ControlPlane | undefined;

function plane(): ControlPlane {
  if (running === undefined) {
    throw new Error('the control plane does not run');
  }
  return running;
}

/** SCHED_RECORD=1 writes the answers anew instead of comparing them. */
const RECORDING = process.env.SCHED_RECORD === '1';
/** Milliseconds of a build without any cache on a slow machine. */
const BUILD = 3_600_000;

beforeAll(async () => {
  running = await startControlPlane();
}, BUILD);
afterAll(() => running?.end(), 60_000);

describe('the server still answers as it was recorded', () => {
  const answered: Record<string, unknown> = {};

  for (const probe of probes) {
    test(probe.name, async () => {
      const { server, token, keys, namespace } = plane();
      const answers = await runProbe({ server, token, ca: keys.authority }, await namespace('probe'), probe);
      answered[probe.name] = answers;
      expect(answers).toEqual(RECORDING ? answers : golden[probe.name]);
    }, 60_000);
  }

  afterAll(() => {
    if (RECORDING) {
      const file = new URL('../fakes/kubernetes/golden.json', import.meta.url);
      const all = Object.fromEntries(probes.map(({ name }) => [name, answered[name] ?? golden[name]]));
      writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
    }
  });
});

conformance('kubernetes', () => openBench(plane()));
behindOurBackStories(plane);
readmeStory(plane);
agentStories(plane);
connectionStories(plane);
refusalStories(plane);
runStories(plane);
serverStories(plane);
restartStories(plane);
together('by the clock', (story) => {
  firingStories(story, plane);
  missedStories(story, plane);
  waitingStories(story, plane);
});
