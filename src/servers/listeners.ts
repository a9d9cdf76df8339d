import net, { type AddressInfo, type ListenOptions, type Server, type Socket } from 'node:net';

/** The listening sockets of a server: any number of addresses, or of sockets that another process has bound. */
export class Listeners {
  readonly #main: Server;
  readonly #onError: (error: Error) => void;
  readonly #onListening: ((server: Server) => void) | undefined;
  readonly #listening = new Set<Server>();
  /** Whether its timers run. Each time that it listens, `node:http` would start further timers. */
  #hasMainListened = false;

  /**
   * @param main Gets all connections, and listens itself on the first address.
   * @param onError Called with errors after `listen()`, for example too many open files.
   * @param onListening Called with each listening server, before it accepts a connection.
   */
  constructor(main: Server, onError: (error: Error) => void, onListening?: (server: Server) => void) {
    this.#main = main;
    this.#onError = onError;
    this.#onListening = onListening;
  }

  get isListening(): boolean {
    return this.#listening.size > 0;
  }

  /** @throws Node's error if it cannot listen on the address. */
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

  /**
   * Stops listening until `listen()` is called again. Connections continue. `close()` of `node:http` would cut
   * responses that are complete but not completely sent.
   */
  close(): void {
    for (const server of this.#listening) net.Server.prototype.close.call(server);
    this.#listening.clear();
  }

  #another(): Server {
    const forward = (socket: Socket) => void this.#main.emit('connection', socket);
    return net.createServer({ allowHalfOpen: true, noDelay: true }, forward);
  }
}
