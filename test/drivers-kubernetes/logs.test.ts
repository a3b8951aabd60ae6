import { describe, expect, test } from '@jest/globals';
import { logs } from '../../src/drivers/kubernetes/logs.js';
import { SchedError } from '../../src/errors.js';
import type { Json } from '../../src/schedule.js';
import { callAt, failure, scripted } from './scripted-api.js';
import { applied } from './server.js';

const NAME = 'nightly-train-ijklmnop';
const ID = `space/${NAME}`;
const JOBS = '/apis/batch/v1/namespaces/space/jobs';
const CALL = callAt(Date.UTC(2031, 0, 1));
const JOB = {
  metadata: { name: 'run', ownerReferences: [{ kind: 'CronJob', name: NAME, uid: 'b7a2', controller: true }] },
};

describe('the output of a run', () => {
  const PODS = '/api/v1/namespaces/space/pods';
  const pod = (name: string, made: string, ...containers: readonly [string, string][]): Json => ({
    metadata: { name, creationTimestamp: made },
    status: {
      containerStatuses: containers.map(([container, state]) => ({ name: container, state: { [state]: {} } })),
    },
  });

  async function output(answers: Parameters<typeof scripted>[0]): Promise<string> {
    let text = '';
    for await (const bytes of logs(scripted({ [`GET ${JOBS}/run`]: JOB, ...answers }).cluster, ID, 'run', CALL)) {
      text += Buffer.from(bytes).toString();
    }
    return text;
  }

  test('is that of its container, and nothing where none has started', async () => {
    const pods = [pod('p', '2031-01-01T00:00:00Z', ['main', 'terminated'])];
    expect(await output({ [`GET ${PODS}`]: pods, [`GET ${PODS}/p/log`]: 'hello\n' })).toBe('hello\n');
    expect(await output({ [`GET ${PODS}`]: [pod('p', '', ['main', 'waiting'])] })).toBe('');
    expect(await output({ [`GET ${PODS}`]: [] })).toBe('');
  });

  test('of several containers says whose it is, oldest pod first', async () => {
    const pods = [
      pod('second', '2031-01-01T00:01:00Z', ['main', 'running']),
      pod('first', '2031-01-01T00:00:00Z', ['main', 'terminated']),
    ];
    const answers = { [`GET ${PODS}`]: pods, [`GET ${PODS}/first/log`]: 'one\n', [`GET ${PODS}/second/log`]: 'two\n' };
    expect(await output(answers)).toBe('==> first main <==\none\n\n==> second main <==\ntwo\n');
  });

  test('is what is left of it when a pod goes, and an error when nobody can tell', async () => {
    const pods = [pod('p', '', ['main', 'running'])];
    expect(await output({ [`GET ${PODS}`]: pods, [`GET ${PODS}/p/log`]: failure('NOT_FOUND') })).toBe('');
    await expect(
      output({ [`GET ${PODS}`]: pods, [`GET ${PODS}/p/log`]: failure('UNAVAILABLE') }),
    ).rejects.toBeInstanceOf(SchedError);
  });

  test('of a Job of another schedule is not found', async () => {
    const other = applied(JOB, { metadata: { ownerReferences: null } });
    await expect(output({ [`GET ${JOBS}/run`]: other, [`GET ${PODS}`]: [] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
