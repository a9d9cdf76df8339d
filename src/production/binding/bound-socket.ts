import path from 'node:path';
import { explainListenError } from '../../arbiter/listen-error.ts';
import { ListeningSocket, type ListeningSocketOptions } from '../../arbiter/listening-socket.ts';
import { pathOfDescriptor } from '../../arbiter/unix-sockets.ts';
import { CommandError, UsageError } from '../../errors.ts';
import type { FileOwner } from '../host/identity.ts';
import {
  type BindAddress,
  checkSocketPath,
  formatBind,
  formatServedAt,
  type Scheme,
  socketKeys,
} from './bind-address.ts';
import { findInherited, handOverVariables, type InheritedSocket } from './inherited-sockets.ts';
import { explainSocketError, makeRoomForSocket, SocketFile } from './socket-file.ts';

export interface BindOptions {
  /** The site of the sockets. @default 'default' */
  readonly site?: string;
  /** The length of the kernel's queue of connections that no worker has accepted yet. @default 2048 */
  readonly backlog?: number;
  /** The umask for unix sockets, instead of that of the process. @default 0, as with gunicorn */
  readonly umask?: number;
  /** The owner of a unix socket. @default the user who starts the server */
  readonly owner?: FileOwner;
  readonly inherited?: readonly InheritedSocket[];
  /** Sockets that are already bound. They are kept if their addresses are requested again. */
  readonly current?: readonly BoundSocket[];
  /** Makes the command line that binds another address, for hints: `npx runwsgi -b 127.0.0.1:8001`. */
  readonly typed: (bind: string) => string;
  /** Binds an address without accepting connections. */
  readonly bind?: ListeningSocketOptions['bind'];
}

type AcceptingWorker = Parameters<ListeningSocket['giveTo']>[0];

const BACKLOG = 2048;
const ALL_MAY_CONNECT = 0o777;

/** A socket that the arbiter owns and workers accept on. */
export class BoundSocket {
  /** Identifies the socket at a reload and for the next arbiter: see `socketKeys()`. */
  readonly key: string;
  /** The actual address: with the port that the system has chosen; for an inherited socket, its own address. */
  readonly address: BindAddress;
  readonly #listening: ListeningSocket;
  /** Set for a unix socket whose file is removed when the socket is closed. */
  readonly #file: SocketFile | undefined;
  /** Whether another arbiter also has the socket and its file. */
  #isShared: boolean;

  constructor(
    key: string,
    address: BindAddress,
    listening: ListeningSocket,
    file?: SocketFile,
    isShared = false,
  ) {
    this.#isShared = isShared;
    this.key = key;
    this.address = address;
    this.#listening = listening;
    this.#file = file;
  }

  /** The address for the log: `http://127.0.0.1:8000`, `unix:/run/mysite.sock`. */
  servedAt(scheme?: Scheme): string {
    return formatServedAt(this.address, scheme);
  }

  /** Makes a worker accept on the socket. */
  giveTo(worker: AcceptingWorker): void {
    this.#listening.giveTo(worker);
  }

  /** Called when a worker no longer accepts, or has ended. */
  takeFrom(worker: AcceptingWorker): void {
    this.#listening.takeFrom(worker);
  }

  /** The descriptor for another arbiter to inherit. Undefined if Node does not provide it. */
  toInherit(): InheritedSocket | undefined {
    const { fd } = this.#listening;
    return fd === undefined ? undefined : { fd, bind: this.key, ownsFile: this.#file !== undefined };
  }

  /**
   * Called when the socket continues in another arbiter. Its file is then kept. The process must end by
   * `process.exit()` or a signal, since Node removes the file when the event loop ends.
   */
  handOver(): void {
    this.#isShared = true;
  }

  /** Called when the previous arbiter has ended. Before that it may still use the socket, so the file is kept. */
  takeOver(): void {
    this.#isShared = false;
  }

  /** Removes the file of a unix socket, unless another server has replaced the file. */
  close(): void {
    // Closing the handle removes the file at the path.
    if (this.#file !== undefined && (this.#isShared || !this.#file.isThere)) return;
    this.#file?.remove();
    this.#listening.close();
  }
}

/**
 * Binds all addresses, or none of them.
 *
 * @returns the sockets in the order of the addresses. A name of systemd may have several sockets.
 * @throws {CommandError} with the reason why the address cannot be used, the process that uses it, and what to do.
 * @throws {UsageError} when an address is given twice.
 */
export async function bindAll(
  addresses: readonly BindAddress[],
  options: BindOptions,
): Promise<readonly BoundSocket[]> {
  const { current = [], site } = options;
  const keys = socketKeys(addresses, site);
  checkDistinct(keys);
  const sockets: BoundSocket[] = [];
  try {
    for (const [index, address] of addresses.entries()) {
      const key = keys[index]!;
      const bound = current.filter((socket) => socket.key === key);
      sockets.push(...(bound.length > 0 ? bound : await bindOne(key, address, options)));
    }
  } catch (error) {
    for (const socket of sockets) if (!current.includes(socket)) socket.close();
    throw error;
  }
  return sockets;
}

/**
 * Adopts the inherited sockets of the previous arbiter that no address of this one needs, so that they can be closed.
 *
 * @param asked The keys of the requested addresses.
 */
export function adoptUnasked(
  asked: ReadonlySet<string>,
  options: Omit<BindOptions, 'typed'>,
): Promise<readonly BoundSocket[]> {
  const unasked = (options.inherited ?? []).flatMap(({ bind, ...socket }) =>
    bind === undefined || asked.has(bind) ? [] : adopt(socket, bind, options),
  );
  return Promise.all(unasked);
}

/**
 * The data that another arbiter needs at its start to inherit the sockets: descriptors for `stdio`, and environment
 * variables.
 *
 * @param firstFd The number of the first descriptor in the new process.
 * @throws {CommandError} if this Node cannot pass sockets to a process.
 */
export function handOverSockets(
  sockets: readonly BoundSocket[],
  firstFd = 3,
  notServed: readonly string[] = [],
): { readonly stdio: readonly number[]; readonly env: Readonly<Record<string, string | undefined>> } {
  const passed = sockets.map((socket) => socket.toInherit());
  if (!passed.every((socket) => socket !== undefined))
    throw new CommandError('This version of Node cannot pass listening sockets to another process.', {
      hint: 'Restart the server instead.',
    });
  const inherited = passed.map((socket, index) => ({ ...socket, fd: firstFd + index }));
  const env = handOverVariables(inherited, notServed);
  return { stdio: passed.map(({ fd }) => fd), env };
}

async function bindOne(key: string, address: BindAddress, options: BindOptions): Promise<BoundSocket[]> {
  const inherited = findInherited(key, address, options.inherited ?? []);
  if (inherited.length > 0) return Promise.all(inherited.map((socket) => adopt(socket, key, options)));
  return [
    address.kind === 'unix'
      ? await bindPath(key, address.path, options)
      : await bindPort(key, address, options),
  ];
}

async function bindPort(key: string, address: BindAddress, options: BindOptions): Promise<BoundSocket> {
  const { host, port } = address as Extract<BindAddress, { kind: 'tcp' }>;
  const listening = await open({ host, port }, options).catch(async (error) => {
    throw await explainListenError(error, { host, port }, (other) =>
      options.typed(formatBind({ kind: 'tcp', ...other })),
    );
  });
  return new BoundSocket(key, locate(listening) ?? address, listening);
}

async function bindPath(key: string, written: string, options: BindOptions): Promise<BoundSocket> {
  const isAbstract = written.startsWith('\0');
  if (isAbstract) checkAbstract(key);
  const socketPath = isAbstract ? written : path.resolve(written);
  checkSocketPath(socketPath);
  if (!isAbstract) await makeRoomForSocket(socketPath);
  const mode = ALL_MAY_CONNECT & ~(options.umask ?? 0);
  const listening = await open({ path: socketPath, mode }, options).catch(async (error) => {
    throw await explainSocketError(error, socketPath);
  });
  const file = isAbstract ? undefined : new SocketFile(socketPath);
  const socket = new BoundSocket(key, { kind: 'unix', path: socketPath }, listening, file);
  try {
    if (options.owner !== undefined) file?.giveTo(options.owner);
  } catch (error) {
    socket.close();
    throw error;
  }
  return socket;
}

async function adopt(
  inherited: InheritedSocket,
  key: string,
  options: Omit<BindOptions, 'typed'>,
): Promise<BoundSocket> {
  const { fd, ownsFile = false } = inherited;
  const listening = await open({ fd }, options).catch((cause: NodeJS.ErrnoException) => {
    throw new CommandError(`${key}: descriptor ${fd} is not a socket that can listen (${cause.code}).`, {
      hint: 'With systemd, the .socket unit needs ListenStream= and Accept=no, which is its default.',
      cause,
    });
  });
  const address = locate(listening) ?? { kind: 'fd', fd };
  const hasFile = ownsFile && address.kind === 'unix' && !address.path.startsWith('\0');
  return new BoundSocket(
    key,
    address,
    listening,
    hasFile ? new SocketFile(address.path) : undefined,
    hasFile,
  );
}

function open(
  address: Parameters<typeof ListeningSocket.open>[0],
  { backlog = BACKLOG, bind }: Pick<BindOptions, 'backlog' | 'bind'>,
): Promise<ListeningSocket> {
  return ListeningSocket.open(address, { backlog, bind });
}

/** The actual address of a socket. */
function locate({ address, fd }: ListeningSocket): BindAddress | undefined {
  if (typeof address === 'string') return { kind: 'unix', path: address };
  if (address !== null) return { kind: 'tcp', host: address.address, port: address.port };
  const socketPath = fd === undefined ? undefined : pathOfDescriptor(fd);
  return socketPath === undefined ? undefined : { kind: 'unix', path: socketPath };
}

function checkDistinct(keys: readonly string[]): void {
  const twice = keys.find((key, index) => keys.indexOf(key) < index);
  if (twice !== undefined)
    throw new UsageError(`${twice} is given twice.`, { hint: 'Leave one of them out.' });
}

/** @throws {CommandError} */
function checkAbstract(bind: string): void {
  if (process.platform !== 'linux')
    throw new CommandError(`${bind}: abstract sockets exist on Linux only.`, {
      hint: 'Bind a path: unix:/tmp/mysite.sock.',
    });
  // Node 20 only: it pads the name with zeros, so that other programs cannot find the socket.
  if (process.versions.node.startsWith('20.'))
    throw new CommandError(`${bind}: abstract sockets need Node 22 or later.`, {
      hint: 'Bind a path: unix:/tmp/mysite.sock.',
    });
}
