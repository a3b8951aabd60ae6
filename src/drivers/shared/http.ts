/** The one thin layer over node:http(s) for every driver of a REST service: kept connections, TLS, proxies, whole answers. */
import {
  type Agent,
  request as askPlainly,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  Agent as PlainAgent,
} from 'node:http';
import { type AgentOptions, request as askSecurely, type RequestOptions, Agent as SecureAgent } from 'node:https';
import { SchedError } from '../../errors.js';
import type { Surroundings } from '../driver.js';
import type { TunnelOptions } from './proxy-agent.js';
import { chosenProxy } from './proxy-choice.js';
import { type Addressee, systemError, unreachable } from './unreachable.js';

/** How a server is known, and how it knows us. */
export interface TlsOptions {
  /** PEM; instead of the usual authorities. */
  readonly ca?: string;
  /** PEM of our own certificate, and of its key. */
  readonly cert?: string;
  readonly key?: string;
  /** The name in the server's certificate, when it is not the address's. */
  readonly servername?: string;
  /** False: anybody may answer. */
  readonly rejectUnauthorized?: boolean;
}

export interface HttpOptions {
  readonly surroundings: Surroundings;
  readonly tls?: TlsOptions;
  /** A proxy's URL, instead of what HTTPS_PROXY, HTTP_PROXY and NO_PROXY say. */
  readonly proxy?: string | undefined;
  /** What to do when the server's certificate is not trusted. */
  readonly trustHint?: string;
}

export interface HttpRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  /** Breaks it off and frees its socket at once. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Read as UTF-8. */
  readonly body: string;
}

/** An answer whose body comes bit by bit. Its socket is free again when the iteration ends, early or not, or the signal aborts. */
export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Connections to a service. */
export interface Http {
  /**
   * A whole answer, of any status. Throws UNAVAILABLE when there is none or only a part of one, the signal's reason when that breaks
   * it off, USAGE when the certificate file or a proxy's URL cannot be used. What only reads is asked again where a kept
   * connection turns out to be closed.
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** As `request`, with a body to be read while it comes; reading it throws as `request`. */
  stream(request: HttpRequest): Promise<HttpStream>;
  /** Closes every connection; what is under way ends with UNAVAILABLE. */
  close(): void;
}

/** An answer that has begun. */
interface Exchange {
  readonly response: IncomingMessage;
  /** What an error while it is read means. */
  failure(error: unknown): unknown;
  /** Nobody listens to the request's signal any more. */
  release(): void;
}

interface Route {
  readonly agent: Agent;
  readonly addressee: Addressee;
}

const TRUST_HINT = '--ca-file FILE (or SCHED_CA_FILE) names a PEM file with the authority that signed it.';

/** Nothing is opened, read or loaded before the first request. */
export function openHttp({ surroundings, tls = {}, proxy, trustHint = TRUST_HINT }: HttpOptions): Http {
  const routes = new Map<string, Promise<Route>>();
  const underWay = new Set<(reason: unknown) => void>();

  function route(url: URL): Promise<Route> {
    const known = routes.get(url.origin) ?? openRoute(url);
    routes.set(url.origin, known);
    // A file that could not be read may be readable at the next request.
    known.catch(() => routes.delete(url.origin));
    return known;
  }

  async function openRoute(url: URL): Promise<Route> {
    const through = chosenProxy(url, proxy, surroundings.env);
    const options: AgentOptions = { keepAlive: true, ...(url.protocol === 'https:' && (await secureOptions())) };
    const addressee = { origin: url.origin, proxy: through, trustHint };
    if (through !== undefined) {
      const { proxyAgent } = await import('./proxy-agent.js');
      return { agent: proxyAgent(url, through, options), addressee };
    }
    return { agent: url.protocol === 'https:' ? new SecureAgent(options) : new PlainAgent(options), addressee };
  }

  async function secureOptions(): Promise<AgentOptions> {
    if (surroundings.caFile === undefined) {
      return tls;
    }
    const { trusted } = await import('./trust.js');
    return { ...tls, ca: await trusted(tls.ca, surroundings.caFile) };
  }

  async function exchange(request: HttpRequest): Promise<Exchange> {
    const url = new URL(request.url);
    const { agent, addressee } = await route(url);
    const { signal } = request;
    const tunnel = new AbortController();
    const options = { method: request.method, agent, headers: headersOf(request), tunnel: tunnel.signal };
    const outgoing = begun(url, options, addressee);
    let broken: { readonly reason: unknown } | undefined;

    function breakOff(reason: unknown): void {
      broken = { reason };
      tunnel.abort();
      outgoing.destroy();
    }
    const abort = (): void => breakOff(signal.reason);
    function release(): void {
      signal.removeEventListener('abort', abort);
      underWay.delete(breakOff);
    }
    signal.addEventListener('abort', abort);
    underWay.add(breakOff);
    // It may have aborted before this listened.
    if (signal.aborted) {
      abort();
    }
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.once('response', resolve);
        // Stays: an error after the answer has begun is the answer's, and this one must not end the process.
        outgoing.on('error', reject);
        outgoing.once('close', () => reject(new Error('the connection was closed')));
        outgoing.end(request.body);
      });
      return {
        response,
        failure: (error) => (broken === undefined ? cutShort(error, addressee) : broken.reason),
        release,
      };
    } catch (error) {
      release();
      if (broken === undefined && outgoing.reusedSocket && isClosed(error) && request.method === 'GET') {
        return await exchange(request);
      }
      throw broken === undefined ? unreachable(error, addressee) : broken.reason;
    }
  }

  async function* bodyOf({ response, failure, release }: Exchange): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      // Node itself tells an answer that ends before it is complete as an error.
      yield* response;
    } catch (error) {
      throw failure(error);
    } finally {
      release();
    }
  }

  return {
    async request(request) {
      const begun = await exchange(request);
      const parts: Uint8Array[] = [];
      for await (const part of bodyOf(begun)) {
        parts.push(part);
      }
      const { statusCode = 0, headers } = begun.response;
      return { status: statusCode, headers, body: Buffer.concat(parts).toString('utf8') };
    },

    async stream(request) {
      const begun = await exchange(request);
      const { statusCode = 0, headers } = begun.response;
      return { status: statusCode, headers, body: bodyOf(begun) };
    },

    close() {
      const closed = new SchedError('UNAVAILABLE', 'The connection was closed.');
      for (const breakOff of underWay) {
        breakOff(closed);
      }
      for (const known of routes.values()) {
        known.then(
          ({ agent }) => agent.destroy(),
          () => undefined,
        );
      }
      routes.clear();
    },
  };
}

/** A request on its way. Certificates that are none are found out here. */
function begun(url: URL, options: RequestOptions & TunnelOptions, addressee: Addressee): ClientRequest {
  try {
    return (url.protocol === 'https:' ? askSecurely : askPlainly)(url, options);
  } catch (error) {
    throw unreachable(error, addressee);
  }
}

function headersOf({ headers, body }: HttpRequest): OutgoingHttpHeaders {
  return { ...headers, ...(body !== undefined && { 'Content-Length': String(Buffer.byteLength(body)) }) };
}

function cutShort(error: unknown, { origin }: Addressee): SchedError {
  return new SchedError('UNAVAILABLE', `${origin} broke off in the middle of its answer.`, { cause: error });
}

/** The connection was closed by the other side. */
function isClosed(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(systemError(error).code ?? '');
}
