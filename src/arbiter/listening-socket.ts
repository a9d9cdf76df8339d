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

/** Where to listen. */
export type SocketAddress =
  | { readonly host: string; readonly port: number; readonly ipv6Only?: boolean }
  /** A unix socket. Without a mode, the umask decides. */
  | { readonly path: string; readonly mode?: number }
  /** A socket inherited from the parent process. */
  | { readonly fd: number };

type AcceptingWorker = Pick<PoolWorker<Message>, 'send'>;

/** How many connections the kernel queues when nothing else is asked for. It has a limit of its own (`somaxconn`). */
const BACKLOG = 511;

const STDIN = 0;

export interface ListeningSocketOptions {
  /** How many connections the kernel queues until a worker accepts them. @default 511 */
  readonly backlog?: number;
  /** Binds an address without accepting connections. */
  readonly bind?: typeof bindHandle | (() => undefined);
}

/**
 * Makes a server of this process listen and accept.
 *
 * @throws as `net.Server` does when the address cannot be had.
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
        // Too many open files, or a client that has disconnected already: the next accept may succeed.
        server.on('error', () => {});
        resolve();
      }),
    );
  });
  return server.address();
}

/**
 * A listening socket that the arbiter owns and its workers accept on, over all generations: while none does, connections
 * wait in the kernel's queue, from the start on Linux, elsewhere from when the first worker listens.
 *
 * Where this Node cannot bind without accepting, the arbiter accepts, and sends each connection to the next worker.
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

  /** @throws as `net.Server` does when the address cannot be had. */
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

  /** The descriptor, for another arbiter to inherit. Undefined where Node does not show it. */
  get fd(): number | undefined {
    return this.#socket instanceof net.Server ? undefined : this.#socket.fd;
  }

  /** Lets a worker accept on it. */
  giveTo(worker: AcceptingWorker): void {
    const message = { type: 'listen', backlog: this.#backlog } as const;
    if (this.#socket instanceof net.Server) worker.send(message);
    else worker.send(message, this.#socket as Server); // Node sends handles as well as servers.
    this.#workers.add(worker);
    for (const connection of this.#waiting.splice(0)) this.#dispatch(connection);
  }

  /** A worker stops to accept. */
  takeFrom(worker: AcceptingWorker): void {
    this.#workers.delete(worker);
  }

  /** A unix socket's file is removed. */
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
    this.#workers.delete(worker); // It is the last from now on.
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
 * libuv leaves descriptors 0 to 2 open: clients would wait in the queue of a socket that nobody accepts on. Something must stay
 * there, or the next file that is opened would be standard input.
 */
function closeStandardInput(): void {
  closeSync(STDIN);
  openSync(devNull, 'r');
}

/** The mode is set by the umask at the bind, so that no other user can connect in between. */
function withMode<Result>(address: SocketAddress, bind: () => Result): Result {
  if (!('path' in address) || address.mode === undefined) return bind();
  const before = process.umask(0o777 & ~address.mode);
  try {
    return bind();
  } finally {
    process.umask(before);
  }
}
