/** What a client of the fake cluster sees when it fails, and what of it was done all the same. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fault, Misfortune, Operation } from '../conformance/bench.js';
import { type Cluster, openCluster } from '../fakes/kubernetes/cluster.js';
import { textAt } from '../fakes/kubernetes/fields.js';
import { cronJob } from '../fakes/kubernetes/probes/writes.js';

let cluster: Cluster;
beforeEach(async () => {
  cluster = await openCluster({ pageSize: 2 });
});
afterEach(() => cluster.close());

/** Milliseconds after which a client gives up. */
const PATIENCE = 1000;

interface Seen {
  readonly status: number;
  readonly type: string | null;
  readonly retryAfter: string | null;
  readonly text: string;
}

/** What comes of a request, or the reason why nothing did. */
async function ask(
  operation: Operation,
  method: string,
  path: string,
  body?: unknown,
): Promise<Seen | 'broken' | 'silent'> {
  cluster.during(operation);
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  try {
    const response = await fetch(`${cluster.server}/apis/batch/v1/namespaces/${cluster.namespace}${path}`, {
      method,
      headers: { authorization: `Bearer ${cluster.token}`, 'content-type': type },
      signal: AbortSignal.timeout(PATIENCE),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { status, headers } = response;
    const text = await response.text();
    return { status, type: headers.get('content-type'), retryAfter: headers.get('retry-after'), text };
  } catch (error) {
    // The reason of a signal is an error of another realm here.
    return (error as { readonly name?: string }).name === 'TimeoutError' ? 'silent' : 'broken';
  }
}

function answered(seen: Seen | 'broken' | 'silent'): Seen {
  if (typeof seen === 'string') {
    throw new Error(`no answer: ${seen}`);
  }
  return seen;
}

const create = (): ReturnType<typeof ask> => ask('create', 'POST', '/cronjobs', cronJob('one'));
const stands = (): boolean => cluster.objects('cronjobs').length === 1;

describe('a misfortune over HTTP', () => {
  test.each<[Misfortune['kind'], string, boolean]>([
    ['dropped', 'broken', false],
    ['lost', 'broken', true],
    ['hang', 'silent', false],
    ['mute', 'silent', true],
    ['truncated', 'broken', true],
  ])('%s: the client sees %s; done: %s', async (kind, seen, done) => {
    cluster.control.inject({ on: 'create', kind } as Fault);
    expect(await create()).toBe(seen);
    expect(stands()).toBe(done);
    expect(answered(await create()).status).toBe(done ? 409 : 201);
  });

  test('html is a page instead of the answer, after it is done, and repeats the token as proxies do', async () => {
    cluster.control.inject({ on: 'create', kind: 'html' });
    const { status, type, text } = answered(await create());
    expect([status, type, text.includes(cluster.token), stands()]).toEqual([200, 'text/html', true, true]);
  });

  test('slow takes its time', async () => {
    cluster.control.inject({ on: 'create', kind: 'slow', milliseconds: 60 });
    const before = performance.now();
    expect(answered(await create()).status).toBe(201);
    expect(performance.now() - before).toBeGreaterThan(55);
  });

  test('stale shows what was before the last write', async () => {
    await create();
    cluster.control.inject({ on: 'read', kind: 'stale' });
    expect(answered(await ask('read', 'GET', '/cronjobs/one')).status).toBe(404);
    await ask('update', 'PATCH', '/cronjobs/one', { spec: { suspend: true } });
    cluster.control.inject({ on: 'list', kind: 'stale' });
    expect(JSON.parse(answered(await ask('list', 'GET', '/cronjobs')).text).items[0].spec.suspend).toBe(false);
    expect(JSON.parse(answered(await ask('list', 'GET', '/cronjobs')).text).items[0].spec.suspend).toBe(true);
  });

  test('empty is a list without items', async () => {
    await create();
    cluster.control.inject({ on: 'list', kind: 'empty' });
    const { status, text } = answered(await ask('list', 'GET', '/cronjobs'));
    expect([status, JSON.parse(text)]).toMatchObject([200, { kind: 'CronJobList', items: [] }]);
  });

  test('429 is plain text with a time to wait; 503 is a Status with one', async () => {
    cluster.control.inject({ on: 'create', kind: 'refused', status: 429, retryAfterSeconds: 7 });
    const busy = answered(await create());
    expect(busy).toMatchObject({ status: 429, retryAfter: '7', text: 'Too many requests, please try again later.\n' });
    expect(busy.type).toMatch(/^text\/plain/);
    cluster.control.inject({ on: 'create', kind: 'refused', status: 503 });
    const down = answered(await create());
    expect([down.status, down.retryAfter, JSON.parse(down.text).reason]).toEqual([503, '1', 'ServiceUnavailable']);
    expect(stands()).toBe(false);
  });

  test('409 has a reason: somebody else has written', async () => {
    await create();
    cluster.control.inject({ on: 'update', kind: 'refused', status: 409 });
    const { status, text } = answered(await ask('update', 'PATCH', '/cronjobs/one', { spec: { suspend: true } }));
    expect([status, JSON.parse(text).reason]).toEqual([409, 'Conflict']);
    const [found] = cluster.objects('cronjobs');
    expect(JSON.stringify(found?.metadata)).toContain('"manager":"kubectl-annotate"');
    expect(found?.spec).toMatchObject({ suspend: false });
  });

  test('an operation suffers in its write, however much it asks before', async () => {
    await create();
    cluster.control.inject({ on: 'update', kind: 'refused', status: 403 });
    expect(answered(await ask('update', 'GET', '/cronjobs/one')).status).toBe(200);
    expect(answered(await ask('update', 'PATCH', '/cronjobs/one/status', {})).status).toBe(200);
    expect(answered(await ask('read', 'PATCH', '/cronjobs/one', {})).status).toBe(200);
    expect(answered(await ask('update', 'PATCH', '/cronjobs/one', {})).status).toBe(403);
    expect(answered(await ask('update', 'PATCH', '/cronjobs/one', {})).status).toBe(200);
    expect(cluster.control.requests().filter((line) => line.startsWith('update '))).toHaveLength(4);
  });

  test('the nth request is counted from the first of its operation, and a healed cluster suffers no more', async () => {
    await create();
    cluster.control.inject({ on: 'list', kind: 'refused', status: 401, nth: 2, times: 9 });
    const statuses = [await ask('list', 'GET', '/cronjobs'), await ask('list', 'GET', '/cronjobs')].map(answered);
    expect(statuses.map(({ status }) => status)).toEqual([200, 401]);
    cluster.control.heal();
    expect(answered(await ask('list', 'GET', '/cronjobs')).status).toBe(200);
  });
});

describe('a hand on the fake cluster', () => {
  test('pages that are too old are gone, with a token for the rest', async () => {
    for (const name of ['a', 'b', 'c']) {
      await ask('create', 'POST', '/cronjobs', cronJob(name));
    }
    const first = JSON.parse(answered(await ask('list', 'GET', '/cronjobs?limit=500')).text);
    expect(first.items.length).toBe(2);
    const next = `/cronjobs?limit=500&continue=${first.metadata.continue}`;
    cluster.expire();
    const gone = answered(await ask('list', 'GET', next));
    const { reason, metadata } = JSON.parse(gone.text);
    expect([gone.status, reason]).toEqual([410, 'Expired']);
    const rest = JSON.parse(
      answered(await ask('list', 'GET', `/cronjobs?limit=500&continue=${metadata.continue}`)).text,
    );
    expect(rest.items.map((item: never) => textAt(item, 'metadata.name'))).toEqual(['c']);
  });

  test('occurrences fire, and Jobs end with what they wrote', async () => {
    await create();
    const good = cluster.fire('one', Date.UTC(2031, 0, 1, 3));
    const bad = cluster.fire('one', Date.UTC(2031, 0, 1, 4));
    expect(good).toBe(`one-${Date.UTC(2031, 0, 1, 3) / 60_000}`);
    cluster.finish(good, true, 'fine\n');
    cluster.finish(bad, false, '');
    const ends = cluster.objects('jobs').map((job) => JSON.stringify(job.status));
    expect(ends[0]).toContain('"type":"Complete"');
    expect(ends[1]).toContain('"type":"Failed"');
    expect(ends[1]).not.toContain('completionTime');
    const [job] = cluster.objects('jobs');
    expect(job?.metadata).toMatchObject({
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2031-01-01T03:00:00Z' },
      ownerReferences: [{ kind: 'CronJob', name: 'one', controller: true }],
    });
  });
});
