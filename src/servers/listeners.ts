import net, { type AddressInfo, type ListenOptions, type Server, type Socket } from 'node:net';

/** The listening sockets of a server: any number of addresses, or of sockets that another process has bound. */
export class Listeners {
  readonly #main: Server;
  readonly #onError: (error: Error) => void;
  readonly #onListening: ((server: Server) => void) | undefined;
  readonly #listening = new Set<Server>();
  /** Whether it has its timers; each time that it listens, http starts more of them. */
  #hasMainListened = false;

  /**
   * @param main Gets all connections, and listens itself at the first address.
   * @param onError Called with what goes wrong after `listen()`: too many open files, say.
   * @param onListening Called with each server that listens, before it accepts anything.
   */
  constructor(main: Server, onError: (error: Error) => void, onListening?: (server: Server) => void) {
    this.#main = main;
    this.#onError = onError;
    this.#onListening = onListening;
  }

  get isListening(): boolean {
    return this.#listening.size > 0;
  }

  /** @throws Node's error when the address cannot be had. */
  listen(target: ListenOptions | Server, backlog?: number): Promise<AddressInfo | string> {
    const server = this.#hasMainListened ? this.#another() : this.#main;
    this.#hasMainListened = true;
    this.#listening.add(server);
    return new Promise((resolve, reject) => {
      const onFailed = (error: Error) => {
        this.#listening.delete(server);
        if (server === this.#main) this.#hasMainListened = false;
        reject(error);
      };
      server.once('error', onFailed);
      server.listen(target, backlog, () => {
        server.off('error', onFailed).on('error', this.#onError);
        this.#onListening?.(server);
        resolve(server.address()!);
      });
    });
  }

  /** Listens no longer, until `listen()` is called again. Connections go on: http's own `close()` would break off responses that are made but not all sent. */
  close(): void {
    for (const server of this.#listening) net.Server.prototype.close.call(server);
    this.#listening.clear();
  }

  #another(): Server {
    const forward = (socket: Socket) => void this.#main.emit('connection', socket);
    return net.createServer({ allowHalfOpen: true, noDelay: true }, forward);
  }
}
