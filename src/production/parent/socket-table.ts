import type { ListeningSocket } from '../../arbiter/listening-socket.ts';
import type { RunSettings, SiteToRun } from './site-to-run.ts';

/** All sockets of the server, each opened once and kept over all generations. */
export class SocketTable {
  readonly #open: (address: string, settings: RunSettings) => Promise<ListeningSocket>;
  readonly #sockets = new Map<string, ListeningSocket>();
  #isHandedOver = false;

  /** @param open Binds an address as a site's `bind` has it. */
  constructor(open: (address: string, settings: RunSettings) => Promise<ListeningSocket>) {
    this.#open = open;
  }

  /** Each socket with the address that was asked for. */
  get all(): ReadonlyMap<string, ListeningSocket> {
    return this.#sockets;
  }

  /**
   * Opens what is not open yet.
   *
   * @returns the sockets of each site, by its name
   * @throws what makes one impossible. Then none is open that was not before.
   */
  async openAll(sites: readonly SiteToRun[]): Promise<Map<string, readonly ListeningSocket[]>> {
    const added: string[] = [];
    const bySite = new Map<string, readonly ListeningSocket[]>();
    try {
      for (const { name, settings } of sites) {
        const sockets: ListeningSocket[] = [];
        for (const address of settings.bind) {
          const known = this.#sockets.get(address);
          const socket = known ?? (await this.#open(address, settings));
          if (known === undefined) added.push(address);
          this.#sockets.set(address, socket);
          sockets.push(socket);
        }
        bySite.set(name, sockets);
      }
    } catch (error) {
      for (const address of added) this.#close(address);
      throw error;
    }
    return bySite;
  }

  closeUnused(used: readonly ListeningSocket[]): void {
    for (const [address, socket] of this.#sockets) if (!used.includes(socket)) this.#close(address);
  }

  /** Another server has the sockets as well: the files of unix sockets stay. */
  handOver(): void {
    this.#isHandedOver = true;
  }

  close(): void {
    for (const address of this.#sockets.keys()) this.#close(address);
  }

  #close(address: string): void {
    const socket = this.#sockets.get(address)!;
    this.#sockets.delete(address);
    if (!this.#isHandedOver) socket.close();
  }
}
