/** Plain HTTP exchanges with an API server, and what of the answers does not depend on the moment. */
import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { Json } from '../../../../src/schedule.js';

/** One exchange. `{name}` in the line and the body stands for what an earlier step of the same probe kept, `{ns}` for the namespace. */
export interface Step {
  /** Method and path; paths that begin with `/cronjobs` or `/jobs` lie in the namespace. */
  readonly send: string;
  readonly body?: Json;
  /** The body as it is, where it is no JSON. */
  readonly text?: string;
  /** Content type; JSON unless given, merge patch for PATCH. */
  readonly type?: string;
  /** Who asks: the administrator unless given; `nobody` sends no token; else a kept token. */
  readonly as?: string;
  /** What later steps need: names and paths in the answer (`metadata.uid`). */
  readonly keep?: Readonly<Record<string, string>>;
  /** What of a good answer is recorded: its status alone unless given; refusals are recorded whole. */
  readonly show?: 'all' | 'nothing' | readonly string[];
  /** Asked again, for 20 s, until the answer has this status, because a controller does it. */
  readonly until?: number;
  /** Milliseconds of waiting before it, for a controller that must have seen what came before. */
  readonly after?: number;
}

export interface Probe {
  /** After the golden answer or trap that it shows. */
  readonly name: string;
  readonly steps: readonly Step[];
}

/** An API server: its base URL, an administrator's token, and the PEM of its authority where it speaks TLS. */
export interface Base {
  readonly server: string;
  readonly token: string;
  readonly ca?: string;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly warnings: readonly string[];
  readonly body: Json;
}

const JSON_TYPE = 'application/json';
/** Milliseconds that a controller is given. */
const PATIENCE = 20_000;

/** Runs one probe in a namespace that exists. Gives one line for each recorded step: what was sent, and what came back. */
export async function runProbe(base: Base, namespace: string, probe: Probe): Promise<Json> {
  const kept = new Map<string, string>([['ns', namespace]]);
  const fill = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (all, name: string) => kept.get(name) ?? all);
  const lines: Json[] = [];
  const normal = normaliser(namespace);
  for (const step of probe.steps) {
    const answer = await asked(base, step, fill);
    for (const [name, path] of Object.entries(step.keep ?? {})) {
      kept.set(name, String(at(answer.body, path)));
    }
    if (step.show !== 'nothing') {
      lines.push({ send: step.send, ...normal(recorded(step, answer)) });
    }
  }
  return lines;
}

async function asked(base: Base, step: Step, fill: (text: string) => string): Promise<Answer> {
  const until = performance.now() + PATIENCE;
  if (step.after !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, step.after));
  }
  for (;;) {
    const answer = await exchange(base, step, fill);
    if (step.until === undefined || answer.status === step.until || performance.now() > until) {
      return answer;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function exchange(base: Base, step: Step, fill: (text: string) => string): Promise<Answer> {
  const [method = 'GET', line = '/'] = fill(step.send).split(' ');
  const url = new URL(
    base.server + (/^\/(cronjobs|jobs)/.test(line) ? fill('/apis/batch/v1/namespaces/{ns}') : '') + line,
  );
  const body = step.text ?? (step.body === undefined ? undefined : fill(JSON.stringify(step.body)));
  const token = step.as === undefined ? base.token : fill(`{${step.as}}`);
  const headers = {
    'user-agent': 'probe/1',
    ...(step.as !== 'nobody' && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && {
      'content-type': step.type ?? (method === 'PATCH' ? 'application/merge-patch+json' : JSON_TYPE),
      'content-length': Buffer.byteLength(body),
    }),
  };
  return new Promise((resolve, reject) => {
    const take = (response: IncomingMessage): void => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => resolve(answerOf(response, Buffer.concat(pieces).toString())));
    };
    const sent =
      url.protocol === 'https:'
        ? overHttps(url, { method, headers, ...(base.ca !== undefined && { ca: base.ca }) }, take)
        : overHttp(url, { method, headers }, take);
    sent.on('error', reject);
    sent.end(body);
  });
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, text: string): Answer {
  const type = headers['content-type'] ?? '';
  const warning = headers.warning;
  return {
    status: statusCode,
    type,
    // Several warnings come in one line here.
    warnings: warning === undefined ? [] : warning.split(/, (?=299 )/),
    body: type.startsWith(JSON_TYPE) ? (JSON.parse(text) as Json) : text,
  };
}

function recorded({ show }: Step, { status, type, warnings, body }: Answer): Record<string, Json> {
  const part =
    show === 'all' || (show === undefined && status >= 400)
      ? { body }
      : Array.isArray(show)
        ? { shown: Object.fromEntries((show as readonly string[]).map((path) => [path, at(body, path) ?? null])) }
        : {};
  return {
    status,
    ...(type !== JSON_TYPE && { type }),
    ...(warnings.length > 0 && { warnings }),
    ...part,
  };
}

function at(body: Json, path: string): Json | undefined {
  let value: unknown = body;
  for (const key of path.split('/').length > 1 ? path.split('/') : path.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value as Json | undefined;
}

/** The server's order of fields is that of its own types; here it decides only which uid is the first. */
function byName(value: object): [string, Json][] {
  return Object.entries(value as Readonly<Record<string, Json>>).toSorted(([left], [right]) => (left < right ? -1 : 1));
}

/** The server orders them by time first, to the second. */
function byManager(left: Json, right: Json): number {
  const name = (entry: Json): string => `${at(entry, 'manager')} ${at(entry, 'subresource')}`;
  return name(left).localeCompare(name(right));
}

/** Replaces uids, versions, tokens and times by stand-ins; what was equal within a probe is equal afterwards. */
function normaliser(namespace: string): (value: Record<string, Json>) => Record<string, Json> {
  const names = new Map<string, string>();
  const named = (kind: string, value: string): string => {
    const known = names.get(`${kind} ${value}`);
    if (known !== undefined) {
      return known;
    }
    const name = `<${kind} ${[...names.keys()].filter((key) => key.startsWith(`${kind} `)).length + 1}>`;
    names.set(`${kind} ${value}`, name);
    return name;
  };
  const text = (value: string): string =>
    value
      .replaceAll(namespace, '<namespace>')
      .replaceAll(/record \(\d+\)/g, 'record (<version>)')
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (uid) => named('uid', uid))
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (time) => (time.startsWith('2020-') ? time : '<time>'));
  // Others write meanwhile: the version of a list says nothing about its items.
  const versionKind = (key: string, inside: object): string =>
    key.includes('.') || 'name' in inside ? 'version' : 'list version';
  const walk = (value: Json, key: string, inside: object): Json => {
    if (typeof value === 'string') {
      return key.endsWith('resourceVersion')
        ? named(versionKind(key, inside), value)
        : key === 'continue'
          ? '<continue>'
          : text(value);
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    return Array.isArray(value)
      ? (key.endsWith('managedFields') ? value.toSorted(byManager) : value).map((each: Json) => walk(each, '', value))
      : Object.fromEntries(byName(value).map(([name, each]) => [text(name), walk(each, name, value)]));
  };
  return (value) => walk(value, '', {}) as Record<string, Json>;
}
