import type { Message, SharedToArbiter } from './messages.ts';
import { keyOf, openSealed, type Sealed } from './sealed-messages.ts';

/** A process that was forked, and can talk to its parent. */
type ForkedProcess = Pick<NodeJS.Process, 'connected' | 'on' | 'send'>;

/** The worker's end of the channel to the arbiter. */
export class ArbiterChannel<In extends Message, Out extends Message> {
  readonly #process: ForkedProcess;
  /** Bound before the site's code runs, which may put something else in its place. */
  readonly #send: NonNullable<NodeJS.Process['send']>;
  /** Comes with the arbiter's first message, before the site's code runs. */
  #key: string | undefined;

  constructor(forked: ForkedProcess = process) {
    this.#process = forked;
    this.#send = forked.send!.bind(forked);
  }

  /** Receives what the arbiter sends, and the socket that comes with it. What else comes is the site's own affair. */
  listen(onMessage: (message: In, handle?: unknown) => void): void {
    this.#process.on('message', (data: unknown, handle?: unknown) => {
      const message = openSealed<In>(data, this.#key ?? keyOf(data));
      if (message === undefined) return;
      this.#key ??= keyOf(data);
      onMessage(message, handle);
    });
  }

  /** Says that the process has started. The arbiter expects this once, without the key. */
  sayBooted(): void {
    this.#post(['', { type: 'booted' }]);
  }

  send(message: Out | SharedToArbiter): void {
    if (this.#key !== undefined) this.#post([this.#key, message]);
  }

  #post(sealed: Sealed): void {
    // The callback takes the error of an arbiter that ended meanwhile: `disconnect` reports that.
    if (this.#process.connected) this.#send(sealed, undefined, {}, () => {});
  }
}
