import type { ClientPresence } from '../environ/client-presence.ts';
import type { Header } from '../types.ts';

/**
 * What the driver needs of a server: the way back to one client. Each protocol brings its own.
 *
 * The calls come in order: `start`, any number of `write`, `end`; or `abort` at any time. For a
 * response without a body (`HEAD`, 1xx, 204, 304) there is no `write`. A promise means back-pressure: the driver
 * waits for it, and it is rejected with `ClientDisconnected` when the client goes away.
 */
export interface Transport extends ClientPresence {
  /** Takes the head. It may be held back until the first block, which follows at once. */
  start(status: number, reason: string, headers: readonly Header[]): void;
  /** Sends a block, which is not empty, without delay. */
  write(block: Uint8Array): void | Promise<void>;
  /** Ends the response, with a last block where the driver knows that it is the last. A text is in ASCII. */
  end(lastBlock?: Uint8Array | string): void | Promise<void>;
  /** Breaks the response off so that the client can tell. */
  abort(error: unknown): void;
}
