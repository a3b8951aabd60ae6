/** CronJobs as somebody writes them who does not use sched: they show what Kubernetes itself does. */

/** A CronJob that would fire every minute, with parts laid over its spec. */
export function bareCronJob(name: string, spec: object = {}, job: object = {}): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: {
      schedule: '* * * * *',
      jobTemplate: {
        spec: {
          backoffLimit: 0,
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'lab/succeeds:1' }] } },
          ...job,
        },
      },
      ...spec,
    },
  };
}

/** A timetable that is not due for half a year. */
export function farAway(): string {
  return `0 0 1 ${((new Date().getUTCMonth() + 6) % 12) + 1} *`;
}

/** The minute in UTC that lies so many minutes before this one, as a daily cron expression. */
export function minuteAgo(minutes: number): string {
  const then = new Date(Date.now() - minutes * 60_000);
  return `${then.getUTCMinutes()} ${then.getUTCHours()} * * *`;
}
