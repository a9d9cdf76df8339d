import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import tls from 'node:tls';
import { expect, onTestFinished } from 'vitest';
import { createHttpServer, type HttpServer } from '../../../src/servers/http/http-server.ts';
import type { HttpServerOptions } from '../../../src/servers/http/options.ts';
import type { ClientErrorRecord } from '../../../src/servers/http/request/refusal.ts';
import type { ResponseRecord } from '../../../src/servers/response-record.ts';
import type { Environ, WSGIApplication } from '../../../src/wsgi/types.ts';

export interface TestServer {
  readonly server: HttpServer;
  readonly port: number;
  readonly url: string;
  readonly records: readonly ResponseRecord[];
  readonly clientErrors: readonly ClientErrorRecord[];
  /** What was written to `wsgi.errors`. */
  readonly log: readonly string[];
  /** Resolves with the record of the next response that is over. */
  nextRecord(): Promise<ResponseRecord>;
}

/** A server on a free port, which is closed when the test is over. */
export async function startServer(
  application: WSGIApplication,
  options: HttpServerOptions = {},
): Promise<TestServer> {
  const parts = createServer(application, options);
  const { port } = (await parts.server.listen({ host: '127.0.0.1', port: 0 })) as AddressInfo;
  return { ...parts, port, url: `http://127.0.0.1:${port}` };
}

/** A server that does not listen, for connections that are accepted elsewhere. */
export function createServer(application: WSGIApplication, options: HttpServerOptions = {}) {
  const records: ResponseRecord[] = [];
  const clientErrors: ClientErrorRecord[] = [];
  const log: string[] = [];
  const waiting: ((record: ResponseRecord) => void)[] = [];
  const server = createHttpServer(application, {
    errors: {
      write: (text) => void log.push(text),
      writelines: (lines) => void log.push(...lines),
      flush() {},
    },
    onResponse(record) {
      records.push(record);
      for (const resolve of waiting.splice(0)) resolve(record);
    },
    onClientError: (record) => clientErrors.push(record),
    keepAliveTimeoutMs: 60_000, // a connection may be idle for as long as a busy machine stands still
    ...options,
  });
  onTestFinished(() => server.close({ timeoutMs: 0 }));
  const nextRecord = () => new Promise<ResponseRecord>((resolve) => waiting.push(resolve));
  return { server, records, clientErrors, log, nextRecord };
}

/** What a test waits for in one place and tells in another. */
export class Gate {
  readonly opened: Promise<void>;
  open: () => void = () => {};

  constructor() {
    this.opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}

/** Listens in the server's place and hands it each connection. Gives the port. */
export async function acceptFor(
  server: HttpServer,
  onSocket: (socket: Socket) => void = () => {},
  hand: (socket: Socket) => void = (socket) => server.accept(socket),
): Promise<number> {
  const listener = net.createServer({ pauseOnConnect: true }, (socket) => {
    onSocket(socket);
    hand(socket);
  });
  onTestFinished(() => void listener.close());
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return (listener.address() as AddressInfo).port;
}

/** Waits until a number no longer changes from one turn of the event loop to the next. */
export async function untilStill(read: () => number): Promise<void> {
  let before: number;
  do {
    before = read();
    for (let i = 0; i < 50; i++) await nextTurn();
  } while (before !== read());
}

/** A client that sends bytes as they are. */
export class RawClient {
  readonly socket: Socket;
  readonly #connection: Socket;
  received = '';

  /** @param connection what is below TLS */
  private constructor(socket: Socket, connection = socket) {
    this.socket = socket;
    this.#connection = connection;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.received += text;
    });
    socket.on('error', () => {}); // seen as the end of what is received
    socket.on('end', () => socket.end()); // as clients do
    onTestFinished(() => void socket.destroy());
  }

  /** @param preface sent before TLS */
  static async connect(
    port: number,
    isSecure: boolean | tls.ConnectionOptions = false,
    preface?: string | Uint8Array,
  ): Promise<RawClient> {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    if (preface !== undefined) socket.write(preface);
    if (isSecure === false) return new RawClient(socket);
    const secured = tls.connect({ socket, rejectUnauthorized: false, ...(isSecure !== true && isSecure) });
    await once(secured, 'secureConnect');
    return new RawClient(secured, socket);
  }

  send(bytes: string | Uint8Array): this {
    if (typeof bytes === 'string') this.socket.write(bytes, 'latin1');
    else this.socket.write(bytes);
    return this;
  }

  /** Goes away without a word. */
  reset(): void {
    this.#connection.resetAndDestroy();
  }

  /** Waits until this text has come, and gives all that has. */
  async until(text: string): Promise<string> {
    while (!this.received.includes(text)) {
      if (this.socket.readableEnded || this.socket.destroyed) {
        throw new Error(
          `the connection was closed without ${JSON.stringify(text)}, after ${JSON.stringify(this.received)}`,
        );
      }
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'end'), once(this.socket, 'close')]);
    }
    return this.received;
  }

  /** Waits until the server closes, and gives all that has come. */
  async untilClosed(): Promise<string> {
    if (!this.socket.readableEnded && !this.socket.destroyed) {
      await Promise.race([once(this.socket, 'end'), once(this.socket, 'close')]);
    }
    return this.received;
  }
}

/** Waits until the server no longer listens. */
export async function untilRefused(port: number): Promise<void> {
  const connect = () => RawClient.connect(port).then(({ socket }) => void socket.destroy());
  await expect.poll(() => connect().catch(({ code }) => code)).toBe('ECONNREFUSED');
}

/** Sends a request on a connection of its own and gives the whole response. */
export async function exchange(port: number, request: string, isSecure = false): Promise<string> {
  const client = await RawClient.connect(port, isSecure);
  return client.send(request).untilClosed();
}

/** An application that answers `ok` and keeps the environs it got. */
export function capture(): { application: WSGIApplication; environs: Environ[] } {
  const environs: Environ[] = [];
  return {
    environs,
    application(environ, startResponse) {
      environs.push(environ);
      startResponse('200 OK', [['Content-Type', 'text/plain']]);
      return [bytes('ok')];
    },
  };
}

/** The names and values of a raw response's headers, as they were sent. */
export function headersOf(response: string): string[] {
  return response.slice(0, response.indexOf('\r\n\r\n')).split('\r\n').slice(1);
}

export function bodyOf(response: string): string {
  return response.slice(response.indexOf('\r\n\r\n') + 4);
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
