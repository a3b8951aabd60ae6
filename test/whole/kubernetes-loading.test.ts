/** The client of a REST service is loaded by the command that talks to it, and by no other. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { enter, type Place, ROOT, sched } from './program.js';

let place: Place;
let server: Server;
let requests = 0;

beforeAll(async () => {
  place = enter();
  server = createServer((request, response) => {
    requests += 1;
    const body = request.url?.includes('/cronjobs')
      ? { kind: 'CronJobList', apiVersion: 'batch/v1', metadata: {}, items: [] }
      : { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'x', uid: 'b3c1a5de-0000-4000-8000-000000000001' } };
    request.resume().on('end', () => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(place.folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'lab',
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'ann' } }],
      clusters: [{ name: 'lab', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'ann', user: { token: 't' } }],
    }),
  );
  const words = ['orchestrator', 'register', 'k', '--flavor', 'kubernetes', '--set', `kubeconfig=${kubeconfig}`];
  expect(await sched(place, [...words, '--default'])).toMatchObject({ exit: 0 });
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  place.leave();
});

/** The files and built-in modules that a command loads, one a line, and how often it asked the cluster. */
async function traced(argv: readonly string[]): Promise<{ readonly loaded: string; readonly asked: number }> {
  const before = requests;
  const trace = join(place.work, 'trace');
  const node = ['--require', join(ROOT, 'test', 'whole', 'trace.cjs')];
  const ended = await sched(place, argv, { node, env: { SCHED_TRACE: trace } });
  expect(ended).toMatchObject({ exit: 0 });
  return { loaded: readFileSync(trace, 'utf8'), asked: requests - before };
}

const NETWORK = /node:(https?|tls|net)$/m;

test.each([
  [['--help']],
  [['list']],
  [['list', '-o', 'json']],
  [['orchestrator', 'list']],
  [['orchestrator', 'flavors']],
  [['next', '--cron', '0 3 * * *', '--timezone', 'UTC']],
  [['create', 'here', '--orchestrator', 'local', '--cron', '@daily', '--timezone', 'UTC', '--', 'true']],
  [['get', 'here']],
  [['delete', 'here', '--yes']],
])('%j loads nothing of the network, though Kubernetes is the default', async (argv) => {
  const { loaded, asked } = await traced(argv);
  expect(loaded).not.toMatch(NETWORK);
  expect(asked).toBe(0);
});

test('audit does, and starts no login program for a mere token', async () => {
  const { loaded, asked } = await traced(['audit']);
  expect(loaded).toMatch(NETWORK);
  expect(loaded).not.toMatch(/node:child_process/);
  expect(asked).toBeGreaterThan(0);
});
