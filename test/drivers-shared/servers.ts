/** Servers on this machine that behave, and others that do not. */
import { readFileSync } from 'node:fs';
import { createServer as createPlain, type RequestListener, type Server } from 'node:http';
import { createServer as createSecure, type ServerOptions } from 'node:https';
import { type AddressInfo, connect, createServer as createRaw, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

/** A server that is running. */
export interface Running {
  readonly port: number;
  /** Connections that were made to it so far. */
  connections(): number;
  /** Connections that are open now. */
  open(): number;
  close(): Promise<void>;
}

/** A proxy that is running. */
export interface RunningProxy extends Running {
  /** Hosts and ports that tunnels were asked for, with the login that came along. */
  readonly asked: readonly { readonly to: string; readonly login: string | undefined }[];
}

type Behaviour = 'connects' | 'refuses' | 'hangs';

/** Path of a certificate with its key (PEM), signed by `authority` unless it is the authority itself; good until 2126. */
export function certificateFileOf(name: 'authority' | 'client' | 'elsewhere' | 'server'): string {
  return fileURLToPath(new URL(`./certificates/${name}.pem`, import.meta.url));
}

export function certificateOf(name: 'authority' | 'client' | 'elsewhere' | 'server'): string {
  return readFileSync(certificateFileOf(name), 'utf8');
}

/** A server of HTTP, or of HTTPS where it is given what that needs. */
export function serve(listener: RequestListener, secure?: ServerOptions): Promise<Running> {
  return running(secure === undefined ? createPlain(listener) : createSecure(secure, listener));
}

/** A server that gets every connection bare. */
export function serveRaw(onConnection: (socket: Socket) => void): Promise<Running> {
  return running(createRaw(onConnection));
}

/** A proxy that opens tunnels (CONNECT), all of them to `target` whatever host is asked for. */
export async function serveProxy(target: Running, behaviour: Behaviour = 'connects'): Promise<RunningProxy> {
  const asked: { to: string; login: string | undefined }[] = [];
  const server = createPlain();
  server.on('connect', (request, client: Socket) => {
    asked.push({ to: request.url ?? '', login: request.headers['proxy-authorization'] });
    client.on('error', () => client.destroy());
    if (behaviour === 'refuses') {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
    }
    if (behaviour !== 'connects') {
      client.resume().on('end', () => client.destroy());
      return;
    }
    const through = connect(target.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      through.pipe(client).pipe(through);
    });
    through.on('error', () => client.destroy());
    client.on('close', () => through.destroy());
  });
  return { ...(await running(server)), asked };
}

interface Listening {
  listen(port: number, host: string, done: () => void): unknown;
  on(event: 'connection', listener: (socket: Socket) => void): unknown;
  close(done: () => void): unknown;
  address: Server['address'];
}

async function running(server: Listening): Promise<Running> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    open: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) {
          socket.destroy();
        }
        server.close(() => resolve());
      }),
  };
}
