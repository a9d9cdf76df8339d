import { createServer, type Server, type Socket } from 'node:net';
import { PEEKED } from '../../servers/peek-bytes.ts';
import { ClientConnection } from './client-connection.ts';
import { obey } from './commands.ts';
import type { Controllable } from './controllable.ts';
import { type ControlRequest, type Greeting, PROTOCOL_VERSION, writeLine } from './protocol.ts';
import type { Secret } from './secret.ts';

/** The time limit for a client's request. */
const REQUEST_TIMEOUT_MS = 2_000;
/**
 * The limit of clients without a request. Beyond it, the oldest one is closed, so that silent clients cannot block
 * others.
 */
const MAX_UNKNOWN = 32;
/** The limit of clients that wait for an answer or follow the log. */
const MAX_CLIENTS = 32;

/** The project and the server of a control channel. */
export interface Served {
  /** The project's root. */
  readonly root: string;
  readonly controllable: Controllable;
}

/** The server's end of the control channel. It authenticates clients and reads their requests. */
export class ControlServer {
  readonly #controllable: Controllable;
  readonly #root: string;
  readonly #secret: Secret | undefined;
  readonly #net: Server;
  readonly #unknown = new Set<Socket>();
  readonly #clients = new Set<Socket>();

  /** @param secret What clients must know if the socket has no permissions. */
  constructor({ controllable, root }: Served, secret?: Secret) {
    this.#controllable = controllable;
    this.#root = root;
    this.#secret = secret;
    this.#net = createServer(PEEKED, (socket) => this.#greet(socket)).unref();
  }

  /** Listens on a path, or on an abstract name, which begins with a zero byte. @throws as `net.Server` does. */
  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#net.once('error', reject);
      // Binding is synchronous. So no other file gets these permissions, and no client connects before they are set.
      const umask = process.umask(0o177);
      this.#net.listen(path, () => {
        this.#net.off('error', reject);
        this.#net.on('error', () => {}); // Only one client is lost, and the client notices it.
        resolve();
      });
      process.umask(umask);
    });
  }

  close(): void {
    if (!this.#net.listening) return;
    this.#net.close(); // This also removes its file.
    for (const socket of [...this.#unknown, ...this.#clients]) socket.destroy();
    this.#secret?.close();
  }

  #greet(socket: Socket): void {
    const [oldest] = this.#unknown;
    if (this.#unknown.size >= MAX_UNKNOWN) {
      this.#unknown.delete(oldest!);
      oldest!.destroy();
    }
    this.#unknown.add(socket);
    const timeout = setTimeout(() => socket.destroy(), REQUEST_TIMEOUT_MS).unref();
    const know = () => {
      clearTimeout(timeout);
      this.#unknown.delete(socket);
    };
    const client = new ClientConnection(socket, () => {
      know();
      this.#clients.delete(socket);
    });
    client.readRequest((line) => {
      know();
      this.#receive(line, client);
    });
    const greeting: Omit<Greeting, 'v'> = { ...(this.#secret && { secretIn: this.#secret.descriptors }) };
    writeLine(socket, greeting);
  }

  #receive(line: string, client: ClientConnection): void {
    const { socket } = client;
    const request = parse(line);
    if (this.#secret?.matches(request?.secret) === false) {
      client.end({ ok: false, reason: 'Only root and the user who started this server can use it.' });
    } else if (request?.v !== PROTOCOL_VERSION) {
      const reason = `This server uses version ${PROTOCOL_VERSION} of the control protocol, and this command uses another version.`;
      client.end({ ok: false, reason });
    } else if (this.#clients.size >= MAX_CLIENTS) {
      client.end({ ok: false, reason: `${MAX_CLIENTS} clients are connected already.` });
    } else {
      this.#clients.add(socket);
      void obey(this.#controllable, request as unknown as ControlRequest, client, this.#root);
    }
  }
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const request: unknown = JSON.parse(line);
    return typeof request === 'object' && request !== null ? { ...request } : undefined;
  } catch {
    return undefined;
  }
}
