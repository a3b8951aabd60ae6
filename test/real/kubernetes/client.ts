/** A bare client of an API server, for what the tests do there themselves. */

import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';

/** Anything that came as JSON; the tests look into it with matchers. */
// biome-ignore lint/suspicious/noExplicitAny: answers of all shapes, whose shape is what the tests are about
export type Loose = any;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body; undefined when it is no JSON. */
  readonly body: Loose;
}

export interface Asking {
  readonly body?: unknown;
  /** The body's type; without it JSON, and a merge patch where the method is PATCH. */
  readonly type?: string;
  /** Somebody else's token; null: none at all. */
  readonly token?: string | null;
}

export interface Client {
  /** Any request with its answer, whatever its status. Throws when there is none. */
  ask(method: string, path: string, asking?: Asking): Promise<Answer>;
  /** The body of an answer that says yes. Throws with the whole answer when it is no. */
  demand(method: string, path: string, asking?: Asking): Promise<Loose>;
  close(): void;
}

/** A client of the server that the authority (PEM) vouches for, with a token unless a request brings its own. */
export function openClient(server: string, authority: string, token: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ca: authority });

  function ask(method: string, path: string, asking: Asking = {}): Promise<Answer> {
    const type = asking.type ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
    const bearer = asking.token === undefined ? token : asking.token;
    const options: RequestOptions = {
      method,
      agent,
      headers: {
        accept: 'application/json',
        ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
        ...(asking.body !== undefined && { 'content-type': type }),
      },
    };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, server), options, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(pieces).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
        });
      });
      sent.on('error', reject);
      sent.end(typeof asking.body === 'string' ? asking.body : asking.body && JSON.stringify(asking.body));
    });
  }

  return {
    ask,
    async demand(method, path, asking) {
      const answer = await ask(method, path, asking);
      if (answer.status >= 300) {
        throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      }
      return answer.body;
    },
    close: () => agent.destroy(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Asks until the answer is yes, and gives it; fails after `seconds`, naming what was waited for. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | null | false>,
  seconds = 20,
): Promise<T> {
  for (const end = performance.now() + seconds * 1000; ; ) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) {
      return answer;
    }
    if (performance.now() > end) {
      throw new Error(`${what} did not come about within ${seconds} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
