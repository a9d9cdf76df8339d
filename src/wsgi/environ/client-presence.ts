import { ClientDisconnected } from '../errors.ts';
import type { Environ } from '../types.ts';

// Registered, since a site may have a copy of this package of its own.
const CLIENT: unique symbol = Symbol.for('startproject.client');

/** Whether a request's client is still there, as far as its server notices. */
export abstract class ClientPresence {
  /** True when nothing reaches the client any more. */
  isDisconnected = false;
  #departure: ClientDisconnected | undefined;
  #controller: AbortController | undefined;
  #onDisconnect: (() => void) | undefined;

  /** Whether the whole request has come, be it read or not, as far as the server tells. */
  get isRequestReceived(): boolean {
    return false;
  }

  /** The error that all get who wait for a client that has gone: one object, so that they can tell. */
  get departure(): ClientDisconnected {
    this.#departure ??= new ClientDisconnected();
    return this.#departure;
  }

  /** Aborted with that error when the client goes. Made at first use: most requests need none. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.isDisconnected) this.#controller.abort(this.departure);
    }
    return this.#controller.signal;
  }

  /** Says who is to be told when the client goes away, in place of the listener before; at once if it has gone. */
  onDisconnect(listener: () => void): void {
    this.#onDisconnect = listener;
    if (this.isDisconnected) listener();
  }

  /** Notes what is amiss, for the case that the client turns out to have gone. */
  protected suspect(error: ClientDisconnected): ClientDisconnected {
    this.#departure ??= error;
    return this.#departure;
  }

  /** Notes that the client has gone, and tells all who wait. */
  protected depart(error?: ClientDisconnected): void {
    this.isDisconnected = true;
    if (error !== undefined) this.suspect(error);
    this.#controller?.abort(this.departure);
    this.#onDisconnect?.();
  }
}

/** What an application may know of its client. */
export type Client = Pick<ClientPresence, 'isDisconnected' | 'departure' | 'signal' | 'isRequestReceived'>;

/** An input that knows whose it is. So whatever middleware is in between, the client is found by it. */
export interface InputOfClient {
  readonly [CLIENT]: Client | undefined;
}

export { CLIENT };

/** Undefined for a server of another package. */
export function clientOf(environ: Environ): Client | undefined {
  return (environ['wsgi.input'] as Partial<InputOfClient> | undefined)?.[CLIENT];
}
