/** Questions through the layer under every REST driver, for tests; what they open is closed after each. */
import type { RequestListener } from 'node:http';
import { setTimeout as passing } from 'node:timers/promises';
import { afterEach, expect } from '@jest/globals';
import { type Http, type HttpOptions, type HttpRequest, openHttp } from '../../src/drivers/shared/http.js';
import { certificateOf, type Running } from './servers.js';

/** What is closed after each test. */
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) {
    await one.close();
  }
});

/** Closed after the test. */
export function kept<T extends { close(): unknown }>(one: T): T {
  opened.push(one);
  return one;
}

/** A layer under test, without proxies and extra certificates unless told. */
export function client(options: Partial<HttpOptions> & { env?: Record<string, string>; caFile?: string } = {}): Http {
  const { env = {}, caFile, ...rest } = options;
  return kept(openHttp({ surroundings: { env, caFile }, ...rest }));
}

/** A question that nobody breaks off. */
export function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url, signal: new AbortController().signal, ...more };
}

/** Where a server is. */
export function at({ port }: Running, scheme = 'http', host = '127.0.0.1'): string {
  return `${scheme}://${host}:${port}/`;
}

/** Answers with what it was asked. */
export const echo: RequestListener = (request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    response.setHeader('X-Seen', String(request.headers['x-sent']));
    response.statusCode = request.url === '/teapot' ? 418 : 200;
    response.end(`${request.method} ${request.url} ${Buffer.concat(parts).toString()}`);
  });
};

/** A server's certificate and key, and the authority that signed it. */
export const SECURE = { cert: certificateOf('server'), key: certificateOf('server') };
export const AUTHORITY = { ca: certificateOf('authority') };

/** Waits until it holds, at most two seconds. */
export async function eventually(holds: () => boolean): Promise<void> {
  const until = performance.now() + 2000;
  while (!holds() && performance.now() < until) {
    await passing(5);
  }
  expect(holds()).toBe(true);
}
