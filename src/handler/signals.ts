import { quote } from '../text/quote.ts';
import type { Environ, WSGIApplication } from '../wsgi/types.ts';
import { checkOptions } from './check-options.ts';

/** Receives the payload of a signal. Its promise is awaited before the next receiver is called. */
export type Receiver<Payload> = (payload: Payload) => void | Promise<void>;

/**
 * Options of a receiver.
 *
 * @example
 * import type { ConnectOptions } from 'startproject/signals';
 * import { application } from './mysite/wsgi.ts';
 *
 * export const options: ConnectOptions = { sender: application };
 */
export interface ConnectOptions {
  /** Receive only from this sender. The sender of request signals is the application. @default any sender */
  readonly sender?: unknown;
}

interface ConnectedReceiver<Payload> extends ConnectOptions {
  readonly receiver: Receiver<Payload>;
}

/**
 * Calls the connected receivers when something happens. Signals belong to the process: if it has several sites, a
 * receiver gets the requests of all sites, unless it is connected for one `sender`.
 *
 * @example
 * import { Signal } from 'startproject/signals';
 *
 * export const articleSaved = new Signal<{ readonly id: number }>();
 * const disconnect = articleSaved.connect(({ id }) => console.log(`Saved ${id}`));
 * await articleSaved.send({ id: 3 });
 * disconnect();
 */
export class Signal<Payload> {
  /** Never changed in place, so that sending needs no copy. */
  #receivers: readonly ConnectedReceiver<Payload>[] = [];

  /** Whether any receiver is connected. */
  get hasReceivers(): boolean {
    return this.#receivers.length > 0;
  }

  /**
   * Adds a receiver. Connecting it again has no effect. Returns a function that removes it.
   *
   * @throws {TypeError} for a receiver that is not a function, and for unknown options.
   */
  connect(receiver: Receiver<Payload>, options: ConnectOptions = {}): () => void {
    if (typeof receiver !== 'function') {
      throw new TypeError(
        `connect() takes a function as the receiver of a signal, found ${quote(receiver)}.`,
      );
    }
    checkConnectOptions('connect()', options);
    const { sender } = options;
    const isConnected = this.#receivers.some((other) => isSame(other, receiver, sender));
    if (!isConnected) this.#receivers = [...this.#receivers, { receiver, sender }];
    return () => this.disconnect(receiver, { sender });
  }

  /** Removes a receiver that was connected with the same options. Returns whether there was one. */
  disconnect(receiver: Receiver<Payload>, options: ConnectOptions = {}): boolean {
    checkConnectOptions('disconnect()', options);
    const { sender } = options;
    const before = this.#receivers;
    this.#receivers = before.filter((other) => !isSame(other, receiver, sender));
    return this.#receivers.length < before.length;
  }

  /** Calls the receivers one after the other. @throws the first error of a receiver; the others are then not called. */
  async send(payload: Payload): Promise<void> {
    for (const connected of this.#receivers) {
      if (isMeant(connected, payload)) await connected.receiver(payload);
    }
  }

  /** Calls all receivers one after the other, also after an error. Returns the errors. */
  async sendRobust(payload: Payload): Promise<readonly unknown[]> {
    const errors: unknown[] = [];
    for (const connected of this.#receivers) {
      try {
        if (isMeant(connected, payload)) await connected.receiver(payload);
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}

function checkConnectOptions(call: string, options: ConnectOptions): void {
  checkOptions(call, { sender: 'anything' }, [options], '{ sender: application } for one sender alone');
}

function isSame(connected: ConnectedReceiver<never>, receiver: unknown, sender: unknown): boolean {
  return connected.receiver === receiver && connected.sender === sender;
}

function isMeant({ sender }: ConnectOptions, payload: unknown): boolean {
  return sender === undefined || (payload as { readonly sender?: unknown } | undefined)?.sender === sender;
}

/** The payload of the request signals. */
export interface RequestPayload {
  /** The application that answers, as `getWsgiApplication()` returned it. */
  readonly sender: WSGIApplication;
  readonly environ: Environ;
}

/**
 * Sent at the start of a request, which waits for the receivers. An error of a receiver is answered with 500.
 *
 * @example
 * import { requestStarted } from 'startproject/signals';
 *
 * requestStarted.connect(({ environ }) => console.log(environ.REQUEST_METHOD, environ.PATH_INFO));
 */
export const requestStarted = new Signal<RequestPayload>();

/**
 * Sent when the server has closed the response: completed, failed, or ended by a disconnect. An error of a receiver is
 * logged.
 */
export const requestFinished = new Signal<RequestPayload>();

/**
 * Sent when an error of a view or a middleware is answered with 500. An error of a receiver is logged.
 *
 * @example
 * import { gotRequestException } from 'startproject/signals';
 *
 * gotRequestException.connect(({ error, request }) => console.error(request?.url, error));
 */
export const gotRequestException = new Signal<
  RequestPayload & {
    /** Undefined if the error came before the Request was made. */
    readonly request: Request | undefined;
    readonly error: unknown;
  }
>();
