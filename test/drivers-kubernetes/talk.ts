/** Talks with servers that answer as an API server does, or not; what they open is closed after each test. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { afterEach, beforeEach } from '@jest/globals';
import type { Call } from '../../src/drivers/driver.js';
import { type Api, type ApiSettings, openApi } from '../../src/drivers/kubernetes/api.js';
import type { Json } from '../../src/schedule.js';
import { type Running, serve } from '../drivers-shared/servers.js';
import { type Folder, openFolder } from './kubeconfigs.js';

/** A token that no message may show. */
export const TOKEN = 'secret-token-0123456789';
/** The path of a list. */
export const LIST = '/apis/batch/v1/namespaces/team/cronjobs';

/** An own one for each test. */
export let folder: Folder;
let opened: { close(): unknown }[];
beforeEach(() => {
  folder = openFolder();
  opened = [];
});
afterEach(async () => {
  for (const one of opened.reverse()) {
    await one.close();
  }
  folder.close();
});

/** Closed after the test. */
export function kept<T extends { close(): unknown }>(one: T): T {
  opened.push(one);
  return one;
}

/** What a request carried. */
export interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

type Answers = (seen: Seen, response: ServerResponse, request: IncomingMessage) => void;

/** Answers with JSON. */
export function json(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/** Answers with a Status. */
export function refuse(response: ServerResponse, code: number, reason: string): void {
  json(response, code, { kind: 'Status', status: 'Failure', message: reason, reason, code });
}

/** A cluster that answers so, and what it has seen. */
export async function cluster(
  answers: Answers,
  secure?: Parameters<typeof serve>[1],
): Promise<Running & { seen: Seen[] }> {
  const seen: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method, url, headers } = request;
      const one = {
        method,
        url,
        token: headers.authorization?.replace('Bearer ', ''),
        type: headers['content-type'],
        body: Buffer.concat(parts).toString(),
      };
      seen.push(one);
      answers(one, response, request);
    });
  };
  return { ...kept(await serve(listener, secure)), seen };
}

/** An api under test, a call, and what it has said for the log. */
export interface Talk {
  readonly api: Api;
  readonly call: Call;
  readonly said: string[];
}

/** A talk by a kubeconfig. */
export function talk(
  config: Json,
  settings: ApiSettings = {},
  caFile?: string,
  env: Record<string, string> = {},
): Talk {
  const kubeconfigFile = folder.write('config', config);
  const said: string[] = [];
  const surroundings = { env: { PATH: process.env.PATH, ...env }, caFile };
  return {
    api: kept(openApi({ kubeconfig: kubeconfigFile, ...settings }, surroundings)),
    call: { signal: new AbortController().signal, now: () => 0, debug: (message) => said.push(message) },
    said,
  };
}

/** Where a server is. */
export function at({ port }: Running, scheme = 'http'): string {
  return `${scheme}://127.0.0.1:${port}`;
}

/** Every item of every page. */
export async function all(pages: AsyncIterable<readonly Json[]>): Promise<Json[]> {
  const items: Json[] = [];
  for await (const page of pages) {
    items.push(...page);
  }
  return items;
}
