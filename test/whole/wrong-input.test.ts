/** What is typed wrongly, or meets a bad day: each with its exit status, a sentence, a way on, and the same as JSON. No trace, ever. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ERROR_CODES, type ErrorCode } from '../../src/errors.js';
import { type Ended, enter, type Place, sched, schedEach } from './program.js';

interface Wrong {
  readonly argv: readonly string[];
  readonly code: ErrorCode;
  /** Part of the sentence. */
  readonly says: string;
  /** Part of what helps, in the hint or in the sentence itself. */
  readonly helps: string;
}

const CRON = ['create', 'n', '--cron', '0 3 * * *'];
const RUN = ['--', 'true'];
const UNSET = `$${'{NOT_SET_ANYWHERE}'}`;
const usage = (says: string, helps: string, ...argv: readonly string[]): Wrong => ({
  argv,
  code: 'USAGE',
  says,
  helps,
});

const table: readonly Wrong[] = [
  usage('61', '0 and 59', 'create', 'n', '--cron', '61 * * * *', ...RUN),
  usage('25', '0 and 23', 'create', 'n', '--cron', '0 25 * * *', ...RUN),
  usage('this one has 4', 'Five fields', 'create', 'n', '--cron', '0 3 * *', ...RUN),
  usage('Europe/Berln', 'Europe/Berlin', ...CRON, '--timezone', 'Europe/Berln', ...RUN),
  usage('--tiemzone', '--timezone', ...CRON, '--tiemzone', 'UTC', ...RUN),
  usage('--cron and --every', '--cron', ...CRON, '--every', '2h', ...RUN),
  usage('When', '--cron', 'create', 'n', ...RUN),
  usage('What is to run', '--', ...CRON),
  usage('needs a value', '--timezone=', ...CRON, '--timezone', '--paused', ...RUN),
  usage('end time', 'start time', ...CRON, '--start-time', '2030-01-02', '--end-time', '2030-01-01', ...RUN),
  usage('over', 'sched trigger', 'create', 'n', '--at', '2001-01-01T00:00Z', ...RUN),
  usage('0m', 'interval', 'create', 'n', '--every', '0m', ...RUN),
  usage('soon is not a time', 'tomorrow 09:00', 'create', 'n', '--at', 'soon', ...RUN),
  usage('never', 'sched next', 'create', 'n', '--cron', '0 3 * * *', '--end-time', '2001-01-01T00:00Z', ...RUN),
  usage('-1', '--max-runs', ...CRON, '--max-runs', '-1', ...RUN),
  usage('maybe', 'none', ...CRON, '--catchup', 'maybe', ...RUN),
  usage('team', 'NAME=VALUE', ...CRON, '--label', 'team', ...RUN),
  usage('1A', 'environment variable', ...CRON, '--env', '1A=x', ...RUN),
  usage('JSON', '--params', ...CRON, '--params', '{', ...RUN),
  usage('NOT_SET_ANYWHERE', `$${UNSET}`, ...CRON, '--env', `A=${UNSET}`, ...RUN),
  usage('nowhere.env', 'nowhere.env', ...CRON, '--env-file', 'nowhere.env', ...RUN),
  usage('bad/name', 'letters', 'create', 'bad/name', '--every', '2h', ...RUN),
  usage('Nobody is there', '--yes', 'delete', 'nightly'),
  usage('Nobody is there', '--yes', 'delete', '--all', '--hard'),
  usage('Which schedule', 'sched list', 'pause'),
  usage('Which schedule', 'sched list', 'delete', '--yes'),
  usage('several', '--all', 'pause', 'nightly', '--all'),
  usage('Nothing to change', 'sched update --help', 'update', 'nightly'),
  usage('no command', 'pause', 'paus', 'nightly'),
  usage('no command', '--help', 'xyzzy'),
  usage('--page', 'page', 'list', '--page', '0'),
  usage('"x"', 'sched history', 'undo', 'x'),
  usage('From when', '--from', 'backfill', 'nightly'),
  usage('class', 'missing', 'audit', '--fail-on', 'x'),
  usage('--fix', '--delete-orphans', 'audit', '--delete-orphans'),
  usage('powershell', 'bash', 'completion', 'powershell'),
  usage('is over', '--until', 'pause', 'nightly', '--until', '2001-01-01T00:00Z'),
  {
    argv: [...CRON.with(1, 'nightly'), '--timezone', 'UTC', ...RUN],
    code: 'CONFLICT',
    says: 'nightly',
    helps: '--replace',
  },
  { argv: ['get', 'nightli'], code: 'NOT_FOUND', says: 'nightli', helps: 'Did you mean nightly?' },
  { argv: ['pause', 'xyzzy'], code: 'NOT_FOUND', says: 'xyzzy', helps: 'sched list' },
  { argv: ['logs', 'nightly'], code: 'NOT_FOUND', says: 'not run yet', helps: 'sched trigger nightly' },
  { argv: ['logs', 'nightly', '--run', 'ffff'], code: 'NOT_FOUND', says: 'ffff', helps: 'sched runs nightly' },
  { argv: ['undo', '999'], code: 'NOT_FOUND', says: '999', helps: 'sched history' },
  { argv: ['restore', 'nowhere.json'], code: 'NOT_FOUND', says: 'nowhere.json', helps: 'nowhere.json' },
  {
    argv: [...CRON, '--orchestrator', 'loca', ...RUN],
    code: 'ORCHESTRATOR_NOT_FOUND',
    says: 'loca',
    helps: 'Did you mean local?',
  },
  { argv: [...CRON, '--flavor', 'skypilot', ...RUN], code: 'UNSUPPORTED', says: 'skypilot', helps: 'sched agent' },
  { argv: [...CRON, '--flavor', 'kubernets', ...RUN], code: 'UNSUPPORTED', says: 'kubernets', helps: 'kubernetes' },
  { argv: [...CRON, '--image', 'acme/train', ...RUN], code: 'UNSUPPORTED', says: 'container', helps: 'command' },
  {
    argv: [...CRON, '--reference', 'dag'],
    code: 'UNSUPPORTED',
    says: 'exists there already',
    helps: 'Give it a command',
  },
  usage('RESOURCE=AMOUNT', 'cpu=500m,memory=1Gi', ...CRON, '--image', 'i', '--requests', 'cpu'),
  usage('RESOURCE=AMOUNT', '--limits', ...CRON, '--image', 'i', '--limits', 'memory=1Gi,,'),
  usage('TOKEN does not name a secret', 'SECRET/KEY', ...CRON, '--image', 'i', '--secret-env', 'TOKEN=hunter2'),
  usage('never filled in', 'SECRET/KEY', ...CRON, '--image', 'i', '--secret-env', `TOKEN=${UNSET}/key`),
  usage(
    'TOKEN is given twice',
    '--secret-env',
    ...CRON,
    '--image',
    'i',
    '--env',
    'TOKEN=1',
    '--secret-env',
    'TOKEN=s/k',
  ),
  usage('--node-selector', 'NAME=VALUE', ...CRON, '--image', 'i', '--node-selector', 'gpu'),
  usage('--service-account', 'name', ...CRON, '--image', 'i', '--service-account', ''),
  usage('--requests does not go with a command', '--image', ...CRON, '--requests', 'cpu=1', ...RUN),
  usage(
    '--working-directory does not go with a container',
    'image',
    ...CRON,
    '--image',
    'i',
    '--working-directory',
    '/',
  ),
  usage('--env does not go with a job template', 'template', ...CRON, '--job-template', 'job.yaml', '--env', 'A=1'),
  usage('brings its own command', '--', ...CRON, '--job-template', 'job.yaml', ...RUN),
  usage('brings its own command', '--', ...CRON, '--from-cronjob', 'a', ...RUN),
  usage('--image and --job-template', '--image', ...CRON, '--image', 'i', '--job-template', 'job.yaml'),
  usage('nowhere.yaml', 'nowhere.yaml', ...CRON, '--job-template', 'nowhere.yaml'),
  usage('holds a Pod', 'a Job', ...CRON, '--job-template', 'pod.yaml'),
  usage('has no containers', 'a Job', ...CRON, '--job-template', 'empty.json'),
  usage('not valid YAML', 'broken.yaml', ...CRON, '--job-template', 'broken.yaml'),
  usage('NOT_SET_ANYWHERE', `$${UNSET}`, ...CRON, '--job-template', 'unset.yaml'),
  usage('--service-account does not go with a command', '--image', 'update', 'nightly', '--service-account', 'a'),
  { argv: [...CRON, '--job-template', 'job.yaml'], code: 'UNSUPPORTED', says: 'a template', helps: 'a command' },
  { argv: [...CRON, '--from-cronjob', 'nightly'], code: 'NOT_FOUND', says: 'no entry nightly', helps: 'stand' },
  usage('ms is not a unit', '30m', 'create', 'n', '--every', '500ms', ...RUN),
];

const JOB = 'template: {spec: {containers: [{image: acme/train}]}}';
/** In the working folder. */
const files: Readonly<Record<string, string>> = {
  'job.yaml': JOB,
  'pod.yaml': 'apiVersion: v1\nkind: Pod\nspec: {}\n',
  'empty.json': '{"kind": "Job", "spec": {}}',
  'broken.yaml': 'spec: [',
  'unset.yaml': JOB.replace('acme/train', `"${UNSET}/train"`),
};

let place: Place;
let plain: readonly Ended[];
let asJson: readonly Ended[];
beforeAll(async () => {
  place = enter();
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(place.work, name), text);
  }
  await schedEach(place, [['create', 'nightly', '--cron', '0 9 * * *', '--timezone', 'UTC', ...RUN]]);
  plain = await schedEach(
    place,
    table.map(({ argv }) => argv),
  );
  asJson = await schedEach(
    place,
    table.map(({ argv }) => ['-o', 'json', ...argv]),
  );
}, 60_000);
afterAll(() => place.leave());

const NO_TRACE = /^ {4}at |internal error|node:internal|Error:|SQLITE_/m;

describe('typed wrongly', () => {
  test.each(table.map((wrong, index) => [`sched ${wrong.argv.join(' ')}`, wrong, index] as const))(
    '%s',
    (_line, { code, says, helps }, index) => {
      const told = plain[index];
      expect(told).toMatchObject({ exit: ERROR_CODES[code].exit, stdout: '' });
      expect(told?.stderr).toMatch(/^error: \S/);
      expect(told?.stderr).toContain(says);
      expect(told?.stderr).toContain(helps);
      expect(told?.stderr).not.toMatch(NO_TRACE);
      const data = asJson[index];
      expect(data).toMatchObject({ exit: ERROR_CODES[code].exit, stdout: '' });
      const { error } = JSON.parse(data?.stderr ?? '') as { error: Record<string, string | null> };
      expect(Object.keys(error)).toEqual(['code', 'message', 'hint', 'cause']);
      expect(error.code).toBe(code);
      expect(error.message).toContain(says);
      expect(`${error.message}${error.hint}`).toContain(helps);
    },
  );

  test('an output format that does not exist is told in words: there is no way to tell it in data', async () => {
    const told = await sched(place, ['list', '-o', 'xml']);
    expect(told).toMatchObject({ exit: 2, stdout: '' });
    expect(told.stderr).toMatch(/xml.*table, json, yaml, csv, tsv, name/);
  });

  test('changes nothing', async () => {
    const [list, history] = await schedEach(place, [
      ['list', '-o', 'name'],
      ['history', '-o', 'json'],
    ]);
    expect(list?.stdout).toBe('nightly\n');
    expect((JSON.parse(history?.stdout ?? '') as { pagination: { total: number } }).pagination.total).toBe(1);
  });

  test.each([
    ['61 * * * *', '  61 * * * *', '  ^^'],
    ['0 25 * * *', '  0 25 * * *', '    ^^'],
    ['0 3 * * MOM', '  0 3 * * MOM', '          ^^^'],
    ['0 3 1-40 * *', '  0 3 1-40 * *', '        ^^'],
  ])('the caret stands under the mistake: %s', async (expression, line, caret) => {
    const { stderr } = await sched(place, ['create', 'n', '--cron', expression, ...RUN]);
    expect(stderr.split('\n').slice(1, 3)).toEqual([line, caret]);
  });

  test('a taken name says what differs, field by field', async () => {
    const { exit, stderr } = await sched(place, [
      'create',
      'nightly',
      '--cron',
      '0 3 * * *',
      '--timezone',
      'Asia/Tokyo',
      '--',
      'false',
    ]);
    expect(exit).toBe(5);
    for (const field of ['cron_expression', '0 9 * * *', '0 3 * * *', 'timezone', 'Asia/Tokyo', 'run']) {
      expect(stderr).toContain(field);
    }
  });
});
