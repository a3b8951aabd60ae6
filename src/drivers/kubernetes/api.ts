import { SchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';
import type { Call, Surroundings } from '../driver.js';
import { type Http, type HttpAnswer, type HttpRequest, type HttpStream, openHttp } from '../shared/http.js';
import { type RetryLimits, retrying } from '../shared/retry.js';
import { failureOf, foreignAnswer } from './failure.js';
import { findTarget, type Target, type TargetSettings } from './kubeconfig.js';
import { authorityOf, type Login, logIn } from './login.js';
import { type Asked, statusOf } from './status.js';
import { listAt, textAt } from './tree.js';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Encoded: `/apis/batch/v1/namespaces/x/cronjobs/y`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** Unless told a merge patch for PATCH (RFC 7396), plain JSON for the others. */
  readonly contentType?: 'application/json' | 'application/merge-patch+json';
}

export interface ApiSettings extends TargetSettings {
  readonly namespace?: string;
}

/** One cluster, as one user. The properties read the kubeconfig when first asked for, and throw USAGE as `findTarget`. */
export interface Api {
  /** The settings', else the context's, else `default`. */
  readonly namespace: string;
  /** Base URL. */
  readonly server: string;
  /** The kubeconfig's context, or `in-cluster`. */
  readonly context: string;
  /** The cluster's certificate authority as the kubeconfig has it, PEM; undefined where it has none. */
  readonly authority: string | undefined;
  /** The answer's JSON. Throws as `failureOf`, and UNAVAILABLE for what is no whole answer of a cluster. */
  request(request: ApiRequest, call: Call): Promise<Json>;
  /**
   * The items of a list, page by page. When the list expires while it is read (410), it is read once more from the beginning, and
   * what was given already is left out; what vanished meanwhile has been given then.
   */
  pages(
    path: string,
    query: Readonly<Record<string, string>>,
    call: Call,
  ): AsyncGenerator<readonly Json[], void, undefined>;
  /** An answer's bytes while they come. */
  text(request: ApiRequest, call: Call): AsyncGenerator<Uint8Array, void, undefined>;
  /** Where a request goes. */
  url(request: Pick<ApiRequest, 'path' | 'query'>): string;
  close(): void;
}

/** A login and the connections that use it. */
interface Session {
  readonly login: Login;
  readonly http: Http;
}

interface Page {
  readonly items: readonly Json[];
  /** The token of the next one. */
  readonly next: string | undefined;
}

/** Items of a page. */
const PAGE = 500;
/** How long a later page is asked for again when the server asks for patience, in milliseconds. */
const PAGE_PATIENCE = 20_000;
const TRUST_HINT =
  'The kubeconfig names the authority that signed it as certificate-authority(-data); --ca-file FILE adds one.';

/** Nothing is read or sent before the first request; login happens then, and once more when the cluster stops accepting it. */
export function openApi(settings: ApiSettings, surroundings: Surroundings): Api {
  let found: Target | undefined;
  let current: { readonly session: Promise<Session>; readonly signal: AbortSignal } | undefined;
  const open = new Set<Http>();

  function target(): Target {
    found ??= findTarget(settings, surroundings.env);
    return found;
  }

  async function enter(signal: AbortSignal): Promise<Session> {
    const { cluster } = target();
    const login = await logIn(target(), surroundings, signal);
    const proxy = textAt(cluster, 'proxy-url');
    const http = openHttp({ surroundings, tls: login.tls, proxy, trustHint: TRUST_HINT });
    open.add(http);
    return { login, http };
  }

  /** The login that all calls share. One that ended because the call that began it was broken off is begun anew. */
  async function session(signal: AbortSignal): Promise<Session> {
    for (;;) {
      const shared = current ?? { session: enter(signal), signal };
      current = shared;
      try {
        return await shared.session;
      } catch (error) {
        current = current === shared ? undefined : current;
        if (signal.aborted || !shared.signal.aborted) {
          throw error;
        }
      }
    }
  }

  /** A login in place of one that was refused; undefined when there is no other. */
  async function renewed(refused: Session, signal: AbortSignal): Promise<Session | undefined> {
    if ((await current?.session) === refused) {
      // The kubeconfig may have been written anew, too.
      found = undefined;
      current = undefined;
    }
    const next = await session(signal);
    return JSON.stringify(next.login) === JSON.stringify(refused.login) ? undefined : next;
  }

  function url({ path, query = {} }: Pick<ApiRequest, 'path' | 'query'>): string {
    const search = new URLSearchParams(query).toString();
    return `${target().server}${path}${search === '' ? '' : `?${search}`}`;
  }

  function asked({ method, path }: ApiRequest): Asked {
    const namespace = /\/namespaces\/([^/]+)/.exec(path)?.[1];
    return {
      method,
      path,
      namespace: namespace === undefined ? undefined : decodeURIComponent(namespace),
      server: target().server,
      context: target().context,
    };
  }

  function asHttp(request: ApiRequest, { login }: Session, call: Call): HttpRequest {
    const { method, body } = request;
    const type = request.contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
    return {
      method,
      url: url(request),
      headers: {
        Accept: 'application/json, */*',
        'User-Agent': 'sched',
        ...(body !== undefined && { 'Content-Type': type }),
        ...login.headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: call.signal,
    };
  }

  /** Sends it, and once more with a new login where the old one is refused. */
  async function send<T extends { readonly status: number }>(
    request: ApiRequest,
    call: Call,
    by: (http: Http, request: HttpRequest) => Promise<T>,
  ): Promise<T> {
    async function once(as: Session): Promise<T> {
      const began = performance.now();
      const said = `${request.method} ${request.path}`;
      try {
        const answer = await by(as.http, asHttp(request, as, call));
        call.debug(`${said} ${answer.status} in ${Math.round(performance.now() - began)} ms`);
        return answer;
      } catch (error) {
        call.debug(`${said} without an answer after ${Math.round(performance.now() - began)} ms`);
        throw error;
      }
    }
    const first = await session(call.signal);
    const answer = await once(first);
    if (answer.status !== 401) {
      return answer;
    }
    const next = await renewed(first, call.signal);
    return next === undefined ? answer : await once(next);
  }

  async function request(asking: ApiRequest, call: Call): Promise<Json> {
    const answer = await send(asking, call, (http, sent) => http.request(sent));
    if (answer.status < 200 || answer.status > 299) {
      throw failureOf(answer, asked(asking));
    }
    try {
      return JSON.parse(answer.body) as Json;
    } catch {
      throw foreignAnswer(answer, asked(asking));
    }
  }

  /** One page of a list; `expired` when the token in the query is too old. */
  async function pageAt(path: string, query: Readonly<Record<string, string>>, call: Call): Promise<Page | 'expired'> {
    try {
      const list = await request({ method: 'GET', path, query: { limit: String(PAGE), ...query } }, call);
      if (!textAt(list, 'kind')?.endsWith('List')) {
        throw new SchedError(
          'UNAVAILABLE',
          `${target().server} gives no list for ${path}: it is no Kubernetes cluster.`,
        );
      }
      return { items: listAt(list, 'items'), next: textAt(list, 'metadata', 'continue') || undefined };
    } catch (error) {
      if (query.continue !== undefined && statusOf(error)?.code === 410) {
        return 'expired';
      }
      throw error;
    }
  }

  return {
    get namespace() {
      return settings.namespace || target().namespace || 'default';
    },
    get server() {
      return target().server;
    },
    get context() {
      return target().context;
    },
    get authority() {
      return authorityOf(target());
    },
    request,

    async *pages(path, query, call) {
      const given = new Set<string>();
      let restarted = false;
      const first = (): Promise<Page | 'expired'> => pageAt(path, query, call);
      // The first page is the caller's to ask for again; later ones belong to a list that was begun.
      const later = (token: string): Promise<Page | 'expired'> =>
        retrying(() => pageAt(path, { ...query, continue: token }, call), patience(call));
      let asked: Promise<Page | 'expired'> | undefined = first();
      while (asked !== undefined) {
        const page: Page | 'expired' = await asked;
        if (page === 'expired') {
          if (restarted) {
            throw new SchedError('UNAVAILABLE', `The list of ${path} expires faster than it can be read.`);
          }
          call.debug(`${path}: the list has expired, from the beginning once more`);
          restarted = true;
          asked = first();
        } else {
          // The server looks for the next page while this one is made use of; what it refuses is told in its turn.
          asked = page.next === undefined ? undefined : later(page.next);
          asked?.catch(() => undefined);
          yield page.items.filter((item) => isFresh(item, given));
        }
      }
    },

    async *text(asking, call) {
      const stream = await send(asking, call, (http, sent) => http.stream(sent));
      if (stream.status < 200 || stream.status > 299) {
        throw failureOf(await whole(stream), asked(asking));
      }
      yield* stream.body;
    },

    url,

    close() {
      for (const http of open) {
        http.close();
      }
      open.clear();
      current = undefined;
    },
  };
}

/** False for an item that was seen before; remembers it. */
function isFresh(item: Json, seen: Set<string>): boolean {
  const uid = textAt(item, 'metadata', 'uid') ?? '';
  const known = uid !== '' && seen.has(uid);
  seen.add(uid);
  return !known;
}

async function whole({ status, headers, body }: HttpStream): Promise<HttpAnswer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) {
    parts.push(part);
  }
  return { status, headers, body: Buffer.concat(parts).toString('utf8') };
}

function patience({ signal, debug }: Call): RetryLimits {
  return { again: 'when-refused', signal, until: performance.now() + PAGE_PATIENCE, debug };
}
