import type { AddressInfo } from 'node:net';
import type { SocketEnd } from './connection-ends.ts';

/** Matches the address of a socket that listens on all addresses of the machine: `0.0.0.0`, `::`. */
const ANY = /^[0:.]+$/;

/**
 * The local address of a server's connections, if all have the same one because the server listens on a single TCP
 * address. A system call for each connection takes 2.2 of its 60 µs (`perf`, Node 24.21).
 */
export class LocalEnd {
  #isOne = true;
  #known: AddressInfo | undefined;

  /** Undefined if each connection must be asked. */
  get known(): SocketEnd | undefined {
    return this.#known;
  }

  /** Called when the server also listens on this address. */
  listensAt(address: AddressInfo | string | null): void {
    if (address === null || typeof address === 'string' || ANY.test(address.address)) this.varies();
    else if (this.#known === undefined) this.#known = this.#isOne ? address : undefined;
    else if (this.#known.address !== address.address || this.#known.port !== address.port) this.varies();
  }

  /** Called when connections may also have other local addresses. */
  varies(): void {
    this.#isOne = false;
    this.#known = undefined;
  }
}
