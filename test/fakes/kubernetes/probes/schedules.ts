/** Which schedules and time zones are accepted. */
import type { Probe } from './probe.js';
import { create, cronJob } from './writes.js';

const ACCEPTED = [
  '0 3 * * *',
  '? ? ? ? ?',
  '*/7 * * * *',
  '5/15 * * * *',
  '1-5 * * * *',
  '0 0 1 jan-mar *',
  '0 0 * * MON,fri',
  '0 0 * * sun-sat',
  '  0   3  * * * ',
  '0 0 30 2 *',
  '@daily',
  '@hourly',
  '@midnight',
  '@weekly',
  '@monthly',
  '@yearly',
  '@annually',
  '@every 30s',
  '0-59/2 0 * * *',
  '1,2-4/2,7 * * * *',
  '0 0 * * 0-6',
  '00 03 * * *',
];
const REFUSED = [
  'x',
  '0 0 3 * * *',
  '0 3 * *',
  '',
  '60 * * * *',
  '* 24 * * *',
  '* * 0 * *',
  '* * 32 * *',
  '* * * 13 *',
  '* * * * 7',
  '* * * * 5-7',
  '*/0 * * * *',
  '30-10 * * * *',
  '* * * * sat-sun',
  '* * L * *',
  '* * 15W * *',
  '* * * * 1#2',
  'H * * * *',
  '@reboot',
  '@nope',
  'TZ=UTC 0 3 * * *',
  'CRON_TZ=UTC 0 3 * * *',
  '@every soon',
  '@every',
  '-1 * * * *',
  '1-2-3 * * * *',
  '1/2/3 * * * *',
  ', * * * *',
  '*-5 * * * *',
  '* * * foo *',
];
const ZONES = [
  'UTC',
  'Etc/UTC',
  'EST',
  'EST5EDT',
  'US/Pacific',
  'Asia/Calcutta',
  'Europe/Kyiv',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'GMT',
  'Etc/GMT+5',
];
const NO_ZONES = ['Mars/Olympus', 'europe/berlin', 'CEST', '+02:00', '', 'Local', 'local', ' UTC', '../etc/passwd'];

const named = (prefix: string, index: number): string => `${prefix}-${index}`;

export const schedules: readonly Probe[] = [
  {
    name: 'schedules that are accepted, as they are written',
    steps: ACCEPTED.map((schedule, index) =>
      create(cronJob(named('good', index), { schedule }), '?dryRun=All', { show: ['spec.schedule'] }),
    ),
  },
  {
    name: 'schedules that are refused, Sunday as 7 among them',
    steps: REFUSED.map((schedule, index) => create(cronJob(named('bad', index), { schedule }), '?dryRun=All')),
  },
  {
    name: 'TZ in the schedule is refused beside a time zone too',
    steps: [
      create(cronJob('tz', { schedule: 'TZ=UTC 0 3 * * *', timeZone: 'Europe/Berlin' }), '?dryRun=All'),
      create(cronJob('tz', { schedule: 'CRON_TZ=UTC 0 3 * * *', timeZone: 'Europe/Berlin' }), '?dryRun=All'),
    ],
  },
  {
    name: 'time zones that are accepted',
    steps: ZONES.map((timeZone, index) =>
      create(cronJob(named('zone', index), { timeZone }), '?dryRun=All', { show: ['spec.timeZone'] }),
    ),
  },
  {
    name: 'time zones that are refused',
    steps: NO_ZONES.map((timeZone, index) => create(cronJob(named('no-zone', index), { timeZone }), '?dryRun=All')),
  },
];
