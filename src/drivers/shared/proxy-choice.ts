import { BlockList, isIP } from 'node:net';
import { SchedError } from '../../errors.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that a request to `url` goes through: `forced`, else what the environment says, by the rules of Go's httpproxy (kubectl
 * and most cloud tools): HTTPS_PROXY or HTTP_PROXY by the URL's scheme, unless NO_PROXY covers the host or the host is this machine.
 * Undefined: none. Throws USAGE when a proxy's URL is none, UNSUPPORTED when it is not one of HTTP.
 */
export function chosenProxy(url: URL, forced: string | undefined, env: Environment): URL | undefined {
  if (forced !== undefined && forced !== '') {
    return proxyUrl(forced, 'the proxy');
  }
  const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const named = env[variable] || env[variable.toLowerCase()];
  if (!named || isThisMachine(hostOf(url)) || isExempt(url, env.NO_PROXY || env.no_proxy || '')) {
    return undefined;
  }
  return proxyUrl(named, variable);
}

/** What can be shown of a proxy: its URL without a password. */
export function shownProxy({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

function proxyUrl(text: string, source: string): URL {
  const whole = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url === undefined || url.hostname === '') {
    // Not repeated: it may hold a password.
    throw new SchedError('USAGE', `${source} is not a URL.`, { hint: 'It looks like http://proxy.example:3128' });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new SchedError('UNSUPPORTED', `${source} is a ${url.protocol.slice(0, -1)} proxy; only http and https are.`, {
      hint: 'An HTTP proxy that passes CONNECT on does the same.',
    });
  }
  return url;
}

/** A URL's host without the brackets of IPv6. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function isExempt(url: URL, list: string): boolean {
  const host = hostOf(url);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && covers(entry, host, port));
}

/** One entry of NO_PROXY: `*`, a network in CIDR notation, or a domain or address with or without a port. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') {
    return true;
  }
  const network = /^(.+)\/(\d{1,3})$/.exec(entry);
  if (network !== null) {
    return isWithin(host, network[1] ?? '', Number(network[2]));
  }
  const withPort = /^\[?([^[\]]*?)\]?:(\d+)$/.exec(isIP(entry) === 6 ? '' : entry);
  if (withPort !== null && withPort[2] !== port) {
    return false;
  }
  const name = withPort?.[1] ?? entry.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) {
    return name === host;
  }
  const domain = name.replace(/^\*?\./, '');
  return host.endsWith(`.${domain}`) || (host === domain && domain === name);
}

function isWithin(host: string, network: string, prefix: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || prefix > (family === 4 ? 32 : 128)) {
    return false;
  }
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, prefix, kind);
  return list.check(host, kind);
}
