import type { Message, SharedToArbiter } from './messages.ts';
import { keyOf, openSealed, type Sealed } from './sealed-messages.ts';

/** The part of a forked process that is used here. */
type ForkedProcess = Pick<NodeJS.Process, 'connected' | 'on' | 'send'>;

/** The worker's end of the channel to the arbiter. */
export class ArbiterChannel<In extends Message, Out extends Message> {
  readonly #process: ForkedProcess;
  /** Bound before the site's code runs, since that code may replace `process.send`. */
  readonly #send: NonNullable<NodeJS.Process['send']>;
  /** Set by the arbiter's first message, before the site's code runs. */
  #key: string | undefined;

  constructor(forked: ForkedProcess = process) {
    this.#process = forked;
    this.#send = forked.send!.bind(forked);
  }

  /** Receives the arbiter's messages and the sockets that come with them. All other messages belong to the site. */
  listen(onMessage: (message: In, handle?: unknown) => void): void {
    this.#process.on('message', (data: unknown, handle?: unknown) => {
      const message = openSealed<In>(data, this.#key ?? keyOf(data));
      if (message === undefined) return;
      this.#key ??= keyOf(data);
      onMessage(message, handle);
    });
  }

  /** Tells the arbiter that the process has started. The arbiter expects this message once, without the key. */
  sayBooted(): void {
    this.#post(['', { type: 'booted' }]);
  }

  send(message: Out | SharedToArbiter): void {
    if (this.#key !== undefined) this.#post([this.#key, message]);
  }

  #post(sealed: Sealed): void {
    // The callback receives the error when the arbiter has ended. It is ignored, since `disconnect` reports that.
    if (this.#process.connected) this.#send(sealed, undefined, {}, () => {});
  }
}
