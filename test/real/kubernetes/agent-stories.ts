/** What an agent fires: the CronJob stands still, and each occurrence is one Job, under any number of agents and deaths. */
import { spawn } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { PROGRAM } from '../../whole/program.js';
import type { Loose } from './client.js';
import type { ControlPlane } from './control-plane.js';
import { pass, type User, withUser } from './user.js';

/** Seconds between two occurrences. */
const PACE = 3;

export function agentStories(plane: () => ControlPlane): void {
  describe('what an agent fires', () => {
    test(
      '--fired-by agent: an interval, two agents at once, one killed: each occurrence is one Job',
      () =>
        withUser(plane(), { topic: 'agent' }, async (user) => {
          const image = ['--image', 'lab/succeeds:1', '--overlap', 'allow'];
          const words = ['--every', `${PACE}s`, '--fired-by', 'agent', '--timezone', 'UTC', ...image];
          const name = await user.creates('ticks', ...words, '--', 'train');
          const [lasting, dying] = [agentOf(user), agentOf(user)];
          await pass(8000);
          dying.kill('SIGKILL');
          await pass(8000);
          lasting.kill('SIGTERM');
          await Promise.all([ended(lasting), ended(dying)]);

          const jobs = await user.jobs(name);
          const times = jobs.map(({ metadata }) => metadata.annotations['sched/scheduled-time'] as string).toSorted();
          expect(new Set(times).size).toBe(times.length);
          const apart = times.slice(1).map((time, index) => Date.parse(time) - Date.parse(times[index] ?? ''));
          expect(apart.length).toBeGreaterThanOrEqual(3);
          expect(apart).toEqual(apart.map(() => PACE * 1000));
          expect((await user.cronJob(name)).spec.suspend).toBe(true);
          const { items } = await user.told('runs', 'ticks');
          expect(items.map(({ scheduled_time }: Loose) => Date.parse(scheduled_time)).toSorted()).toEqual(
            times.map((time) => Date.parse(time)),
          );
          expect(new Set(items.map(({ trigger }: Loose) => trigger))).toEqual(new Set(['schedule']));
        }),
      60_000,
    );

    test('is paused in the record alone, and a CronJob that somebody resumes is drift', () =>
      withUser(plane(), { topic: 'agent' }, async (user) => {
        const words = ['--every', '90m', '--fired-by', 'agent', '--image', 'lab/succeeds:1'];
        const name = await user.creates('slow', ...words, '--', 'train');
        const before = (await user.cronJob(name)).metadata.resourceVersion;
        await user.does('pause', 'slow');
        await user.does('resume', 'slow');
        expect((await user.cronJob(name)).metadata.resourceVersion).toBe(before);
        await user.patches(name, { spec: { suspend: false } });
        const { findings } = await user.told('audit', 'slow');
        expect(findings.filter(({ class: kind }: Loose) => kind === 'drifted')).toMatchObject([
          { fields: [{ field: 'paused', expected: true, actual: false }] },
        ]);
        await user.tries('audit', '--fix', '--yes', '--orchestrator', 'k8s');
        expect((await user.cronJob(name)).spec.suspend).toBe(true);
      }));
  });
}

function agentOf({ place }: User) {
  const { PATH = '' } = process.env;
  return spawn(process.execPath, [PROGRAM, 'agent'], { cwd: place.work, env: { PATH, ...place.env }, stdio: 'ignore' });
}

function ended(child: ReturnType<typeof agentOf>): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
    }
    child.once('exit', () => resolve());
  });
}
