/** What was due and did not run: edited timings, long pauses, deadlines. The past is made by setting `status.lastScheduleTime`. */
import { describe, expect, test } from '@jest/globals';
import { makeAccount } from './accounts.js';
import { bareCronJob, farAway, minuteAgo } from './bare.js';
import type { ControlPlane } from './control-plane.js';
import { isStatus, rightsWithout } from './rights.js';
import type { Story } from './together.js';
import { ago, pass, type User, withUser } from './user.js';

const FAR = farAway();
const CATCHUPS = ['last', 'none'] as const;
type Catchup = (typeof CATCHUPS)[number];
/** Milliseconds: the wait for a minute to begin, and everything else. */
const LONG = 120_000;

/** An edit, a resume and a long pause, each with what lets Kubernetes fire the past. */
export function missedStories(story: Story, plane: () => ControlPlane): void {
  const alone = (topic: string, tell: (user: User) => Promise<void>) => withUser(plane(), { topic }, tell);
  const restricted = (topic: string, tell: (user: User) => Promise<void>) =>
    withUser(plane(), { topic, kubeconfig: withoutStatus(plane) }, tell);

  for (const catchup of CATCHUPS) {
    story(
      `a later edit of an annotation fires the past of a bare CronJob that was edited, and nothing of a schedule with catch-up ${catchup}`,
      () => alone('edit', (user) => edited(user, catchup, annotated)),
    );

    story(
      `schedule and suspend in one go fire the past of a bare CronJob, and nothing of a paused schedule with catch-up ${catchup} that is edited and resumed`,
      () =>
        alone('resume', async (user) => {
          const name = await madeLongAgo(user, '--catchup', catchup, '--paused');
          await bareLongAgo(user, { suspend: true });
          const past = await recent(catchup);
          await user.does('update', 'edited', '--cron', past);
          await user.does('resume', 'edited');
          await user.patches('bare', { spec: { schedule: past, suspend: false } });
          await annotated(user, 'bare', name);
          await firesOnlyBare(user, name);
        }),
    );
  }

  story('an edit of the time zone alone fires nothing of the past either', () =>
    alone('zone', async (user) => {
      const name = await madeLongAgo(user, '--catchup', 'last', '--paused');
      await user.does('update', 'edited', '--cron', minuteAgo(2), '--timezone', 'Asia/Kathmandu');
      await user.patches(name, { status: { lastScheduleTime: ago(900) } });
      await user.does('resume', 'edited');
      await user.does('update', 'edited', '--timezone', 'UTC');
      await annotated(user, name);
      await pass(3000);
      expect(await user.jobs(name)).toEqual([]);
    }),
  );

  story('without the right to cronjobs/status an edit with catch-up last is refused, and names the right', () =>
    restricted('refused', async (user) => {
      const name = await madeLongAgo(user, '--catchup', 'last');
      const before = await user.cronJob(name);
      const { exit, stderr } = await user.tries('update', 'edited', '--cron', minuteAgo(2));
      expect([exit, stderr]).toEqual([4, expect.stringMatching(/cronjobs(\.batch)?\/status/)]);
      expect(stderr).toContain('--catchup none');
      expect(await user.cronJob(name)).toEqual(before);
      expect(await user.told('get', 'edited')).toMatchObject({ cron_expression: FAR, unfinished: null });
    }),
  );

  story('without the right to cronjobs/status an edit with catch-up none waits, and fires nothing', () =>
    restricted('waits', async (user) => {
      const name = await madeLongAgo(user, '--catchup', 'none');
      await user.does('update', 'edited', '--cron', await recent('none'));
      await annotated(user, name);
      await pass(2000);
      expect(await user.jobs(name)).toEqual([]);
    }),
  );

  story('more than 100 missed runs are one run with catch-up last', () =>
    alone('many', async (user) => {
      const name = await paused(user, '* * * * *', 'last');
      await user.patches(name, { status: { lastScheduleTime: ago(3 * 3600) } });
      await user.does('resume', 'paused');
      const [job] = await user.awaitJobs(name, 1);
      await pass(2000);
      expect(await user.jobs(name)).toHaveLength(1);
      expect(await user.kubectl('get', 'events', '-o', 'jsonpath={.items[*].reason}')).toContain('TooManyMissedTimes');
      const { items } = await user.told('runs', 'paused');
      const scheduled = job.metadata.annotations['batch.kubernetes.io/cronjob-scheduled-timestamp'];
      expect(items).toMatchObject([{ id: expect.stringContaining(job.metadata.name), scheduled_time: scheduled }]);
    }),
  );

  story('a missed run of hours ago comes as a catch-up run, at its own scheduled time', () =>
    alone('daily', async (user) => {
      const name = await paused(user, minuteAgo(90), 'last');
      await user.patches(name, { status: { lastScheduleTime: ago(26 * 3600) } });
      await user.does('resume', 'paused');
      await user.awaitJobs(name, 1);
      const { items } = await user.told('runs', 'paused');
      expect(items).toMatchObject([{ trigger: 'catchup' }]);
      expect(Math.round((Date.now() - Date.parse(items[0].scheduled_time)) / 60_000)).toBeGreaterThanOrEqual(90);
    }),
  );

  story('startingDeadlineSeconds keeps catch-up none, and a resume by kubectl follows it: what is younger fires', () =>
    alone('deadline', async (user) => {
      const ours = await paused(user, '* * * * *', 'none');
      const old = await user.creates(
        'old',
        '--cron',
        minuteAgo(3),
        '--timezone',
        'UTC',
        '--catchup',
        'none',
        '--paused',
        '--image',
        'lab/lasts:1',
      );
      for (const name of [ours, old]) {
        expect((await user.cronJob(name)).spec.startingDeadlineSeconds).toBe(30);
        await user.patches(name, { status: { lastScheduleTime: ago(3 * 3600) } });
      }
      await recent('none');
      await user.patches(ours, { spec: { suspend: false } });
      await user.patches(old, { spec: { suspend: false } });
      expect(await user.awaitJobs(ours, 1)).toHaveLength(1);
      expect(await user.jobs(old)).toEqual([]);
    }),
  );
}

/** What takes the controllers away from everybody: to be run when nothing else does. */
export function restartStories(plane: () => ControlPlane): void {
  describe('a restart of the controller manager', () => {
    for (const catchup of CATCHUPS) {
      test(
        `fires the past of a bare CronJob that was edited, and nothing of a schedule with catch-up ${catchup}`,
        () =>
          withUser(plane(), { topic: 'restart' }, (user) =>
            edited(user, catchup, () => plane().withoutControllers(async () => undefined)),
          ),
        LONG,
      );
    }
  });
}

/** A schedule and a bare CronJob get a timing with a past; what happens next fires the one and not the other. */
async function edited(
  user: User,
  catchup: Catchup,
  happens: (user: User, ...names: readonly string[]) => Promise<void>,
): Promise<void> {
  const name = await madeLongAgo(user, '--catchup', catchup);
  await bareLongAgo(user);
  const past = await recent(catchup);
  await user.does('update', 'edited', '--cron', past);
  await user.patches('bare', { metadata: { annotations: { note: 'with the edit' } }, spec: { schedule: past } });
  expect(await user.jobs('bare')).toEqual([]);
  await happens(user, name, 'bare');
  await firesOnlyBare(user, name);
}

async function firesOnlyBare(user: User, name: string): Promise<void> {
  expect(await user.awaitJobs('bare', 1)).toHaveLength(1);
  await pass(2000);
  expect(await user.jobs(name)).toEqual([]);
}

async function annotated(user: User, ...names: readonly string[]): Promise<void> {
  await user.kubectl('annotate', 'cronjob', ...names, 'note=looked at', '--overwrite');
}

function paused(user: User, cron: string, catchup: Catchup): Promise<string> {
  const words = ['--cron', cron, '--timezone', 'UTC', '--catchup', catchup, '--image', 'lab/lasts:1'];
  return user.creates('paused', ...words, '--paused');
}

/** A schedule that exists for a quarter of an hour, as far as Kubernetes knows, and has never been due. */
async function madeLongAgo(user: User, ...words: readonly string[]): Promise<string> {
  const name = await user.creates('edited', '--cron', FAR, '--timezone', 'UTC', '--image', 'lab/succeeds:1', ...words);
  await user.patches(name, { status: { lastScheduleTime: ago(900) } });
  return name;
}

async function bareLongAgo(user: User, spec: object = {}): Promise<void> {
  await user.plane.client.demand('POST', `${user.path}/cronjobs`, {
    body: bareCronJob('bare', { schedule: FAR, ...spec }),
  });
  await user.patches('bare', { status: { lastScheduleTime: ago(900) } });
}

/**
 * A daily time in the past that the catch-up policy alone would not keep from firing. With `none` that is a time younger
 * than the deadline: the beginning of this minute, when it has just begun, which is waited for.
 */
async function recent(catchup: Catchup): Promise<string> {
  if (catchup === 'last') {
    return minuteAgo(2);
  }
  const second = (Date.now() % 60_000) / 1000;
  if (second > 8) {
    await pass((60.5 - second) * 1000);
  }
  return minuteAgo(0);
}

function withoutStatus(plane: () => ControlPlane): (namespace: string) => Promise<string> {
  return async (namespace) => (await makeAccount(plane(), namespace, rightsWithout(isStatus))).kubeconfig;
}
