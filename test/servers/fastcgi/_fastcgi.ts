import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { encodePairs } from '../../../src/servers/fastcgi/name-value-pairs.ts';
import { createGatewayServer, type GatewayServerOptions } from '../../../src/servers/index.ts';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';

export const BEGIN = 1;
export const ABORT = 2;
export const END = 3;
export const PARAMS = 4;
export const STDIN = 5;
export const STDOUT = 6;
export const STDERR = 7;
export const DATA = 8;
export const GET_VALUES = 9;
export const GET_VALUES_RESULT = 10;
export const UNKNOWN_TYPE = 11;

/** Something that a test waits for, and something else does. */
export class Signal {
  give: () => void = () => {};
  readonly given = new Promise<void>((resolve) => {
    this.give = resolve;
  });
}

export interface Received {
  readonly type: number;
  readonly id: number;
  readonly content: Buffer;
}

/** What the web server gets for one request. */
export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly appStatus: number;
  readonly protocolStatus: number;
}

/** A record as the specification has it, made by hand and not by the code that is tested. */
export function frame(
  type: number,
  id: number,
  content: string | Buffer = '',
  { padding = 0, version = 1 } = {},
): Buffer {
  const bytes = Buffer.from(content as string, 'latin1');
  const head = Buffer.from([
    version,
    type,
    id >> 8,
    id & 255,
    bytes.length >> 8,
    bytes.length & 255,
    padding,
    0,
  ]);
  return Buffer.concat([head, bytes, Buffer.alloc(padding, 0xee)]);
}

export function begin(id: number, { role = 1, keep = true } = {}): Buffer {
  return frame(BEGIN, id, Buffer.from([role >> 8, role & 255, keep ? 1 : 0, 0, 0, 0, 0, 0]));
}

export function params(id: number, variables: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat([frame(PARAMS, id, encodePairs(Object.entries(variables))), frame(PARAMS, id)]);
}

const VARIABLES = {
  REQUEST_METHOD: 'GET',
  REQUEST_URI: '/',
  SCRIPT_NAME: '',
  PATH_INFO: '/',
  QUERY_STRING: '',
  SERVER_NAME: 'localhost',
  SERVER_PORT: '80',
  SERVER_PROTOCOL: 'HTTP/1.1',
  HTTP_HOST: 'localhost',
};

export interface RequestFacts {
  readonly path?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly keep?: boolean;
}

/** All records of a request. */
export function request(
  id: number,
  { path = '/', variables = {}, body, keep = true }: RequestFacts = {},
): Buffer {
  const method: Record<string, string> =
    body === undefined ? {} : { REQUEST_METHOD: 'POST', CONTENT_LENGTH: String(body.length) };
  const all = { ...VARIABLES, REQUEST_URI: path, PATH_INFO: path, ...method, ...variables };
  const stdin = body === undefined || body === '' ? [] : [frame(STDIN, id, body)];
  return Buffer.concat([begin(id, { keep }), params(id, all), ...stdin, frame(STDIN, id)]);
}

/** Serves an application by FastCGI for the time of a test. */
export async function serveFastCgi(
  application: WSGIApplication,
  options: Partial<GatewayServerOptions> = {},
) {
  const server = createGatewayServer(application, { protocol: 'fcgi', ...options });
  onTestFinished(() => server.close({ timeoutMs: 0 }));
  const { port } = (await server.listen({ host: '127.0.0.1', port: 0 })) as AddressInfo;
  return { server, port, connect: () => WebServer.connect(port) };
}

/** As `serveFastCgi()`, and the tests see the sockets that the server has accepted. */
export async function acceptFastCgi(
  application: WSGIApplication,
  options: Partial<GatewayServerOptions> = {},
) {
  const server = createGatewayServer(application, { protocol: 'fcgi', ...options });
  const listener = net.createServer().listen(0, '127.0.0.1');
  onTestFinished(async () => {
    listener.close();
    await server.close({ timeoutMs: 0 });
  });
  await once(listener, 'listening');
  const connect = async () => {
    const accepted = once(listener, 'connection');
    const web = await WebServer.connect((listener.address() as AddressInfo).port);
    const [socket] = (await accepted) as [Socket];
    server.accept(socket);
    return { web, socket };
  };
  return { server, connect };
}

/** The side of the web server, as far as the tests need one. */
export class WebServer {
  static async connect(port: number): Promise<WebServer> {
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    onTestFinished(() => void socket.destroy());
    return new WebServer(socket);
  }

  readonly socket: Socket;
  readonly records: Received[] = [];
  /** How many pieces came from the system. */
  reads = 0;
  isEnded = false;
  #rest = Buffer.alloc(0);
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      this.reads += 1;
      this.#read(bytes);
    });
    for (const event of ['end', 'close'])
      socket.on(event, () => {
        this.isEnded = true;
        this.#wake();
      });
  }

  send(...parts: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** Sends a request and waits for its end. */
  async ask(facts: RequestFacts = {}, id = 1): Promise<Answer> {
    this.send(request(id, facts));
    return this.answer(id);
  }

  /** What came for a request, once that has ended. It is forgotten by that. */
  async answer(id = 1): Promise<Answer> {
    const end = await this.saw((record) => record.type === END && record.id === id);
    const own = this.records.filter((record) => record.id === id);
    this.records.splice(0, this.records.length, ...this.records.filter((record) => record.id !== id));
    const text = (type: number) =>
      Buffer.concat(own.filter((record) => record.type === type).map(({ content }) => content)).toString();
    return {
      stdout: text(STDOUT),
      stderr: text(STDERR),
      appStatus: end.content.readUInt32BE(0),
      protocolStatus: end.content[4]!,
    };
  }

  /** The first record like this, when it has come. */
  async saw(isIt: (record: Received) => boolean): Promise<Received> {
    for (;;) {
      const found = this.records.find(isIt);
      if (found !== undefined) return found;
      if (this.isEnded) throw new Error('The connection ended.');
      await this.#more();
    }
  }

  /** Resolves when the server has closed the connection. */
  async ended(): Promise<void> {
    while (!this.isEnded) await this.#more();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #read(bytes: Buffer): void {
    let rest = Buffer.concat([this.#rest, bytes]);
    while (rest.length >= 8) {
      const length = rest.readUInt16BE(4);
      const size = 8 + length + rest[6]!;
      if (rest.length < size) break;
      this.records.push({
        type: rest[1]!,
        id: rest.readUInt16BE(2),
        content: Buffer.from(rest.subarray(8, 8 + length)),
      });
      rest = rest.subarray(size);
    }
    this.#rest = rest;
    this.#wake();
  }
}
