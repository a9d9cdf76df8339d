import { parseBind, socketKeys } from '../binding/bind-address.ts';
import { adoptUnasked, type BindOptions, type BoundSocket, bindAll } from '../binding/bound-socket.ts';
import type { InheritedSocket } from '../binding/inherited-sockets.ts';
import type { SiteToRun } from './site-to-run.ts';

/** The options that all sockets share. */
interface SocketTableOptions extends Pick<BindOptions, 'typed'> {
  readonly inherited: readonly InheritedSocket[];
}

/** All sockets of the server. Each is opened once and kept over all generations. */
export class SocketTable {
  readonly #options: SocketTableOptions;
  #inherited: readonly InheritedSocket[];
  readonly #sockets = new Set<BoundSocket>();

  constructor(options: SocketTableOptions) {
    this.#options = options;
    this.#inherited = options.inherited;
  }

  get all(): readonly BoundSocket[] {
    return [...this.#sockets];
  }

  /**
   * Opens the missing sockets.
   *
   * @returns the sockets of each site, by its name
   * @throws {CommandError} with one line if one is impossible. Then the ones that were opened by this call are closed.
   */
  async openAll(sites: readonly SiteToRun[]): Promise<ReadonlyMap<string, readonly BoundSocket[]>> {
    const before = new Set(this.#sockets);
    const bySite = new Map<string, readonly BoundSocket[]>();
    try {
      for (const { name, settings, orders } of sites) {
        const { identity } = orders;
        const sockets = await bindAll(settings.bind.map(parseBind), {
          site: name,
          backlog: settings.backlog,
          umask: settings.umask ?? 0,
          owner: identity.isOurs ? undefined : identity,
          current: this.all,
          inherited: this.#inherited,
          typed: this.#options.typed,
        });
        for (const socket of sockets) this.#sockets.add(socket);
        bySite.set(name, sockets);
      }
      const asked = new Set(
        sites.flatMap(({ name, settings }) => socketKeys(settings.bind.map(parseBind), name)),
      );
      for (const socket of await adoptUnasked(asked, { inherited: this.#inherited }))
        this.#sockets.add(socket);
    } catch (error) {
      this.closeUnused([...before]);
      throw error;
    }
    this.#inherited = [];
    return bySite;
  }

  closeUnused(used: readonly BoundSocket[]): void {
    for (const socket of this.#sockets) {
      if (used.includes(socket)) continue;
      this.#sockets.delete(socket);
      socket.close();
    }
  }

  /** Called when another server also has the sockets. The files of unix sockets are then kept. */
  handOver(): void {
    for (const socket of this.#sockets) socket.handOver();
  }

  /** Called when the replaced server ends. Its sockets that no site of this server uses are closed. */
  takeOver(used: readonly BoundSocket[]): void {
    for (const socket of this.#sockets) socket.takeOver();
    this.closeUnused(used);
  }

  close(): void {
    this.closeUnused([]);
  }
}
