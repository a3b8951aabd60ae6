/** How each misfortune looks over HTTP, with the bodies that a real API server and what stands in front of it send. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Misfortune, Operation, Refusal as RefusedStatus } from '../../conformance/bench.js';
import { type Asked, CRONJOBS, JOBS, NAMESPACES, VERSION_PATH, verbOf } from './request.js';
import { alreadyExists, conflict, failure, forbidden, MODIFIED, notFound, type Reply, resourceName } from './status.js';

/**
 * Whether a fault of an operation befalls this request. Operations that write ask several things; what is worth failing is the
 * write, so that is the one: the POST of a CronJob (create) or Job (trigger), the PATCH of the CronJob (update, setStamp, setPaused), its
 * DELETE (remove). Operations that read suffer in whatever they ask.
 */
export function isHit(operation: Operation, { method, target, query }: Asked): boolean {
  const whole = target.subresource === '';
  switch (operation) {
    case 'create':
      return method === 'POST' && target.resource === CRONJOBS;
    case 'trigger':
      return method === 'POST' && target.resource === JOBS;
    case 'update':
    case 'setStamp':
    case 'setPaused':
      return method === 'PATCH' && target.resource === CRONJOBS && whole;
    case 'remove':
      return method === 'DELETE' && target.resource === CRONJOBS;
    case 'rehearse':
      return query.has('dryRun');
    case 'read':
      return target.resource === CRONJOBS && method === 'GET';
    default:
      return true;
  }
}

/** What a server answers that refuses with `status`. */
function refusal(status: RefusedStatus, asked: Asked, retryAfterSeconds = 1): Reply {
  const headers = { 'retry-after': String(retryAfterSeconds) };
  const { resource, name, namespace } = asked.target;
  switch (status) {
    case 401:
      return failure(401, 'Unauthorized', 'Unauthorized').reply;
    case 403: {
      if (resource === VERSION_PATH) {
        return failure(403, 'Forbidden', `forbidden: User "${asked.user.name}" cannot get path "/version"`, {}).reply;
      }
      const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
      const why = `User "${asked.user.name}" cannot ${verbOf(asked)} resource "${resource.plural}" in API group "${resource.group}" ${where}`;
      return forbidden(resource, name, why).reply;
    }
    case 404:
      // A server in front of several clusters says so of one that is gone; a list of a missing namespace is empty on a cluster itself.
      return (
        resource === VERSION_PATH
          ? failure(404, 'NotFound', 'clusters.management.cattle.io "c-1" not found', {
              name: 'c-1',
              group: 'management.cattle.io',
              kind: 'clusters',
            })
          : name === ''
            ? notFound(NAMESPACES, namespace)
            : notFound(resource, name)
      ).reply;
    case 409:
      return (asked.method === 'POST' ? alreadyExists(resource, nameIn(asked)) : conflict(resource, name, MODIFIED))
        .reply;
    case 429:
      return {
        status,
        type: 'text/plain; charset=utf-8',
        body: Buffer.from('Too many requests, please try again later.\n'),
        headers,
      };
    case 503: {
      const message = 'the server is currently unable to handle the request';
      const details = { name, group: resource.group, kind: resourceName(resource) };
      return { ...failure(503, 'ServiceUnavailable', message, details).reply, headers };
    }
  }
}

function nameIn({ body }: Asked): string {
  return (JSON.parse(body.toString()) as { metadata?: { name?: string } }).metadata?.name ?? '';
}

/**
 * Lets a request suffer. `serve` carries it out; with true, reads show the past. `meddle` is somebody else's write to the same
 * object, without which there is no conflict.
 */
export async function suffer(
  misfortune: Misfortune,
  asked: Asked,
  { serve, meddle }: { readonly serve: (stale: boolean) => Reply; readonly meddle: () => void },
  response: ServerResponse<IncomingMessage>,
): Promise<void> {
  const hangUp = (): unknown => response.socket?.destroy();
  switch (misfortune.kind) {
    case 'refused':
      if (misfortune.status === 409) {
        meddle();
      }
      send(response, refusal(misfortune.status, asked, misfortune.retryAfterSeconds));
      return;
    case 'dropped':
      hangUp();
      return;
    case 'lost':
      serve(false);
      hangUp();
      return;
    case 'hang':
      return;
    case 'mute':
      serve(false);
      return;
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, misfortune.milliseconds));
      send(response, serve(false));
      return;
    case 'truncated':
      sendHalf(response, serve(false));
      return;
    case 'html': {
      serve(false);
      // A careless proxy repeats what it was sent.
      const body = `<!doctype html><title>Sign in</title><pre>authorization: ${response.req.headers.authorization ?? ''}</pre>`;
      send(response, { status: 200, type: 'text/html', body: Buffer.from(body) });
      return;
    }
    case 'stale':
      send(response, serve(true));
      return;
    case 'empty': {
      const reply = serve(false);
      const items = asked.method === 'GET' && asked.target.name === '';
      const { kind, apiVersion } = reply.body as { kind?: string; apiVersion?: string };
      send(
        response,
        items
          ? {
              ...reply,
              body: {
                kind: kind ?? 'List',
                apiVersion: apiVersion ?? 'v1',
                metadata: { resourceVersion: '1' },
                items: [],
              },
            }
          : reply,
      );
      return;
    }
  }
}

function bytesOf({ body }: Reply): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
}

function headersOf(reply: Reply, length: number): Record<string, string | string[]> {
  const warnings = (reply.warnings ?? []).map((text) => `299 - ${JSON.stringify(text)}`);
  return {
    'cache-control': 'no-cache, private',
    'content-type': reply.type ?? 'application/json',
    'content-length': String(length),
    ...reply.headers,
    ...(warnings.length > 0 && { warning: warnings }),
  };
}

export function send(response: ServerResponse<IncomingMessage>, reply: Reply): void {
  const bytes = bytesOf(reply);
  response.writeHead(reply.status, headersOf(reply, bytes.length));
  response.end(bytes);
}

function sendHalf(response: ServerResponse<IncomingMessage>, reply: Reply): void {
  const bytes = bytesOf(reply);
  response.writeHead(reply.status, headersOf(reply, bytes.length));
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
}
