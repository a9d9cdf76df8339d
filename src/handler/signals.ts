import type { Environ } from '../wsgi/types.ts';

/** Takes what a signal tells. A promise is waited for. */
export type Receiver<Payload> = (payload: Payload) => void | Promise<void>;

/**
 * Tells whoever has connected that something happens.
 *
 * @example
 * const disconnect = requestFinished.connect(() => pool.release());
 */
export class Signal<Payload> {
  readonly #receivers = new Set<Receiver<Payload>>();

  /** Adds a receiver, once however often it is connected. Returns what takes it out again. */
  connect(receiver: Receiver<Payload>): () => void {
    this.#receivers.add(receiver);
    return () => this.disconnect(receiver);
  }

  /** Takes a receiver out. Returns whether it was connected. */
  disconnect(receiver: Receiver<Payload>): boolean {
    return this.#receivers.delete(receiver);
  }

  /** Calls the receivers one after the other. The first error ends it and is thrown. */
  async send(payload: Payload): Promise<void> {
    for (const receiver of [...this.#receivers]) await receiver(payload);
  }

  /** Calls every receiver, whatever the others throw. Returns what was thrown. */
  async sendRobust(payload: Payload): Promise<readonly unknown[]> {
    const errors: unknown[] = [];
    for (const receiver of [...this.#receivers]) {
      try {
        await receiver(payload);
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}

/** Before anything else is done for a request. An error in a receiver makes the response a 500. */
export const requestStarted = new Signal<{ readonly environ: Environ }>();

/** When the server has closed the response: sent in full, failed, or the client gone. */
export const requestFinished = new Signal<{ readonly environ: Environ }>();

/** When a view or a middleware has thrown what becomes a 500. */
export const gotRequestException = new Signal<{
  readonly environ: Environ;
  /** Undefined when the error came before there was one. */
  readonly request: Request | undefined;
  readonly error: unknown;
}>();
