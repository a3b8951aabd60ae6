/** What fires when, and what `runs` says of it. Real minutes are waited for. */
import { expect } from '@jest/globals';
import { makeAccount } from './accounts.js';
import { farAway } from './bare.js';
import { eventually, type Loose } from './client.js';
import type { ControlPlane } from './control-plane.js';
import { OUTPUT } from './node.js';
import { isStatus, rightsWithout } from './rights.js';
import type { Story } from './together.js';
import { pass, type User, withUser } from './user.js';

const MINUTE = 60_000;
const EVERY_MINUTE = ['--cron', '* * * * *', '--timezone', 'Asia/Kolkata'];

interface Moment {
  readonly resumed: number;
  readonly paused: number;
  readonly name: string;
}

/** A Job at its minute, pauses, and a schedule that was changed. */
export function firingStories(story: Story, plane: () => ControlPlane): void {
  story(
    'a Job comes at the full minute, named after it, with the offset of the zone, and `runs` shows how it ended',
    () =>
      withUser(plane(), { topic: 'minute' }, async (user) => {
        const good = await user.creates('good', ...EVERY_MINUTE, '--image', 'lab/succeeds:1');
        const bad = await user.creates('bad', ...EVERY_MINUTE, '--image', 'lab/fails:1');
        const due = nextMinute();
        const [job] = await user.awaitJobs(good, 1, 80);
        expect(job.metadata.name).toBe(`${good}-${due / MINUTE}`);
        expect(job.metadata.annotations['batch.kubernetes.io/cronjob-scheduled-timestamp']).toMatch(/:00\+05:30$/);
        expect(Date.parse(job.metadata.creationTimestamp) - due).toBeLessThan(10_000);
        const [run] = await ended(user, 'good');
        expect(run).toMatchObject({ status: 'succeeded', trigger: 'schedule', scheduled_time: utc(due) });
        expect(Date.parse(run.finished_at)).toBeGreaterThanOrEqual(Date.parse(run.started_at));
        expect(run.id).toContain(job.metadata.name);

        const [failed] = await ended(user, 'bad');
        expect(failed).toMatchObject({ status: 'failed', trigger: 'schedule', scheduled_time: utc(due) });
        expect(failed.reason).toContain('BackoffLimitExceeded');
        expect(failed.finished_at).not.toBeNull();
        // A failed run leaves no trace in the CronJob: it is known from its Job alone.
        expect((await user.cronJob(bad)).status).not.toHaveProperty('lastSuccessfulTime');
        expect((await user.cronJob(good)).status).toHaveProperty('lastSuccessfulTime');
        expect((await user.does('logs', 'good')).stdout).toBe(`${OUTPUT.join('\n')}\n`);
      }),
  );

  story('a pause of two minutes has no run; resumed with catch-up none nothing that was missed comes', () =>
    withUser(plane(), { topic: 'none' }, async (user) => {
      const moment = await pausedForTwoMinutes(user, 'none', 20);
      const missed = (await user.jobs(moment.name)).filter(within(moment));
      expect(missed).toEqual([]);
      await firesAgain(user, moment);
      expect((await user.jobs(moment.name)).filter(within(moment))).toEqual([]);
    }),
  );

  story('un-suspending fires the last missed run: resumed with catch-up last it comes once, at once', () =>
    withUser(plane(), { topic: 'last' }, async (user) => {
      const moment = await pausedForTwoMinutes(user, 'last', 20);
      const [missed] = await eventually('the missed run', async () => {
        const found = (await user.jobs(moment.name)).filter(within(moment));
        return found.length > 0 && found;
      });
      const due = floor(moment.resumed);
      expect(missed.metadata.name).toBe(`${moment.name}-${due / MINUTE}`);
      expect(Date.parse(missed.metadata.creationTimestamp)).toBeLessThan(moment.resumed + 10_000);
      await firesAgain(user, moment);
      expect((await user.jobs(moment.name)).filter(within(moment))).toHaveLength(1);
      const { items } = await user.told('runs', 'pauses');
      expect(items.filter(({ scheduled_time }: Loose) => scheduled_time === utc(due))).toHaveLength(1);
    }),
  );

  story('without the right to cronjobs/status a resume with catch-up none waits until nothing missed can come', () =>
    withUser(plane(), { topic: 'waits', kubeconfig: withoutStatus(plane) }, async (user) => {
      const moment = await pausedForTwoMinutes(user, 'none', 5);
      await firesAgain(user, moment);
      expect((await user.jobs(moment.name)).filter(within(moment))).toEqual([]);
    }),
  );

  story('an edited schedule fires at its new minute', () =>
    withUser(plane(), { topic: 'edited' }, async (user) => {
      const name = await user.creates('edited', '--cron', farAway(), '--timezone', 'UTC', '--image', 'lab/succeeds:1');
      await user.does('update', 'edited', '--cron', '* * * * *');
      const due = nextMinute();
      const [job] = await user.awaitJobs(name, 1, 80);
      expect(job.metadata.name).toBe(`${name}-${due / MINUTE}`);
    }),
  );
}

/** Made, fired once, paused over two full minutes, and resumed `second` seconds after the second of them. */
async function pausedForTwoMinutes(user: User, catchup: 'none' | 'last', second: number): Promise<Moment> {
  const name = await user.creates('pauses', ...EVERY_MINUTE, '--catchup', catchup, '--image', 'lab/succeeds:1');
  await user.awaitJobs(name, 1, 80);
  await user.does('pause', 'pauses');
  const paused = Date.now();
  await pass(floor(paused) + 2 * MINUTE + second * 1000 - paused);
  expect((await user.jobs(name)).filter((job) => due(job) > paused)).toEqual([]);
  expect((await user.cronJob(name)).spec.suspend).toBe(true);
  const resumed = Date.now();
  await user.does('resume', 'pauses');
  await pass(3000);
  return { name, paused, resumed };
}

async function firesAgain(user: User, { name }: Moment): Promise<void> {
  const from = Date.now();
  await eventually('the next minute’s run', async () => (await user.jobs(name)).some((job) => due(job) > from), 80);
}

function within({ paused, resumed }: Moment): (job: Loose) => boolean {
  return (job) => due(job) > paused && due(job) <= resumed;
}

function due(job: Loose): number {
  return Date.parse(job.metadata.annotations['batch.kubernetes.io/cronjob-scheduled-timestamp']);
}

/** The schedule's runs, when the newest one has ended. */
function ended(user: User, name: string): Promise<readonly Loose[]> {
  return eventually(`the end of ${name}’s run`, async () => {
    const { items } = await user.told('runs', name);
    return items.length > 0 && items[0].finished_at !== null && items;
  });
}

function withoutStatus(plane: () => ControlPlane): (namespace: string) => Promise<string> {
  return async (namespace) => (await makeAccount(plane(), namespace, rightsWithout(isStatus))).kubeconfig;
}

function floor(instant: number): number {
  return Math.floor(instant / MINUTE) * MINUTE;
}

function nextMinute(): number {
  return floor(Date.now()) + MINUTE;
}

function utc(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}
