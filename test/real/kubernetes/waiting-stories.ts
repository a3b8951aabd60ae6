/** Commands that wait: `orchestrator check --live` for a throw-away schedule, `trigger --wait` for a run that nobody can see any more. */
import { expect } from '@jest/globals';
import { farAway } from './bare.js';
import type { Loose } from './client.js';
import type { ControlPlane } from './control-plane.js';
import type { Story } from './together.js';
import { withUser } from './user.js';

const STEPS = ['create', 'fire', 'run', 'trigger', 'run by hand', 'pause', 'delete'];

export function waitingStories(story: Story, plane: () => ControlPlane): void {
  story('trigger --wait ends when its Job is taken away: how it ended is not known', () =>
    withUser(plane(), { topic: 'wait' }, async (user) => {
      const name = await user.creates('nightly', '--cron', farAway(), '--image', 'lab/lasts:1', '--', 'train');
      const waiting = user.tries('trigger', 'nightly', '--wait');
      const [job] = await user.awaitJobs(name, 1);
      await user.kubectl('delete', 'job', job.metadata.name);
      expect(await waiting).toMatchObject({ exit: 1, stdout: expect.stringContaining('unknown') });
    }),
  );

  story('check --live makes a schedule, sees it fire, and leaves nothing behind', () =>
    withUser(plane(), { topic: 'live' }, async (user) => {
      const { items } = await user.told('orchestrator', 'check', 'k8s', '--live', '--image', 'lab/succeeds:1');
      expect(live(items)).toEqual(STEPS.map((step) => [step, true]));
      expect(await user.cronJobs()).toEqual([]);
      expect((await user.told('list')).items).toEqual([]);
    }),
  );

  story('check --live says which step failed, and leaves nothing behind either', () =>
    withUser(plane(), { topic: 'live' }, async (user) => {
      const ended = await user.tries('orchestrator', 'check', 'k8s', '--live', '--image', 'lab/fails:1', '-o', 'json');
      const failed = new Set(['run', 'run by hand']);
      expect(live(JSON.parse(ended.stdout).items)).toEqual(STEPS.map((step) => [step, !failed.has(step)]));
      expect(ended.exit).toBe(1);
      expect(await user.cronJobs()).toEqual([]);
    }),
  );
}

/** The steps of the live check, each with whether it went well. */
function live(items: readonly Loose[]): readonly (readonly [string, boolean])[] {
  return items.flatMap(({ item, ok }) =>
    item.startsWith('live: ') ? [[item.slice('live: '.length), ok] as const] : [],
  );
}
