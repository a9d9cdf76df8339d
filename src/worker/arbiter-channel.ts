import type { Socket } from 'node:net';
import type { ToArbiter, ToWorker } from './messages.ts';
import { keyOf, openFromArbiter, type Sealed } from './sealed-messages.ts';

/** A process that was forked, and can talk to its parent. */
export type ForkedProcess = Pick<NodeJS.Process, 'connected' | 'on' | 'send'>;

/** The worker's end of the channel to the arbiter. */
export class ArbiterChannel {
  readonly #process: ForkedProcess;
  /** Bound before the site's code runs, which may put something else in its place. */
  readonly #send: NonNullable<NodeJS.Process['send']>;
  /** Comes with the arbiter's first message, before the site's code runs. */
  #key: string | undefined;

  constructor(forked: ForkedProcess = process) {
    this.#process = forked;
    this.#send = forked.send!.bind(forked);
  }

  /** Receives what the arbiter sends. What else comes is the site's own affair. */
  listen(onMessage: (message: ToWorker, socket?: Socket) => void): void {
    this.#process.on('message', (data: unknown, socket?: unknown) => {
      const message = openFromArbiter(data, this.#key);
      if (message === undefined) return;
      this.#key ??= keyOf(data);
      onMessage(message, socket as Socket | undefined);
    });
  }

  /** Says that the process has started. The arbiter expects this once, without the key. */
  sayBooted(): void {
    this.#post(['', { type: 'booted' }]);
  }

  send(message: ToArbiter): void {
    if (this.#key !== undefined) this.#post([this.#key, message]);
  }

  #post(sealed: Sealed): void {
    // The callback takes the error of an arbiter that ended meanwhile: `disconnect` tells of that.
    if (this.#process.connected) this.#send(sealed, undefined, {}, () => {});
  }
}
