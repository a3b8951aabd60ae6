/** The talk with an API server: what is sent, and what comes back. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { openApi } from '../../src/drivers/kubernetes/api.js';
import type { Json } from '../../src/schedule.js';
import { certificateFileOf, certificateOf, serveProxy, serveRaw } from '../drivers-shared/servers.js';
import { kubeconfig } from './kubeconfigs.js';
import { all, at, cluster, json, kept, LIST, refuse, type Seen, TOKEN, talk } from './talk.js';

describe('a request', () => {
  test('carries the login, the query and the body, and gives the answer', async () => {
    const server = await cluster((_seen, response) => json(response, 201, { made: true }));
    const { api, call } = talk(kubeconfig(`${at(server)}/below/`, { token: TOKEN }));
    const query = { labelSelector: 'a=b,c', dryRun: 'All' };
    expect(await api.request({ method: 'POST', path: LIST, query, body: { a: 'ü' } }, call)).toEqual({ made: true });
    expect(server.seen).toEqual([
      {
        method: 'POST',
        url: `/below${LIST}?labelSelector=a%3Db%2Cc&dryRun=All`,
        token: TOKEN,
        type: 'application/json',
        body: '{"a":"ü"}',
      },
    ]);
    expect(api.url({ path: LIST, query })).toBe(`${at(server)}/below${server.seen[0]?.url?.slice('/below'.length)}`);
  });

  test('that patches merges, unless told', async () => {
    const server = await cluster((_seen, response) => json(response, 200, {}));
    const { api, call } = talk(kubeconfig(at(server), {}));
    await api.request({ method: 'PATCH', path: LIST, body: {} }, call);
    await api.request({ method: 'PATCH', path: LIST, body: {}, contentType: 'application/json' }, call);
    await api.request({ method: 'GET', path: LIST }, call);
    expect(server.seen.map(({ type }) => type)).toEqual([
      'application/merge-patch+json',
      'application/json',
      undefined,
    ]);
    expect(server.connections()).toBe(1);
  });

  test('is logged with its method, path, status and time, and never with the token', async () => {
    const server = await cluster((seen, response) => {
      if (seen.method === 'DELETE') {
        response.destroy();
      } else {
        refuse(response, 404, `no ${TOKEN.length}`);
      }
    });
    const { api, call, said } = talk(kubeconfig(at(server), { token: TOKEN }));
    await expect(api.request({ method: 'GET', path: LIST }, call)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(api.request({ method: 'DELETE', path: LIST }, call)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(said).toEqual([
      expect.stringMatching(`^GET ${LIST} 404 in \\d+ ms$`),
      expect.stringMatching(`^DELETE ${LIST} without an answer after \\d+ ms$`),
    ]);
  });

  test.each([
    ['HTML', 200, '<html>', /does not answer as a Kubernetes cluster does/],
    ['half of its JSON', 200, '{"kind":', /does not answer as a Kubernetes cluster does/],
    ['nothing', 200, '', /does not answer as a Kubernetes cluster does/],
    ['HTML and an error', 404, '<html>', /does not answer as a Kubernetes cluster does/],
  ])('answered by %s is UNAVAILABLE', async (_what, status, body, message) => {
    const server = await cluster((_seen, response) => response.writeHead(status).end(body));
    const { api, call } = talk(kubeconfig(at(server), {}));
    await expect(api.request({ method: 'GET', path: LIST }, call)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(message),
    });
  });

  test('answered in part is UNAVAILABLE', async () => {
    const half = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"kind":"CronJobList","items":[]}';
    const server = kept(await serveRaw((socket) => socket.once('data', () => socket.end(half))));
    const { api, call } = talk(kubeconfig(at(server), {}));
    await expect(api.request({ method: 'GET', path: LIST }, call)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('the connection', () => {
  test('reads nothing before it is asked something', async () => {
    const api = openApi({ kubeconfig: '/missing/config' }, { env: {}, caFile: undefined });
    expect(() => api.namespace).toThrow('There is no kubeconfig: /missing/config.');
    api.close();
  });

  test("has the namespace of the settings, else of the context, else 'default'", () => {
    const config = kubeconfig('https://x.example', {});
    expect(talk(config).api.namespace).toBe('team');
    expect(talk(config, { namespace: 'mine' }).api.namespace).toBe('mine');
    const contexts = [{ name: 'lab', context: { cluster: 'one' } }];
    const bare = { ...(config as { readonly [key: string]: Json }), contexts };
    expect(talk(bare).api).toMatchObject({ namespace: 'default', server: 'https://x.example', context: 'lab' });
  });

  const SECURE = { cert: certificateOf('server'), key: certificateOf('server') };
  const CA = { 'certificate-authority': certificateFileOf('authority') };
  const CLIENT = { 'client-certificate': certificateFileOf('client'), 'client-key': certificateFileOf('client') };

  test("trusts the kubeconfig's authority, and shows the user's certificate", async () => {
    const ca = { ...SECURE, ca: certificateOf('authority'), requestCert: true, rejectUnauthorized: true };
    const server = await cluster((_seen, response) => json(response, 200, { hello: 'ann' }), ca);
    const { api, call } = talk(kubeconfig(at(server, 'https'), CLIENT, CA));
    expect(await api.request({ method: 'GET', path: '/version' }, call)).toEqual({ hello: 'ann' });
    expect(api.authority).toBe(readFileSync(certificateFileOf('authority'), 'utf8').trim());
  });

  test('to an unknown authority says where one is named; --ca-file adds one', async () => {
    const server = await cluster((_seen, response) => json(response, 200, {}), SECURE);
    const { api, call } = talk(kubeconfig(at(server, 'https'), {}));
    await expect(api.request({ method: 'GET', path: '/version' }, call)).rejects.toMatchObject({
      code: 'AUTHENTICATION',
      hint: expect.stringMatching(/certificate-authority.*--ca-file/),
    });
    const other = talk(kubeconfig(at(server, 'https'), {}), {}, certificateFileOf('authority'));
    expect(await other.api.request({ method: 'GET', path: '/version' }, other.call)).toEqual({});
  });

  test("goes through the cluster's own proxy", async () => {
    const server = await cluster((_seen, response) => json(response, 200, { hello: 'ann' }), SECURE);
    const proxy = kept(await serveProxy(server));
    const config = kubeconfig('https://service.test', {}, { ...CA, 'proxy-url': at(proxy) });
    const { api, call } = talk(config, {}, undefined, { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' });
    expect(await api.request({ method: 'GET', path: '/version' }, call)).toEqual({ hello: 'ann' });
    expect(proxy.asked.map(({ to }) => to)).toEqual(['service.test:443']);
  });
});

describe('a list', () => {
  const item = (uid: string): Json => ({ metadata: { uid } });
  function list(uids: readonly string[], next = ''): Json {
    return { kind: 'CronJobList', metadata: { continue: next }, items: uids.map(item) };
  }
  function parameters({ url = '' }: Seen): Record<string, string> {
    return Object.fromEntries(new URL(url, 'http://x').searchParams);
  }

  test('comes page by page', async () => {
    const server = await cluster((seen, response) =>
      json(response, 200, parameters(seen).continue === 'A+/=' ? list(['c']) : list(['a', 'b'], 'A+/=')),
    );
    const { api, call } = talk(kubeconfig(at(server), {}));
    const pages: Json[][] = [];
    for await (const page of api.pages(LIST, { labelSelector: 's' }, call)) {
      pages.push([...page]);
    }
    expect(pages).toEqual([[item('a'), item('b')], [item('c')]]);
    expect(server.seen.map(parameters)).toEqual([
      { limit: '500', labelSelector: 's' },
      { limit: '500', labelSelector: 's', continue: 'A+/=' },
    ]);
    expect(await all(api.pages(LIST, { limit: '2' }, call))).toHaveLength(3);
    expect(parameters(server.seen[2] as Seen)).toEqual({ limit: '2' });
  });

  test('that expires is read once more from its beginning, each item given once', async () => {
    const answers = [list(['a', 'b'], 'n1'), 'expired', list(['b', 'c'], 'n2'), list(['d', 'a'])];
    const server = await cluster((_seen, response) => {
      const answer = answers.shift();
      if (answer === 'expired') {
        // It offers a token for an inconsistent rest.
        json(response, 410, {
          kind: 'Status',
          status: 'Failure',
          reason: 'Expired',
          code: 410,
          metadata: { continue: 'inconsistent' },
        });
      } else {
        json(response, 200, answer ?? null);
      }
    });
    const { api, call } = talk(kubeconfig(at(server), {}));
    expect(await all(api.pages(LIST, {}, call))).toEqual(['a', 'b', 'c', 'd'].map(item));
    expect(server.seen.map((seen) => parameters(seen).continue)).toEqual([undefined, 'n1', undefined, 'n2']);
  });

  test('that expires twice is UNAVAILABLE', async () => {
    const server = await cluster((seen, response) =>
      parameters(seen).continue === undefined
        ? json(response, 200, list(['a'], 'next'))
        : refuse(response, 410, 'Expired'),
    );
    const { api, call } = talk(kubeconfig(at(server), {}));
    await expect(all(api.pages(LIST, {}, call))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(server.seen).toHaveLength(4);
  });

  test('whose second page fails is no list', async () => {
    const server = await cluster((seen, response) =>
      parameters(seen).continue === undefined
        ? json(response, 200, list(['a'], 'next'))
        : refuse(response, 403, 'Forbidden'),
    );
    const { api, call } = talk(kubeconfig(at(server), {}));
    await expect(all(api.pages(LIST, {}, call))).rejects.toMatchObject({ code: 'PERMISSION' });
  });

  test('whose second page is refused for a moment goes on', async () => {
    let refusals = 1;
    const server = await cluster((seen, response) => {
      if (parameters(seen).continue === undefined) {
        json(response, 200, list(['a'], 'next'));
      } else if (refusals-- > 0) {
        response.writeHead(429, { 'content-type': 'text/plain', 'retry-after': '0' }).end('Too many requests');
      } else {
        json(response, 200, list(['b'], undefined));
      }
    });
    const { api, call } = talk(kubeconfig(at(server), {}));
    expect((await all(api.pages(LIST, {}, call))).flat()).toHaveLength(2);
  });

  test.each([{}, { items: [] }, { kind: 'Hello', items: [] }, []])('that is %j is no empty list', async (body) => {
    const server = await cluster((_seen, response) => json(response, 200, body));
    const { api, call } = talk(kubeconfig(at(server), {}));
    await expect(all(api.pages(LIST, {}, call))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('a text', () => {
  test('comes as bytes', async () => {
    const server = await cluster((_seen, response) => response.end('line 1\nline 2\n'));
    const { api, call } = talk(kubeconfig(at(server), { token: TOKEN }));
    const parts: Uint8Array[] = [];
    for await (const part of api.text({ method: 'GET', path: '/log' }, call)) {
      parts.push(part);
    }
    expect(Buffer.concat(parts).toString()).toBe('line 1\nline 2\n');
    expect(server.seen[0]?.token).toBe(TOKEN);
  });

  test('that is refused is the refusal', async () => {
    const server = await cluster((_seen, response) => refuse(response, 403, 'Forbidden'));
    const { api, call } = talk(kubeconfig(at(server), {}));
    await expect(api.text({ method: 'GET', path: '/log' }, call).next()).rejects.toMatchObject({ code: 'PERMISSION' });
  });
});
