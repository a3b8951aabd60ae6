/** The layer under every REST driver, against servers on this machine, good ones and bad ones. */
import { getEventListeners } from 'node:events';
import type { RequestListener } from 'node:http';
import { setTimeout as passing } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { AUTHORITY, at, client, echo, eventually, get, kept, SECURE } from './asking.js';
import { serve, serveProxy, serveRaw } from './servers.js';

describe('an answer', () => {
  test('comes whole, of any status, in UTF-8', async () => {
    const server = kept(await serve(echo));
    const answer = await client().request(
      get(`${at(server)}teapot`, { method: 'POST', body: 'Grüße ☃', headers: { 'X-Sent': 'this' } }),
    );
    expect(answer).toMatchObject({ status: 418, body: 'POST /teapot Grüße ☃', headers: { 'x-seen': 'this' } });
  });

  test('comes over one kept connection, time after time', async () => {
    const server = kept(await serve(echo));
    const http = client();
    for (let time = 0; time < 5; time += 1) {
      await http.request(get(at(server)));
    }
    expect(server.connections()).toBe(1);
    http.close();
    await eventually(() => server.open() === 0);
  });

  test('to a question is asked for again once when the kept connection was closed meanwhile', async () => {
    let served = 0;
    const server = kept(
      await serve((request, response) => {
        served += 1;
        if (served === 2) {
          request.socket.destroy();
        } else {
          response.end('here');
        }
      }),
    );
    const http = client();
    await http.request(get(at(server)));
    expect((await http.request(get(at(server)))).body).toBe('here');
    expect(served).toBe(3);
  });

  test('to a change is not asked for again', async () => {
    let served = 0;
    const server = kept(
      await serve((request, response) => {
        served += 1;
        if (served === 2) {
          request.socket.destroy();
        } else {
          response.end('here');
        }
      }),
    );
    const http = client();
    await http.request(get(at(server)));
    await expect(http.request(get(at(server), { method: 'POST', body: '' }))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `http://127.0.0.1:${server.port} does not answer: the connection was cut.`,
    });
    expect(served).toBe(2);
  });

  test('can be read while it comes', async () => {
    let more: (() => void) | undefined;
    const server = kept(
      await serve((_request, response) => {
        response.write('first');
        more = () => response.end('second');
      }),
    );
    const { status, body } = await client().stream(get(at(server)));
    const parts: string[] = [];
    for await (const part of body) {
      parts.push(Buffer.from(part).toString());
      more?.();
    }
    expect([status, parts]).toEqual([200, ['first', 'second']]);
  });

  test('that is not wanted to its end gives its socket back', async () => {
    const server = kept(await serve((_request, response) => void response.write('endless')));
    const { body } = await client().stream(get(at(server)));
    for await (const part of body) {
      expect(Buffer.from(part).toString()).toBe('endless');
      break;
    }
    await eventually(() => server.open() === 0);
  });
});

describe('no answer, or half of one', () => {
  const HALVES: readonly (readonly [string, string])[] = [
    ['shorter than it says', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
    ['without its last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ];

  test.each(HALVES)('%s is UNAVAILABLE, not half an answer', async (_how, text) => {
    const server = kept(await serveRaw((socket) => socket.once('data', () => socket.end(text))));
    const cut = {
      code: 'UNAVAILABLE',
      message: `http://127.0.0.1:${server.port} broke off in the middle of its answer.`,
    };
    await expect(client().request(get(at(server)))).rejects.toMatchObject(cut);
    const { body } = await client().stream(get(at(server)));
    const read = async (): Promise<void> => {
      for await (const _part of body) {
        // Until it breaks off.
      }
    };
    await expect(read()).rejects.toMatchObject(cut);
  });

  const NONE: readonly (readonly [string, string, RegExp])[] = [
    ['cut at once', '', /the connection was cut/],
    ['of something else than HTTP', '220 smtp\r\n', /Parse Error/],
  ];

  test.each(NONE)('%s is UNAVAILABLE', async (_how, text, message) => {
    const server = kept(await serveRaw((socket) => socket.once('data', () => socket.end(text))));
    await expect(client().request(get(at(server)))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(message),
    });
  });

  test('where nobody listens says so', async () => {
    const server = await serve(echo);
    await server.close();
    await expect(client().request(get(at(server)))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `http://127.0.0.1:${server.port} does not answer: the connection was refused.`,
      cause: { code: 'ECONNREFUSED' },
    });
  });
});

describe('a signal', () => {
  const STAGES: readonly (readonly [string, RequestListener])[] = [
    ['before the answer', () => undefined],
    ['in the middle of the answer', (_request, response) => void response.write('half')],
  ];

  test.each(STAGES)('%s ends it with its reason and frees the socket', async (_when, listener) => {
    const server = kept(await serve(listener));
    const controller = new AbortController();
    const reason = new Error('enough');
    const asking = client().request(get(at(server), { signal: controller.signal }));
    const ended = expect(asking).rejects.toBe(reason);
    await eventually(() => server.open() === 1);
    await passing(20);
    controller.abort(reason);
    await ended;
    await eventually(() => server.open() === 0);
  });

  test('that aborted before sends nothing', async () => {
    const server = kept(await serve(echo));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(client().request(get(at(server), { signal }))).rejects.toThrow('enough');
    expect(server.connections()).toBe(0);
  });

  test('that aborts after the answer keeps the connection', async () => {
    const server = kept(await serve(echo));
    const http = client();
    const controller = new AbortController();
    await http.request(get(at(server), { signal: controller.signal }));
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    controller.abort();
    await http.request(get(at(server)));
    expect(server.connections()).toBe(1);
  });

  test('frees a tunnel that the proxy is still opening', async () => {
    const target = kept(await serve(echo, SECURE));
    const proxy = kept(await serveProxy(target, 'hangs'));
    const controller = new AbortController();
    const http = client({ proxy: at(proxy), tls: AUTHORITY });
    const asking = http.request(get('https://service.test/', { signal: controller.signal }));
    const ended = expect(asking).rejects.toThrow('enough');
    await eventually(() => proxy.asked.length === 1);
    controller.abort(new Error('enough'));
    await ended;
    await eventually(() => proxy.open() === 0);
  });

  test('of one request leaves the others alone', async () => {
    let answer: (() => void) | undefined;
    const server = kept(
      await serve((request, response) => {
        if (request.url === '/slow') {
          answer = () => response.end('late');
        }
      }),
    );
    const http = client();
    const controller = new AbortController();
    const slow = http.request(get(`${at(server)}slow`));
    const gone = expect(http.request(get(at(server), { signal: controller.signal }))).rejects.toThrow('enough');
    await eventually(() => server.open() === 2);
    controller.abort(new Error('enough'));
    await gone;
    answer?.();
    expect((await slow).body).toBe('late');
  });
});

describe('closing', () => {
  const CLOSED = { code: 'UNAVAILABLE', message: 'The connection was closed.' };

  test('ends what is under way', async () => {
    const server = kept(await serve(() => undefined));
    const http = client();
    const ended = expect(http.request(get(at(server)))).rejects.toMatchObject(CLOSED);
    await eventually(() => server.open() === 1);
    http.close();
    await ended;
    await eventually(() => server.open() === 0);
  });

  test('ends a tunnel that the proxy is still opening', async () => {
    const target = kept(await serve(echo, SECURE));
    const proxy = kept(await serveProxy(target, 'hangs'));
    const http = client({ proxy: at(proxy), tls: AUTHORITY });
    const ended = expect(http.request(get('https://service.test/'))).rejects.toMatchObject(CLOSED);
    await eventually(() => proxy.asked.length === 1);
    http.close();
    await ended;
    await eventually(() => proxy.open() === 0);
  });
});
