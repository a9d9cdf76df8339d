import { ClientDisconnected } from '../errors.ts';
import type { Environ } from '../types.ts';

// A registered symbol, since a site may have its own copy of this package.
const CLIENT: unique symbol = Symbol.for('startproject.client');

/** Whether a request's client is still connected, as far as the server detects it. */
export abstract class ClientPresence {
  /** True when no data reaches the client any more. */
  isDisconnected = false;
  #departure: ClientDisconnected | undefined;
  #controller: AbortController | undefined;
  #onDisconnect: (() => void) | undefined;

  /** Whether the whole request has arrived, read or not, as far as the server reports it. */
  get isRequestReceived(): boolean {
    return false;
  }

  /** The error of all waits for a client that has disconnected. It is one object, so that it can be recognized. */
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

  /** Sets the listener for the disconnect, replacing the one before. It is called at once if the client has disconnected. */
  onDisconnect(listener: () => void): void {
    this.#onDisconnect = listener;
    if (this.isDisconnected) listener();
  }

  /** Stores an error as the cause of a possible disconnect. */
  protected suspect(error: ClientDisconnected): ClientDisconnected {
    this.#departure ??= error;
    return this.#departure;
  }

  /** Records the disconnect, and notifies all waiting callers. */
  protected depart(error?: ClientDisconnected): void {
    this.isDisconnected = true;
    if (error !== undefined) this.suspect(error);
    this.#controller?.abort(this.departure);
    this.#onDisconnect?.();
  }
}

/** The part of a client's state that applications can read. */
export type Client = Pick<ClientPresence, 'isDisconnected' | 'departure' | 'signal' | 'isRequestReceived'>;

/** An input with a link to its client, by which the client is found behind any middleware. */
export interface InputOfClient {
  readonly [CLIENT]: Client | undefined;
}

export { CLIENT };

/** Undefined for a server of another package. */
export function clientOf(environ: Environ): Client | undefined {
  return (environ['wsgi.input'] as Partial<InputOfClient> | undefined)?.[CLIENT];
}
