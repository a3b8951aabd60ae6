import type { Agent } from 'node:http';
import type { AgentOptions } from 'node:https';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';

/** Given with a request: breaks off the tunnel that is being opened for it. */
export interface TunnelOptions {
  readonly tunnel?: AbortSignal;
}

/** Kept connections to `url`'s service through a proxy (CONNECT, RFC 9110 §9.3.6). `options` are for the service itself. */
export function proxyAgent(url: URL, proxy: URL, options: AgentOptions): Agent {
  const settings = { ...options, proxy };
  const agent: Agent = url.protocol === 'https:' ? new HttpsProxyAgent(settings) : new HttpProxyAgent(settings);
  const open = agent.createConnection.bind(agent);
  // An https proxy is known by the same authorities as the service.
  const trust = options.ca === undefined ? {} : { ca: options.ca };
  agent.createConnection = (connection: object, done) => {
    // hpagent reads it at each tunnel.
    Object.assign(agent, { proxyRequestOptions: { ...trust, signal: (connection as TunnelOptions).tunnel } });
    return open(connection, done);
  };
  return agent;
}
