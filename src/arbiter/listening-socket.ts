import { lookup } from 'node:dns/promises';
import { closeSync, openSync } from 'node:fs';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import { devNull } from 'node:os';
import {
  type BindTarget,
  type BoundHandle,
  bindHandle,
  queueConnections,
} from '../node-internals/sockets/bind-handle.ts';
import type { Message } from '../worker/messages.ts';
import type { PoolWorker } from './worker-handle.ts';

/** The address of a listening socket. */
export type SocketAddress =
  | { readonly host: string; readonly port: number; readonly ipv6Only?: boolean }
  /** A unix socket. Without a mode, the umask sets its permissions. */
  | { readonly path: string; readonly mode?: number }
  /** A socket inherited from the parent process. */
  | { readonly fd: number };

type AcceptingWorker = Pick<PoolWorker<Message>, 'send'>;

/** The default length of the kernel's queue of connections. The kernel has its own limit as well (`somaxconn`). */
const BACKLOG = 511;

const STDIN = 0;

export interface ListeningSocketOptions {
  /** The number of connections that the kernel queues until a worker accepts them. @default 511 */
  readonly backlog?: number;
  /** Binds an address without accepting connections. */
  readonly bind?: typeof bindHandle | (() => undefined);
}

/**
 * Makes a server of this process listen and accept connections.
 *
 * @throws the errors of `net.Server`, when it cannot listen on the address.
 */
export async function listenOn(
  server: Server,
  address: SocketAddress,
  backlog = BACKLOG,
): Promise<AddressInfo | string | null> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    withMode(address, () =>
      server.listen({ ...address, backlog }, () => {
        server.off('error', reject);
        // There are too many open files, or the client has disconnected already. The next connection may be accepted.
        server.on('error', () => {});
        resolve();
      }),
    );
  });
  return server.address();
}

/**
 * A listening socket. The arbiter owns it over all generations, and the workers accept connections on it. While no
 * worker accepts, connections wait in the kernel's queue: on Linux from the start, on other systems after the first
 * worker has listened.
 *
 * Where Node cannot bind without accepting, the arbiter accepts, and sends each connection to the next worker.
 */
export class ListeningSocket {
  readonly address: AddressInfo | string | null;
  readonly #socket: BoundHandle | Server;
  readonly #backlog: number;
  readonly #workers = new Set<AcceptingWorker>();
  readonly #waiting: Socket[] = [];

  private constructor(socket: BoundHandle | Server, address: AddressInfo | string | null, backlog: number) {
    this.#socket = socket;
    this.address = address;
    this.#backlog = backlog;
    const dispatch = (connection: Socket) => this.#dispatch(connection);
    if (socket instanceof net.Server) socket.on('connection', dispatch);
    else queueConnections(socket, backlog, dispatch);
  }

  /** Opens the socket. @throws the errors of `net.Server`, when it cannot listen on the address. */
  static async open(
    address: SocketAddress,
    { backlog = BACKLOG, bind = bindHandle }: ListeningSocketOptions = {},
  ): Promise<ListeningSocket> {
    const target = await bindTarget(address);
    const bound = withMode(address, () => bind(target));
    if (bound === undefined) {
      const server = net.createServer({ pauseOnConnect: true });
      return new ListeningSocket(server, await listenOn(server, address, backlog), backlog);
    }
    const { handle, name } = bound;
    try {
      const local = name.port === undefined ? (target.address ?? null) : (name as AddressInfo);
      return new ListeningSocket(handle, local, backlog);
    } catch (error) {
      handle.close();
      throw error;
    }
  }

  /** The file descriptor, which another arbiter can inherit. Undefined where Node does not show it. */
  get fd(): number | undefined {
    return this.#socket instanceof net.Server ? undefined : this.#socket.fd;
  }

  /** Makes a worker accept connections on this socket. */
  giveTo(worker: AcceptingWorker): void {
    const message = { type: 'listen', backlog: this.#backlog } as const;
    if (this.#socket instanceof net.Server) worker.send(message);
    else worker.send(message, this.#socket as Server); // Node can send a handle as well as a server.
    this.#workers.add(worker);
    for (const connection of this.#waiting.splice(0)) this.#dispatch(connection);
  }

  /** Called when a worker stops accepting connections. */
  takeFrom(worker: AcceptingWorker): void {
    this.#workers.delete(worker);
  }

  /** Closes the socket. The file of a unix socket is removed. */
  close(): void {
    const { fd } = this;
    this.#socket.close();
    if (fd === STDIN) closeStandardInput();
    for (const connection of this.#waiting) connection.destroy();
  }

  #dispatch(connection: Socket): void {
    const [worker] = this.#workers;
    if (worker === undefined) {
      this.#waiting.push(connection);
      return;
    }
    this.#workers.delete(worker); // The worker moves to the end of the queue.
    this.#workers.add(worker);
    worker.send({ type: 'accepted' }, connection);
  }
}

async function bindTarget(address: SocketAddress): Promise<BindTarget> {
  if ('fd' in address) return address;
  if ('path' in address) return { address: address.path };
  const { host, port, ipv6Only } = address;
  return { ...(await lookup(host)), port, ipv6Only };
}

/**
 * Closes standard input. libuv does not close descriptors 0 to 2, so clients would wait in the queue of a socket
 * without a server. The descriptor is opened again at once, since otherwise the next opened file would become standard
 * input.
 */
function closeStandardInput(): void {
  closeSync(STDIN);
  openSync(devNull, 'r');
}

/** Sets the mode by the umask during the bind. If it were set later, another user could connect in between. */
function withMode<Result>(address: SocketAddress, bind: () => Result): Result {
  if (!('path' in address) || address.mode === undefined) return bind();
  const before = process.umask(0o777 & ~address.mode);
  try {
    return bind();
  } finally {
    process.umask(before);
  }
}
